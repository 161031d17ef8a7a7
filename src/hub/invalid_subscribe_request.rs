//! Why a subscriber's request is refused, and for which of its parts.

use thiserror::Error;

use crate::{
    base::{dialect::Dialect, form::NotUtf8},
    hub::{
        fields::InvalidFields, finite_read::InvalidFiniteRead, hub_events::InvalidHubEvents,
        last_event_id::InvalidLastEventId,
    },
    tokens::selector_totals::OverTotal,
    topics::{topic::InvalidTopic, topic_selector::InvalidMatcher},
};

/// Which part of the request is wrong, and why.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidSubscribeRequest {
    /// No topic is asked for.
    #[error("{}", missing(*.0))]
    Missing(Dialect),
    /// There are more subscriptions than the dialect allows: `MAX_SELECTORS` or `MAX_MATCHERS`.
    #[error("too much is asked for: {count} topics, the limit is {limit}")]
    TooMany {
        /// How many subscriptions there are.
        count: usize,
        /// How many there may be.
        limit: usize,
        /// The dialect.
        dialect: Dialect,
    },
    /// The selectors exceed a total together.
    #[error("too much is asked for: {over}")]
    OverTotal {
        /// The total that is exceeded.
        over: OverTotal,
        /// The first parameter beyond the total.
        parameter: String,
    },
    /// A parameter of 0.x stands beside one of 1.0.
    #[error("the \"topic\" parameter does not go with \"match\" parameters or the method QUERY")]
    TwoDialects,
    /// The parameter begins with `match` and is not one of 1.0.
    #[error("the parameter {0:?} is not one of match, match_exact and match_urlpattern")]
    UnknownMatcher(String),
    /// A matcher is wrong.
    #[error("Invalid {parameter:?} parameter: {invalid}")]
    Matcher {
        /// The parameter.
        parameter: String,
        /// Why it is wrong.
        invalid: InvalidMatcher,
    },
    /// A `topic` is not a topic selector.
    #[error("Invalid \"topic\" parameter: {0}")]
    Topic(#[from] InvalidTopic),
    /// The parameter `fields` is wrong.
    #[error("Invalid \"fields\" parameter: {0}")]
    Fields(#[from] InvalidFields),
    /// The parameter `hub_events` is wrong.
    #[error("Invalid \"hub_events\" parameter: {0}")]
    HubEvents(#[from] InvalidHubEvents),
    /// A parameter of finite reads is wrong.
    #[error(transparent)]
    FiniteRead(#[from] InvalidFiniteRead),
    /// The last event ID is wrong.
    #[error("Invalid last event ID: {0}")]
    LastEventId(#[from] InvalidLastEventId),
    /// The query is not UTF-8.
    #[error("Invalid query: {0}")]
    NotUtf8(#[from] NotUtf8),
}

impl InvalidSubscribeRequest {
    /// The parameter or header that is wrong.
    #[must_use]
    pub fn field(&self) -> &str {
        match self {
            Self::Missing(dialect) | Self::TooMany { dialect, .. } => match dialect {
                Dialect::V0 => "topic",
                Dialect::V1 => "match",
            },
            Self::TwoDialects | Self::Topic(_) => "topic",
            Self::UnknownMatcher(parameter)
            | Self::Matcher { parameter, .. }
            | Self::OverTotal { parameter, .. } => parameter,
            Self::Fields(_) => "fields",
            Self::HubEvents(_) => "hub_events",
            Self::FiniteRead(invalid) => invalid.field(),
            Self::LastEventId(_) => "Last-Event-ID",
            Self::NotUtf8(not_utf8) => &not_utf8.field,
        }
    }
}

fn missing(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::V0 => {
            "Missing \"topic\" parameter: name at least one topic, or \"*\" for all (or, in 1.0, \
             \"match\")"
        }
        Dialect::V1 => "missing \"match\" subscription parameter",
    }
}
