//! Publications that close their topics.

use crate::{
    log::update_id::UpdateId,
    publishing::request::PublishRequest,
    web::{
        engine::{
            engine::Engine,
            journal::{Appended, Journal},
            publish_error::PublishError,
        },
        host::storage::Storage,
        streams::hooks::Hooks,
    },
};

/// A request to publish, and the id of its update if the publisher gave none.
pub(crate) struct Asked {
    pub(crate) request: PublishRequest,
    pub(crate) generated: UpdateId,
}

impl<K: Hooks, S: Storage> Engine<K, S> {
    /// Appends the update of a request and the closings behind it, wholly or not at all. The id is that of
    /// the update; without one, that of the last closing.
    pub(crate) fn append_all(&self, asked: Asked) -> Result<Appended, PublishError> {
        let Asked { request, generated } = asked;
        let closings = request.closings();
        if !closings.is_empty() {
            let may_close = self.hub().log().may_close(request.topics().as_slice());
            may_close.map_err(|error| self.not_appended(error))?;
        }
        let mut appended = if request.has_update() {
            Some(self.append(&request.into_update(generated))?)
        } else {
            None
        };
        let has_update = appended.is_some();
        for closing in &closings {
            let closed = match (self.append_closing(closing), &appended) {
                // A part of the request is in the log.
                (Err(error), Some(_)) => return Err(self.unconfirmed(&error)),
                (closed, _) => closed?,
            };
            appended = Some(match appended {
                Some(update) if has_update => {
                    Appended { sequence: update.sequence.max(closed.sequence), ..update }
                }
                _ => closed,
            });
        }
        appended.ok_or_else(|| PublishError::History("the request holds nothing".to_owned()))
    }
}
