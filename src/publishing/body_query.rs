//! The query of a POST, as far as it is about a streamed body or a stop.

use std::rc::Rc;

use crate::{
    base::form,
    log::closing::EndReason,
    publishing::{close, invalid_request::InvalidPublishRequest},
    topics::topic::Topic,
};

/// The fields of the query.
#[derive(Debug, Default)]
pub(crate) struct BodyQuery {
    pub topics: Vec<Topic>,
    pub private: bool,
    pub keep_ids: bool,
    /// Whether the end of the body closes the topics.
    pub closes: bool,
    /// The reason of a stop. The first one counts.
    pub stop: Option<Rc<str>>,
}

impl BodyQuery {
    /// Reads the query. Unknown fields are ignored.
    ///
    /// # Errors
    /// The first field that is wrong.
    pub(crate) fn parse(query: &str) -> Result<Self, InvalidPublishRequest> {
        const OURS: [&str; 5] = ["topic", "private", "keep_ids", "close", "stop"];
        let mut parsed = Self::default();
        for pair in form::pairs_of(query.as_bytes(), |name| OURS.contains(&name)) {
            let (name, value) = pair?;
            match &*name {
                "topic" => parsed.topics.push(value.parse()?),
                "private" => parsed.private = true,
                "keep_ids" => parsed.keep_ids = true,
                "close" if close::parse(&value)? == EndReason::Done => parsed.closes = true,
                "close" => return Err(InvalidPublishRequest::CloseOfBody),
                _ if parsed.stop.is_none() => parsed.stop = Some(value.into()),
                _ => {}
            }
        }
        Ok(parsed)
    }

    /// Whether the query has a `stop`, whatever else it has.
    #[must_use]
    pub(crate) fn asks_to_stop(query: &str) -> bool {
        form::pairs_of(query.as_bytes(), |name| name == "stop").next().is_some()
    }
}
