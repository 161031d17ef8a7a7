//! A line of the answer to a body that publishes while it arrives.

use serde::Serialize;

use crate::{
    http::{error::Error, problem::Problem},
    log::closing::EndReason,
    publishing::{published::Published, stop::Stop},
    topics::topic::Topic,
};

#[derive(Serialize)]
#[serde(untagged)]
enum Line<'a> {
    Published { id: &'a str, connections: usize },
    Refused { error: Problem },
    Stop { stop: Asked<'a> },
    Closed { closed: Closed<'a> },
}

#[derive(Serialize)]
struct Asked<'a> {
    topic: &'a str,
    reason: &'a str,
}

#[derive(Serialize)]
struct Closed<'a> {
    topics: Vec<&'a str>,
    reason: &'a str,
}

/// Appends the answer to one publication of a stream: a line of NDJSON.
pub(crate) fn write_line(answer: &Result<Published, Error>, lines: &mut Vec<u8>) {
    let line = match answer {
        Ok(published) => {
            Line::Published { id: published.id.as_str(), connections: published.connections }
        }
        Err(error) => Line::Refused { error: error.problem() },
    };
    write(&line, lines);
}

/// Appends the line that asks the sender of the body to stop.
pub(crate) fn write_stop(stop: &Stop, lines: &mut Vec<u8>) {
    let stop = Asked { topic: stop.topic.as_str(), reason: &stop.reason };
    write(&Line::Stop { stop }, lines);
}

/// Appends the line that tells of closed topics.
pub(crate) fn write_closed<'a>(
    topics: impl Iterator<Item = &'a Topic>,
    reason: EndReason,
    lines: &mut Vec<u8>,
) {
    let closed = Closed { topics: topics.map(Topic::as_str).collect(), reason: reason.as_str() };
    write(&Line::Closed { closed }, lines);
}

fn write(line: &Line<'_>, lines: &mut Vec<u8>) {
    // Strings and numbers can always be written.
    lines.extend(serde_json::to_vec(line).unwrap_or_default());
    lines.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_one_line_with_the_id_or_the_problem() {
        let mut lines = Vec::new();
        write_line(&Ok(Published { id: "a\"b".parse().unwrap(), connections: 2 }), &mut lines);
        write_line(&Err(Error::BodyBroken), &mut lines);
        assert_eq!(
            std::str::from_utf8(&lines).unwrap(),
            "{\"id\":\"a\\\"b\",\"connections\":2}\n\
             {\"error\":{\"type\":\"about:blank\",\"title\":\"Bad Request\",\"status\":400,\
             \"detail\":\"the body broke off\",\"field\":\"body\"}}\n"
        );
    }

    #[test]
    fn what_is_told_beside_the_answers_is_a_line_too_whatever_it_holds() {
        let topics: [Topic; 2] = ["a\"b", "c"].map(|topic| topic.parse().unwrap());
        let mut lines = Vec::new();
        write_stop(&Stop { topic: topics[0].clone(), reason: "x\ny".into() }, &mut lines);
        write_closed(topics.iter(), EndReason::Broken, &mut lines);
        assert_eq!(
            std::str::from_utf8(&lines).unwrap(),
            "{\"stop\":{\"topic\":\"a\\\"b\",\"reason\":\"x\\ny\"}}\n\
             {\"closed\":{\"topics\":[\"a\\\"b\",\"c\"],\"reason\":\"broken\"}}\n"
        );
    }
}
