//! The field `close` of a form or a query.

use crate::{log::closing::EndReason, publishing::invalid_request::InvalidPublishRequest};

/// Reads its value. Any of the usual words for yes is the proper end.
pub(crate) fn parse(value: &str) -> Result<EndReason, InvalidPublishRequest> {
    match value {
        "" | "true" | "on" | "1" => Ok(EndReason::Done),
        word => word.parse().map_err(|_| InvalidPublishRequest::Close(beginning(word))),
    }
}

/// As much of a text as an error shows.
fn beginning(text: &str) -> String {
    const SHOWN: usize = 32;
    text.chars().take(SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_for_yes_are_the_proper_end_and_other_words_are_refused() {
        for value in ["", "true", "on", "1", "done"] {
            assert_eq!(parse(value), Ok(EndReason::Done), "{value:?}");
        }
        assert_eq!(parse("broken"), Ok(EndReason::Broken));
        for value in ["false", "Done", "0", " ", "done "] {
            assert_eq!(parse(value), Err(InvalidPublishRequest::Close(value.to_owned())));
        }
    }

    #[test]
    fn an_error_shows_the_beginning_of_a_long_value() {
        let error = parse(&"é".repeat(1_000)).unwrap_err().to_string();
        assert!(error.contains(&"é".repeat(32)) && error.len() < 200, "{error}");
    }
}
