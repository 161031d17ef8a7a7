//! The query of a streamed body: the topics that the body is about, and what its end does to them.

use crate::{
    publishing::{body_query::BodyQuery, invalid_request::InvalidPublishRequest},
    topics::topics::Topics,
};

/// The topics and options of a streamed body, from the URL's query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StreamTarget {
    /// The topics of its events, and those that its end closes.
    pub topics: Topics,
    /// Whether its events and the closing are private.
    pub private: bool,
    /// Whether an event keeps its own id. Different streams often have the same ids, and behind an id
    /// that stands twice in the log no client resumes exactly.
    pub keep_ids: bool,
    /// Whether the end of the body closes the topics.
    pub closes: bool,
}

impl StreamTarget {
    /// Reads the query of an event stream: `topic`, repeated, `private`, `keep_ids` and `close`.
    ///
    /// # Errors
    /// The first field that is wrong, or that there is no topic.
    pub(crate) fn of_events(query: &str) -> Result<Self, InvalidPublishRequest> {
        BodyQuery::parse(query)?.try_into()
    }

    /// Reads the query of an NDJSON body, whose lines have topics of their own: so it may name none.
    ///
    /// # Errors
    /// The first field that is wrong, or that there is no topic to close.
    pub(crate) fn of_lines(query: &str) -> Result<Option<Self>, InvalidPublishRequest> {
        let query = BodyQuery::parse(query)?;
        let names_any = query.closes || !query.topics.is_empty();
        names_any.then(|| query.try_into()).transpose()
    }
}

impl TryFrom<BodyQuery> for StreamTarget {
    type Error = InvalidPublishRequest;

    fn try_from(query: BodyQuery) -> Result<Self, Self::Error> {
        let BodyQuery { topics, private, keep_ids, closes, .. } = query;
        Ok(Self { topics: Topics::to_publish(topics)?, private, keep_ids, closes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_stream_needs_a_topic_and_lines_need_one_to_close() {
        let missing = "Missing \"topic\" parameter: name at least one topic";
        for query in ["", "close", "private&keep_ids", "other=1"] {
            assert_eq!(StreamTarget::of_events(query).unwrap_err().to_string(), missing);
        }
        assert_eq!(StreamTarget::of_lines("close").unwrap_err().to_string(), missing);
        assert_eq!(StreamTarget::of_lines("private&other=%ff"), Ok(None));
        let named = StreamTarget::of_lines("topic=a&topic=b").unwrap().unwrap();
        assert_eq!((named.topics.to_lines().as_str(), named.closes), ("a\nb", false));
    }

    #[test]
    fn the_end_closes_where_the_query_says_so() {
        for query in ["topic=a&close", "close=&topic=a", "topic=a&close=done", "topic=a&close=1"] {
            let target = StreamTarget::of_events(query).unwrap();
            assert!(target.closes, "{query}");
            assert_eq!(StreamTarget::of_lines(query), Ok(Some(target)), "{query}");
        }
    }

    #[test]
    fn a_query_does_not_say_how_its_body_will_end() {
        for query in ["topic=a&close=broken", "topic=a&close=no"] {
            let invalid = StreamTarget::of_lines(query).unwrap_err();
            assert_eq!(invalid.field(), "close", "{query}");
        }
    }
}
