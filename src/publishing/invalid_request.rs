//! Why a body is no publication.

use thiserror::Error;

use crate::{
    base::{
        form::NotUtf8,
        limits::{MAX_STOP_BYTES, MAX_TYPE_BYTES},
    },
    event_stream::{event_type::InvalidEventType, reconnection_time::InvalidReconnectionTime},
    log::update_id::InvalidUpdateId,
    topics::{topic::InvalidTopic, topics::InvalidTopics},
};

/// The field that is wrong, and why.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidPublishRequest {
    /// There is no `topic`, or there are too many.
    #[error("{}", topics_detail(.0))]
    Topics(#[from] InvalidTopics),
    /// A `topic` is no topic.
    #[error("Invalid \"topic\" parameter: {0}")]
    Topic(#[from] InvalidTopic),
    /// The `id` is no id of an update.
    #[error("Invalid \"id\" parameter: {0}")]
    Id(#[from] InvalidUpdateId),
    /// The `type` is no type of an event.
    #[error("Invalid \"type\" parameter: {0}")]
    Type(#[from] InvalidEventType),
    /// The `type` is longer than [`MAX_TYPE_BYTES`].
    #[error("Invalid \"type\" parameter: it has {0} bytes, the limit is {MAX_TYPE_BYTES}")]
    TypeTooLong(usize),
    /// The `retry` is not a number of milliseconds.
    #[error("Invalid \"retry\" parameter: {0}")]
    Retry(#[from] InvalidReconnectionTime),
    /// The `close` is no reason of an end. The text is its beginning.
    #[error(
        "Invalid \"close\" parameter: {0:?} is no reason; it is done, which is the same without a value, \
         or broken"
    )]
    Close(String),
    /// The query of a streamed body says how the body ends.
    #[error(
        "Invalid \"close\" parameter: leave out its value: the topics are closed as done or as broken, as \
         the body ends"
    )]
    CloseOfBody,
    /// A stop does not name one topic.
    #[error("Invalid \"topic\" parameter: a stop names one topic, this one names {0}")]
    StopTopics(usize),
    /// The reason of a stop is longer than [`MAX_STOP_BYTES`].
    #[error("Invalid \"stop\" parameter: it has {0} bytes, the limit is {MAX_STOP_BYTES}")]
    StopTooLong(usize),
    /// The form is not UTF-8.
    #[error("Invalid form: {0}")]
    NotUtf8(#[from] NotUtf8),
    /// The body is not a JSON object.
    #[error("Invalid JSON: {0}")]
    Json(String),
    /// A member of the JSON object is of another type.
    #[error("Invalid \"{member}\" parameter: it must be {expected}")]
    Member {
        /// Its name.
        member: &'static str,
        /// The type that would be right.
        expected: &'static str,
    },
}

impl InvalidPublishRequest {
    /// The field that is wrong.
    #[must_use]
    pub fn field(&self) -> &str {
        match self {
            Self::Topics(_) | Self::Topic(_) | Self::StopTopics(_) => "topic",
            Self::Id(_) => "id",
            Self::Type(_) | Self::TypeTooLong(_) => "type",
            Self::Retry(_) => "retry",
            Self::Close(_) | Self::CloseOfBody => "close",
            Self::StopTooLong(_) => "stop",
            Self::NotUtf8(not_utf8) => &not_utf8.field,
            Self::Json(_) => "body",
            Self::Member { member, .. } => member,
        }
    }

    /// Whether it only exceeds a limit of the hub: draft-dunglas-mercure-08, "publication", answers
    /// that with 413.
    #[must_use]
    pub fn is_over_limit(&self) -> bool {
        matches!(
            self,
            Self::Topics(InvalidTopics::TooMany { .. } | InvalidTopics::TooLong { .. })
                | Self::Topic(InvalidTopic::TooLong { .. })
                | Self::Id(InvalidUpdateId::TooLong(_))
                | Self::TypeTooLong(_)
        )
    }
}

fn topics_detail(invalid: &InvalidTopics) -> String {
    match invalid {
        InvalidTopics::Missing => "Missing \"topic\" parameter: name at least one topic".to_owned(),
        InvalidTopics::TooMany { .. } | InvalidTopics::TooLong { .. } => {
            format!("Invalid \"topic\" parameter: {invalid}")
        }
    }
}
