//! One line of the log.

use std::fmt::Display;

use serde::Serialize;

use crate::{
    base::{connection_id::ConnectionId, excerpts::Excerpts},
    hub::subscribe_request::SubscribeRequest,
    log::update::Update,
    settings::level::Level,
    tokens::access::Access,
    topics::{subscription::Subscription, topic::Topic},
    web::host::clock,
};

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Record {
    /// When it was made: ISO 8601, in UTC, with milliseconds.
    pub time: String,
    /// How much it matters.
    pub level: Level,
    /// The event, as a short constant text to search for.
    pub event: &'static str,
    /// The name of the hub, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hub: Option<String>,
    /// The connection it happened to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection: Option<String>,
    /// Why, in a constant text to search for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// More about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The id of an update.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The topics of an update, or the selectors of a subscription.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<String>,
    /// The beginning of an update's data. For [`Level::Debug`] alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// The payloads of a subscriber's token, as JSON. For [`Level::Debug`] alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub payloads: Vec<String>,
}

impl Record {
    /// A record without details.
    #[must_use]
    pub fn new(level: Level, event: &'static str) -> Self {
        let time = clock::iso_8601();
        let (hub, connection, reason, detail, id, data) = (None, None, None, None, None, None);
        let (topics, payloads) = (Vec::new(), Vec::new());
        Self { time, level, event, hub, connection, reason, detail, id, topics, data, payloads }
    }

    /// A publication, for debugging.
    #[must_use]
    pub fn of_update(event: &'static str, update: &Update) -> Self {
        let mut excerpts = Excerpts::default();
        Self {
            id: Some(excerpts.one(update.id().as_str())),
            data: update.data().map(|data| excerpts.one(data)),
            topics: excerpts.all(update.topics().as_slice().iter().map(Topic::as_str)),
            ..Self::new(Level::Debug, event)
        }
    }

    /// A subscription, for debugging.
    #[must_use]
    pub fn of_subscription(event: &'static str, asked: &SubscribeRequest, by: &Access) -> Self {
        let mut excerpts = Excerpts::default();
        Self {
            payloads: excerpts.all(by.payloads()),
            topics: excerpts.all(asked.subscriptions().iter().map(Subscription::as_str)),
            ..Self::new(Level::Debug, event)
        }
    }

    /// The same record about this connection.
    #[must_use]
    pub fn with_connection(self, id: ConnectionId) -> Self {
        Self { connection: Some(id.to_string()), ..self }
    }

    /// The same record about this hub.
    #[must_use]
    pub fn with_hub(self, name: &str) -> Self {
        Self { hub: Some(name.to_owned()), ..self }
    }

    /// The same record with a reason.
    #[must_use]
    pub fn with_reason(self, reason: &'static str) -> Self {
        Self { reason: Some(reason), ..self }
    }

    /// The same record with more detail.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Display) -> Self {
        self.set_detail(&detail);
        self
    }

    fn set_detail(&mut self, detail: &dyn Display) {
        self.detail = Some(Excerpts::default().most(&detail.to_string()));
    }

    /// Writes the record to the host's console, at the console's own level.
    pub fn to_console(&self) {
        let line = serde_json::to_string(self).unwrap_or_default().into();
        match self.level {
            Level::Debug => web_sys::console::debug_1(&line),
            Level::Info => web_sys::console::info_1(&line),
            Level::Warning => web_sys::console::warn_1(&line),
            Level::Error => web_sys::console::error_1(&line),
        }
    }
}
