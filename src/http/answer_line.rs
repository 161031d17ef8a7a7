//! The answer to one line of a body that publishes while it arrives.

use serde::Serialize;

use crate::{
    http::{error::Error, problem::Problem},
    publishing::published::Published,
};

#[derive(Serialize)]
#[serde(untagged)]
enum Answer<'a> {
    Published { id: &'a str, connections: usize },
    Refused { error: Problem },
}

/// Appends the answer to one publication of a stream: a line of NDJSON.
pub(crate) fn write_line(answer: &Result<Published, Error>, lines: &mut Vec<u8>) {
    let answer = match answer {
        Ok(published) => {
            Answer::Published { id: published.id.as_str(), connections: published.connections }
        }
        Err(error) => Answer::Refused { error: error.problem() },
    };
    // Strings and numbers can always be written.
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
