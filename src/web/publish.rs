//! From a POST to an update that is durable and on its way.

use thiserror::Error;
use wasm_bindgen::JsValue;
use web_sys::{Request, Response};

use super::{
    Hooks, Level, Record, Storage, body, clock,
    engine::{Engine, Streams},
    respond,
};
use crate::{
    connection::CloseReason,
    error::Error,
    event_id::EventId,
    media_type,
    publish_request::PublishRequest,
    update::{Update, UpdateTooLarge},
};

/// Why an update was not published.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PublishError {
    /// It is too large to be kept.
    #[error(transparent)]
    TooLarge(#[from] UpdateTooLarge),
    /// The history refused it, or could not be made durable. The text is for the log.
    #[error("the history did not take the update: {0}")]
    History(String),
}

impl<K: Hooks, S: Storage> Engine<K, S> {
    /// Makes an update durable, then shows it to those who wait.
    pub(super) async fn publish(&self, update: &Update) -> Result<EventId, PublishError> {
        let encoded = update.encode()?;
        let failed = |error: &dyn std::error::Error| {
            let record = Record::new(Level::Error, "publish failed").with_detail(error);
            self.hooks.log(&record);
            PublishError::History(error.to_string())
        };
        if self.failed.get() {
            return Err(PublishError::History("an earlier write was not confirmed".to_owned()));
        }
        let appended = {
            let mut hub = self.hub.borrow_mut();
            hub.append(encoded).map(|sequence| {
                // In the turn of the write, so that the storage commits both at once.
                let pruned = hub.prune();
                (sequence, pruned, hub.log().history().sync())
            })
        };
        let (sequence, pruned, synced) = appended.map_err(|error| failed(&error))?;
        if let Err(error) = pruned {
            self.hooks.log(&Record::new(Level::Error, "prune failed").with_detail(error));
        }
        // A stream is not held back by the host until storage is safe, so this waits for it.
        if let Err(error) = synced.await {
            self.failed.set(true);
            self.stop_all(CloseReason::Failed);
            return Err(failed(&error));
        }
        let effects = self.hub.borrow_mut().commit(sequence, clock::now());
        self.carry_out(effects);
        Ok(update.id().clone())
    }

    pub(super) async fn answer_publish(&self, request: &Request) -> Result<Response, JsValue> {
        match self.publish_from(request).await {
            Ok(id) => respond::text(id.as_str()),
            Err(error) => respond::error(&error),
        }
    }

    async fn publish_from(&self, request: &Request) -> Result<EventId, Error> {
        let content_type = request.headers().get("Content-Type").ok().flatten();
        match media_type::essence(&content_type.unwrap_or_default()).as_deref() {
            Some("application/x-www-form-urlencoded") => {}
            Some(_) => return Err(Error::UnsupportedMediaType),
            None => return Err(Error::ContentType),
        }
        let form = body::read(request).await?;
        let request = PublishRequest::from_form(&form)?;
        let generated = clock::event_id().map_err(|_| Error::Internal)?;
        self.publish(&request.into_update(generated)).await.map_err(|error| match error {
            PublishError::TooLarge(too_large) => Error::UpdateTooLarge(too_large),
            PublishError::History(_) => Error::History,
        })
    }
}
