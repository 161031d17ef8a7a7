//! From a path to the object of its hub.

use std::sync::Once;

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use web_sys::{Request, Response};

use super::{config, hub_object::UP, sys::Env};
use crate::{
    config::Config,
    error::Error,
    hub_path::{self, HubPath},
    published,
    resource_metadata::ResourceMetadata,
    verifier::Role,
    web::{Level, Record, cors, protection, respond},
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
        Record::new(Level::Error, "configuration wrong").with_detail(&invalid).to_console();
        Error::from(invalid)
    });
    if let Ok(config) = &config
        && config.log_level <= Level::Warning
    {
        warn(config);
    }
    let host = request.headers().get("Host")?;
    let found = config.as_ref().map_err(Error::clone).and_then(|_| {
        let of_url = hub_path::origin(&url).split_once("://").map_or("", |(_, host)| host);
        if hub_path::is_host(of_url) && host.as_deref().is_none_or(hub_path::is_host) {
            HubPath::parse(hub_path::of_url(&url))
        } else {
            Err(Error::Host)
        }
    });
    let response = match found {
        Ok(
            HubPath::Hub(name)
            | HubPath::HubHealth(name)
            | HubPath::Drain(name)
            | HubPath::Subscriptions(name),
        ) => {
            let hubs = env.hub()?;
            return hubs.get(&hubs.id_from_name(name)?)?.send(request);
        }
        Ok(HubPath::Health) => health(request)?,
        Ok(HubPath::Metadata(hub)) => match of_hub(env, hub) {
            Ok(config) => metadata(request, hub, &config)?,
            Err(error) => refuse(&error, config.as_ref().ok(), request)?,
        },
        Err(error) => refuse(&error, config.as_ref().ok(), request)?,
    };
    protection::add(&response)?;
    Ok(Promise::resolve(&response))
}

/// Tells an operator of secrets that are too weak, once for each instance of the module.
fn warn(config: &Config) {
    static TOLD: Once = Once::new();
    TOLD.call_once(|| {
        for weak in config.authorization.trust.weak_secrets() {
            Record::new(Level::Warning, "weak secret").with_detail(weak).to_console();
        }
    });
}

/// Answers in the place of a hub's object that could not be reached: what changes nothing may be
/// asked for again, of the rest it is not known what became of it.
///
/// # Errors
/// What the host throws when it is out of the means to make an answer.
#[wasm_bindgen]
pub fn unreachable(request: &Request, env: &Env) -> Result<Response, JsValue> {
    instead(request, env, &Error::Internal)
}

/// Answers in the place of a hub's object that was ended since a write was not confirmed.
///
/// # Errors
/// What the host throws when it is out of the means to make an answer.
#[wasm_bindgen]
pub fn unconfirmed(request: &Request, env: &Env) -> Result<Response, JsValue> {
    instead(request, env, &Error::Unconfirmed)
}

/// The last line of the answer to a streamed publication whose hub's object has ended: of what was
/// not answered before it is not known what became of it.
#[wasm_bindgen(js_name = lastLine)]
#[must_use]
pub fn last_line() -> Vec<u8> {
    let mut line = Vec::new();
    published::write_line(&Err(Error::Unconfirmed), &mut line);
    line
}

fn instead(request: &Request, env: &Env, of_publication: &Error) -> Result<Response, JsValue> {
    let url = request.url();
    let path = HubPath::parse(hub_path::of_url(&url));
    let response = match (request.method().as_str(), &path) {
        ("GET" | "HEAD" | "QUERY", Ok(HubPath::Hub(_))) => {
            respond::refuse_stream(request, &Error::Unreachable)?
        }
        ("GET" | "HEAD" | "QUERY" | "OPTIONS", _) => respond::error(&Error::Unreachable)?,
        _ => respond::error(of_publication)?,
    };
    protection::add(&response)?;
    let config = match path {
        Ok(HubPath::Hub(name) | HubPath::HubHealth(name) | HubPath::Subscriptions(name)) => {
            config::of_hub(env, name)
        }
        _ => config::check(env),
    };
    if let Ok(config) = config {
        cors::allow(&config.cors_origins, request, &response.headers())?;
    }
    Ok(response)
}

fn refuse(error: &Error, config: Option<&Config>, request: &Request) -> Result<Response, JsValue> {
    let response = respond::refuse_stream(request, error)?;
    if let Some(config) = config {
        cors::allow(&config.cors_origins, request, &response.headers())?;
    }
    Ok(response)
}

/// The configuration of the hub at this path.
fn of_hub(env: &Env, path: &str) -> Result<Config, Error> {
    match HubPath::parse(path)? {
        HubPath::Hub(name) => Ok(config::of_hub(env, name)?),
        _ => Err(Error::NotFound),
    }
}

/// What the hub at this path asks of tokens: RFC 9728. A hub that trusts nobody has nothing to say.
fn metadata(request: &Request, hub: &str, config: &Config) -> Result<Response, JsValue> {
    let (own, url) = (&config.authorization, request.url());
    let keyless = [Role::Publisher, Role::Subscriber].map(|role| own.trust.is_without_key(role));
    if !["GET", "HEAD"].contains(&request.method().as_str()) {
        return respond::error(&Error::MethodNotAllowed("GET, HEAD"));
    }
    if keyless == [true, true] {
        return respond::error(&Error::NotFound);
    }
    let hub_url = format!("{}{hub}", hub_path::origin(&url));
    let resource = own.public_url.as_deref().unwrap_or(&hub_url);
    let metadata = ResourceMetadata::new(resource, &own.trust, &own.cookie_names.v1);
    let metadata = if config.subscriptions { metadata.with_subscriptions() } else { metadata };
    let response = respond::json(&metadata.to_json())?;
    cors::allow(&config.cors_origins, request, &response.headers())?;
    Ok(response)
}

fn health(request: &Request) -> Result<Response, JsValue> {
    match request.method().as_str() {
        "GET" | "HEAD" => respond::json(UP),
        _ => respond::error(&Error::MethodNotAllowed("GET, HEAD")),
    }
}
