//! From a path to the object of its hub.

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use web_sys::{Request, Response};

use super::{config, sys::Env};
use crate::{
    error::Error,
    hub_path::HubPath,
    web::{cors, respond},
};

/// The Worker's entry: answers what needs no hub, and hands everything else to the hub's object.
///
/// The original request goes on, so that its abort signal reaches the object, and the object's
/// response comes back untouched, so that the runtime streams it past this Worker.
///
/// # Errors
/// What the runtime throws when the object cannot be reached; `worker.mjs` answers then.
#[wasm_bindgen]
pub fn route(request: &Request, env: &Env) -> Result<Promise<Response>, JsValue> {
    let url = request.url();
    let config = config::check(env).map_err(|invalid| {
        web_sys::console::error_1(&invalid.to_string().into());
        Error::from(invalid)
    });
    let found = config.as_ref().map_err(Error::clone).and_then(|_| HubPath::parse(path(&url)));
    match found {
        Ok(HubPath::Hub(name) | HubPath::HubHealth(name)) => {
            let hubs = env.hub()?;
            hubs.get(&hubs.id_from_name(name)?)?.send(request)
        }
        Ok(HubPath::Health) => Ok(Promise::resolve(&health(request)?)),
        Err(error) => {
            let response = respond::error(&error)?;
            if let Ok(config) = config {
                cors::allow(&config.cors_origins, request, &response.headers())?;
            }
            Ok(Promise::resolve(&response))
        }
    }
}

/// The path of an absolute URL, as it was sent.
pub(super) fn path(url: &str) -> &str {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = after_scheme.find('/').and_then(|at| after_scheme.get(at..)).unwrap_or("/");
    path.split(['?', '#']).next().unwrap_or(path)
}

fn health(request: &Request) -> Result<Response, JsValue> {
    match request.method().as_str() {
        "GET" | "HEAD" => respond::json(r#"{"status":"ok"}"#),
        _ => respond::error(&Error::MethodNotAllowed("GET, HEAD")),
    }
}
