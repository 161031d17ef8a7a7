//! Answers for a hub whose object cannot answer.

#![allow(unreachable_pub, reason = "JavaScript calls the exported functions")]

use wasm_bindgen::prelude::*;
use web_sys::{Request, Response};

use super::{config, sys::Env};
use crate::{
    base::url_parts,
    http::{answer_line, error::Error, hub_path::HubPath},
    web::http::{cors, respond},
};

/// Answers for a hub whose object could not be reached. A request that changes nothing may be sent
/// again; the outcome of any other is unknown.
///
/// # Errors
/// The host cannot make an answer.
#[wasm_bindgen]
pub fn unreachable(request: &Request, env: &Env) -> Result<Response, JsValue> {
    instead(request, env, &Error::Internal)
}

/// Answers for a hub whose object was ended because a write was not confirmed.
///
/// # Errors
/// The host cannot make an answer.
#[wasm_bindgen]
pub fn unconfirmed(request: &Request, env: &Env) -> Result<Response, JsValue> {
    instead(request, env, &Error::Unconfirmed)
}

/// The last line of the answer to a streamed publication whose object has ended. The outcome of the
/// lines without an answer is unknown.
#[wasm_bindgen(js_name = lastLine)]
#[must_use]
pub fn last_line() -> Vec<u8> {
    let mut line = Vec::new();
    answer_line::write_line(&Err(Error::Unconfirmed), &mut line);
    line
}

fn instead(request: &Request, env: &Env, of_publication: &Error) -> Result<Response, JsValue> {
    let url = request.url();
    let path = HubPath::parse(url_parts::path(&url));
    let response = match (request.method().as_str(), &path) {
        ("GET" | "HEAD" | "QUERY", Ok(HubPath::Hub(_))) => {
            respond::refuse_stream(request, &Error::Unreachable)?
        }
        ("GET" | "HEAD" | "QUERY" | "OPTIONS", _) => respond::error(&Error::Unreachable)?,
        _ => respond::error(of_publication)?,
    };
    if let Ok(deployment) = &*config::deployment(env) {
        let own = match path.as_ref().ok().and_then(HubPath::hub) {
            Some(name) => deployment.of_hub(name),
            None => std::borrow::Cow::Borrowed(deployment.of_all()),
        };
        cors::allow(&own.cors_origins, request, &response.headers())?;
    }
    Ok(response)
}
