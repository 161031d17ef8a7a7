//! The request that asks the producers of a topic to stop.

use std::rc::Rc;

use crate::{
    base::limits::MAX_STOP_BYTES,
    publishing::{body_query::BodyQuery, invalid_request::InvalidPublishRequest},
    topics::{topic::Topic, topics::InvalidTopics},
};

/// Asks the producers of a topic to stop. Its clones share the reason, so that it may wait in many
/// answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stop {
    /// The topic.
    pub topic: Topic,
    /// Why, in the words of the one who asks. It may be empty.
    pub reason: Rc<str>,
}

impl Stop {
    /// Reads the query of a POST: `stop` with the reason, and one `topic`.
    ///
    /// # Errors
    /// The first field that is wrong, or that there is not one topic.
    pub(crate) fn parse(query: &str) -> Result<Self, InvalidPublishRequest> {
        let BodyQuery { mut topics, stop, .. } = BodyQuery::parse(query)?;
        let reason = stop.unwrap_or_default();
        let named = topics.len();
        match topics.pop() {
            _ if reason.len() > MAX_STOP_BYTES => {
                Err(InvalidPublishRequest::StopTooLong(reason.len()))
            }
            None => Err(InvalidTopics::Missing.into()),
            Some(topic) if named == 1 => Ok(Self { topic, reason }),
            Some(_) => Err(InvalidPublishRequest::StopTopics(named)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_has_one_topic_and_a_reason_that_may_be_empty() {
        for (query, reason) in [
            ("topic=a&stop=by+hand", "by hand"),
            ("stop&topic=a", ""),
            ("stop=&topic=a&other=%ff", ""),
            ("topic=a&stop=1&stop=2", "1"),
        ] {
            let stop = Stop::parse(query).unwrap();
            assert_eq!((stop.topic.as_str(), &*stop.reason), ("a", reason), "{query}");
        }
        assert!(BodyQuery::asks_to_stop("topic=%ff&stop"));
        for query in ["", "topic=a", "topic=stop&stopped=1"] {
            assert!(!BodyQuery::asks_to_stop(query), "{query}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_stop_is_named() {
        let long = format!("topic=a&stop={}", "x".repeat(1_025));
        for (query, field) in [
            ("stop=x", "topic"),
            ("stop&topic", "topic"),
            ("stop&topic=a&topic=b", "topic"),
            ("topic=a&stop=%ff", "stop"),
            (&long, "stop"),
        ] {
            assert_eq!(Stop::parse(query).unwrap_err().field(), field, "{query}");
        }
        assert!(Stop::parse(&long[..long.len() - 1]).is_ok());
    }
}
