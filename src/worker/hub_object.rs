//! The Durable Object: one hub.

use std::{cell::Cell, rc::Rc, time::Duration};

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};
use web_sys::{Request, Response};

use super::{
    config,
    history::{SqlError, SqlHistory},
    router,
    sys::{DurableObjectState, DurableObjectStorage, Env},
};
use crate::{
    config::InvalidConfig,
    error::Error,
    hub_path::HubPath,
    web::{Handler, respond},
};

/// While there are connections an alarm goes off this often: an object's allowance of CPU time is
/// topped up by incoming events alone, and a hub may live by its timer for hours.
const ALARM_EVERY: Duration = Duration::from_mins(5);

/// How soon an alarm goes on with a removal of old updates that one call did not finish.
const PRUNE_AGAIN: Duration = Duration::from_secs(1);

type Hub = Handler<(), SqlHistory>;

/// A hub in a Durable Object.
#[wasm_bindgen]
#[derive(Debug)]
pub struct HubObject {
    storage: DurableObjectStorage,
    hub: Result<Hub, InvalidConfig>,
    /// Whether the alarm is known to be set, so that not every request asks the storage.
    alarm_is_set: Rc<Cell<bool>>,
}

#[wasm_bindgen]
impl HubObject {
    /// Opens the hub over the object's storage.
    ///
    /// # Errors
    /// What the storage throws; the runtime then makes the object anew for the next request.
    #[wasm_bindgen(constructor)]
    pub fn new(state: &DurableObjectState, env: &Env) -> Result<Self, JsError> {
        let storage = state.storage().map_err(SqlError::from)?;
        let hub = match config::read(env) {
            Ok(config) => Ok(Handler::new(config, SqlHistory::open(storage.clone())?, ())?),
            Err(invalid) => Err(invalid),
        };
        Ok(Self { storage, hub, alarm_is_set: Rc::default() })
    }

    /// Answers a request to this hub.
    pub fn fetch(&self, request: Request) -> Promise {
        let hub = self.hub.clone();
        let (storage, alarm_is_set) = (self.storage.clone(), Rc::clone(&self.alarm_is_set));
        future_to_promise(async move {
            let hub = match hub {
                Ok(hub) => hub,
                Err(invalid) => return Ok(respond::error(&invalid.into())?.into()),
            };
            let response = answer(&hub, &request).await?;
            if hub.registry().connection_count() > 0 && !alarm_is_set.replace(true) {
                // The answer stands whatever becomes of the alarm; a later request tries again.
                alarm_is_set.set(set_alarm(&storage, ALARM_EVERY).await.is_ok());
            }
            Ok(response.into())
        })
    }

    /// Whether a write was not confirmed, so that what memory holds may be ahead of what is stored:
    /// `worker.mjs` then ends the object, which must not happen from within wasm.
    #[wasm_bindgen(getter, js_name = hasFailed)]
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.hub.as_ref().is_ok_and(Handler::has_failed)
    }

    /// Removes what the history no longer keeps, and sets the next alarm while there is a need.
    pub fn alarm(&self) -> Promise {
        self.alarm_is_set.set(false);
        let hub = self.hub.clone();
        let (storage, alarm_is_set) = (self.storage.clone(), Rc::clone(&self.alarm_is_set));
        future_to_promise(async move {
            let Ok(hub) = hub else { return Ok(JsValue::UNDEFINED) };
            let unfinished = hub.prune().map_err(|error| error.to_string())?;
            let next = match unfinished {
                true => PRUNE_AGAIN,
                false if hub.registry().connection_count() > 0 => ALARM_EVERY,
                false => return Ok(JsValue::UNDEFINED),
            };
            set_alarm(&storage, next).await?;
            alarm_is_set.set(true);
            Ok(JsValue::UNDEFINED)
        })
    }
}

async fn answer(hub: &Hub, request: &Request) -> Result<Response, JsValue> {
    match HubPath::parse(router::path(&request.url())) {
        Ok(HubPath::HubHealth(_)) if ["GET", "HEAD"].contains(&request.method().as_str()) => {
            let connections = hub.registry().connection_count();
            respond::json(&format!(r#"{{"status":"ok","connections":{connections}}}"#))
        }
        Ok(HubPath::HubHealth(_)) => respond::error(&Error::MethodNotAllowed("GET, HEAD")),
        Ok(_) => hub.handle(request).await,
        Err(error) => respond::error(&error),
    }
}

async fn set_alarm(storage: &DurableObjectStorage, delay: Duration) -> Result<(), JsValue> {
    let at = js_sys::Date::now() + delay.as_secs_f64() * 1_000.0;
    JsFuture::from(storage.set_alarm(at)?).await.map(|_| ())
}
