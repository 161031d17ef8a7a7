//! What a publisher is told of an update, and of one that was refused.

use serde::Serialize;

use crate::{
    event_stream::event_id::EventId,
    http::{error::Error, problem::Problem},
};

/// The update is durable and on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Its id.
    pub id: EventId,
    /// The connections that it is for, see [`Hub::reach`](crate::hub::engine::Hub::reach).
    pub connections: usize,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Answer<'a> {
    Published { id: &'a str, connections: usize },
    Refused { error: Problem },
}

/// Adds the answer to one line of a stream of publications: a line of NDJSON.
pub fn write_line(answer: &Result<Published, Error>, lines: &mut Vec<u8>) {
    let answer = match answer {
        Ok(published) => {
            Answer::Published { id: published.id.as_str(), connections: published.connections }
        }
        Err(error) => Answer::Refused { error: error.problem() },
    };
    // It is made of strings and numbers alone, which can always be written.
    lines.extend(serde_json::to_vec(&answer).unwrap_or_default());
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
}
