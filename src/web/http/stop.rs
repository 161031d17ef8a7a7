//! From a POST with `stop` in its query to lines in the answers of open bodies.

use wasm_bindgen::JsValue;
use web_sys::{Request, Response};

use crate::{
    http::error::Error,
    log::{closing::EndReason, tally::Sight},
    publishing::{bodies::Missing, grant::PublishGrant, request::PublishRequest, stop::Stop},
    web::{
        host::{clock, storage::Storage},
        http::{
            body::{self, Bound},
            publishing::Publishing,
            respond, subscribe,
        },
        streams::hooks::Hooks,
    },
};

impl<K: Hooks, S: Storage> Publishing<K, S> {
    /// Asks the producers of a topic to stop, for who may publish to it.
    pub(crate) async fn answer_stop(
        &self,
        request: &Request,
        grant: &PublishGrant,
        stop: &Stop,
    ) -> Result<Response, JsValue> {
        match self.stop(request, grant, stop).await {
            Ok(producers) => respond::json(&format!(r#"{{"producers":{producers}}}"#)),
            Err(error) => respond::error(&error),
        }
    }

    async fn stop(
        &self,
        request: &Request,
        grant: &PublishGrant,
        stop: &Stop,
    ) -> Result<usize, Error> {
        let closing = PublishRequest::closing(stop.topic.clone().into(), EndReason::Done);
        grant.may_publish(&closing, clock::now())?;
        let sight = match grant.may_publish(&closing.into_private(), clock::now()) {
            Ok(()) => Sight::Granted,
            Err(_) => Sight::Public,
        };
        let sender = subscribe::sender(request, &grant.access);
        let place = self.limits.enter(sender, Missing::Rest)?;
        body::read(request, Bound { bytes: 0, refusal: |_| Error::StopHasBody }, place).await?;
        Ok(self.producers.stop(stop, sight))
    }
}
