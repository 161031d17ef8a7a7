//! What a subscriber asks for: draft-dunglas-mercure-07 § 3 and § 6.

use thiserror::Error;

use crate::{
    dialect::Dialect,
    event_id::{EventId, InvalidEventId},
    form::{self, NotUtf8},
    limits::{MAX_ID_BYTES, MAX_SELECTORS},
    topic::InvalidTopic,
    topic_selector::TopicSelector,
};

/// The topics that are asked for and where to begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscribeRequest {
    dialect: Dialect,
    selectors: Vec<TopicSelector>,
    last_event_id: Option<LastEventId>,
    is_returning: bool,
}

/// After which update the stream begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LastEventId {
    /// There is one, but it is empty: the stream is live, and the answer says from where.
    Empty,
    /// `earliest`: with the oldest that is held.
    Earliest,
    /// After the update of this id.
    After(EventId),
}

/// Which part of the request is wrong, and why.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidSubscribeRequest {
    /// No `topic` was given.
    #[error("Missing \"topic\" parameter: name at least one topic, or \"*\" for all")]
    MissingTopic,
    /// There are more than [`MAX_SELECTORS`].
    #[error("Invalid \"topic\" parameter: there are {0} of them, the limit is {MAX_SELECTORS}")]
    TooManySelectors(usize),
    /// A `topic` is not a topic selector.
    #[error("Invalid \"topic\" parameter: {0}")]
    Topic(#[from] InvalidTopic),
    /// The last event ID is longer than [`MAX_ID_BYTES`].
    #[error("Invalid last event ID: it has {0} bytes, the limit is {MAX_ID_BYTES}")]
    LastEventIdTooLong(usize),
    /// The last event ID holds what no id holds.
    #[error("Invalid last event ID: {0}")]
    LastEventId(#[from] InvalidEventId),
    /// The last event ID holds a control character, which no id of this hub does.
    #[error("Invalid last event ID: it holds the control character {0:?}")]
    LastEventIdControl(char),
    /// The query is not UTF-8.
    #[error("Invalid query: {0}")]
    NotUtf8(#[from] NotUtf8),
}

impl InvalidSubscribeRequest {
    /// The parameter or header that is wrong.
    #[must_use]
    pub fn field(&self) -> &str {
        match self {
            Self::MissingTopic | Self::TooManySelectors(_) | Self::Topic(_) => "topic",
            Self::LastEventIdTooLong(_) | Self::LastEventId(_) | Self::LastEventIdControl(_) => {
                "Last-Event-ID"
            }
            Self::NotUtf8(not_utf8) => &not_utf8.field,
        }
    }
}

impl SubscribeRequest {
    /// Reads the query of the URL and the `Last-Event-ID` header, which wins over the query's
    /// `lastEventID`, `last_event_id` or `Last-Event-ID`; an empty one wins over nothing.
    ///
    /// ```
    /// use millstream::subscribe_request::SubscribeRequest;
    ///
    /// let request = SubscribeRequest::parse("topic=books&topic=authors", Some("urn:example:1"))?;
    /// assert_eq!(request.selectors().len(), 2);
    /// # Ok::<(), millstream::subscribe_request::InvalidSubscribeRequest>(())
    /// ```
    ///
    /// # Errors
    /// The first part that is wrong.
    pub fn parse(query: &str, header: Option<&str>) -> Result<Self, InvalidSubscribeRequest> {
        let mut selectors: Vec<TopicSelector> = Vec::new();
        let mut from_query = None;
        for pair in form::pairs(query.as_bytes()) {
            let (name, value) = pair?;
            match &*name {
                "topic" => selectors.push(value.parse()?),
                "lastEventID" | "last_event_id" | "Last-Event-ID" => {
                    from_query.get_or_insert(value);
                }
                _ => {}
            }
        }
        let returning = header.filter(|header| !header.is_empty());
        let asked = returning.or(from_query.as_deref()).or(header);
        let last_event_id = asked.map(parse_last_event_id).transpose()?;
        let is_returning = returning.is_some();
        let dialect = Dialect::default();
        match selectors.len() {
            0 => Err(InvalidSubscribeRequest::MissingTopic),
            1..=MAX_SELECTORS => Ok(Self { dialect, selectors, last_event_id, is_returning }),
            count => Err(InvalidSubscribeRequest::TooManySelectors(count)),
        }
    }

    /// A request for what `selectors` select, live from now on.
    #[must_use]
    pub fn live(selectors: Vec<TopicSelector>) -> Self {
        let dialect = Dialect::default();
        Self { dialect, selectors, last_event_id: None, is_returning: false }
    }

    /// The same request in this dialect.
    #[must_use]
    pub fn in_dialect(self, dialect: Dialect) -> Self {
        Self { dialect, ..self }
    }

    /// The same request, begun after the update of this id, or with the oldest one held.
    #[must_use]
    pub fn after(self, last_event_id: LastEventId) -> Self {
        Self { last_event_id: Some(last_event_id), ..self }
    }

    /// The same request of a client that was given its last event ID by an earlier stream.
    #[must_use]
    pub fn returning(self) -> Self {
        Self { is_returning: true, ..self }
    }

    /// The dialect that it is in.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// What is asked for.
    #[must_use]
    pub fn selectors(&self) -> &[TopicSelector] {
        &self.selectors
    }

    /// Where to begin; `None` for live from now on.
    #[must_use]
    pub fn last_event_id(&self) -> Option<&LastEventId> {
        self.last_event_id.as_ref()
    }

    /// Whether the last event ID came in the header: a client that comes back by itself sends there
    /// what an earlier stream has told it.
    #[must_use]
    pub fn is_returning(&self) -> bool {
        self.is_returning
    }
}

/// Reads a last event ID, from wherever it came.
pub(crate) fn parse_last_event_id(text: &str) -> Result<LastEventId, InvalidSubscribeRequest> {
    if text.len() > MAX_ID_BYTES {
        return Err(InvalidSubscribeRequest::LastEventIdTooLong(text.len()));
    }
    if let Some(control) = text.chars().find(char::is_ascii_control) {
        return Err(InvalidSubscribeRequest::LastEventIdControl(control));
    }
    Ok(match text {
        "" => LastEventId::Empty,
        "earliest" => LastEventId::Earliest,
        _ => LastEventId::After(text.parse()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(id: &str) -> LastEventId {
        LastEventId::After(id.parse().unwrap())
    }

    #[track_caller]
    fn begins(query: &str, header: Option<&str>, expected: Option<&LastEventId>) {
        let request = SubscribeRequest::parse(query, header).unwrap();
        assert_eq!(request.last_event_id(), expected);
    }

    #[track_caller]
    fn refused(query: &str, header: Option<&str>, field: &str) {
        assert_eq!(SubscribeRequest::parse(query, header).unwrap_err().field(), field);
    }

    #[test]
    fn selectors_keep_their_order() {
        let request = SubscribeRequest::parse("topic=b&x=y&topic=*&topic=a", None).unwrap();
        let selectors: Vec<_> = request.selectors.iter().map(ToString::to_string).collect();
        assert_eq!(selectors, ["b", "*", "a"]);
    }

    #[test]
    fn without_a_last_event_id_the_stream_is_live() {
        begins("topic=a", None, None);
    }

    #[test]
    fn an_empty_last_event_id_is_seen_but_wins_over_nothing() {
        begins("topic=a&lastEventID=", None, Some(&LastEventId::Empty));
        begins("topic=a", Some(""), Some(&LastEventId::Empty));
        begins("topic=a&lastEventID=x", Some(""), Some(&after("x")));
    }

    #[test]
    fn who_names_its_last_event_id_in_the_header_comes_back() {
        let is_returning =
            |query, header| SubscribeRequest::parse(query, header).unwrap().is_returning();
        assert!(is_returning("topic=a", Some("x")));
        assert!(!is_returning("topic=a&lastEventID=x", None));
        assert!(!is_returning("topic=a&lastEventID=x", Some("")));
    }

    #[test]
    fn all_three_query_forms_are_read() {
        for name in ["lastEventID", "last_event_id", "Last-Event-ID"] {
            begins(&format!("topic=a&{name}=x"), None, Some(&after("x")));
        }
    }

    #[test]
    fn the_header_wins_over_the_query() {
        begins("topic=a&lastEventID=query", Some("header"), Some(&after("header")));
    }

    #[test]
    fn earliest_asks_for_everything() {
        begins("topic=a", Some("earliest"), Some(&LastEventId::Earliest));
    }

    #[test]
    fn a_request_without_a_topic_is_refused() {
        refused("", None, "topic");
        refused("topic=", None, "topic");
    }

    #[test]
    fn more_selectors_than_allowed_are_refused() {
        refused(&"topic=a&".repeat(MAX_SELECTORS + 1), None, "topic");
        assert!(SubscribeRequest::parse(&"topic=a&".repeat(MAX_SELECTORS), None).is_ok());
    }

    #[test]
    fn a_bad_last_event_id_is_refused_wherever_it_stands() {
        refused("topic=a", Some(&"x".repeat(MAX_ID_BYTES + 1)), "Last-Event-ID");
        refused("topic=a&lastEventID=a%0Ab", None, "Last-Event-ID");
        refused("topic=a&last_event_id=a%00b", None, "Last-Event-ID");
        refused("topic=a", Some("a\tb"), "Last-Event-ID");
    }
}
