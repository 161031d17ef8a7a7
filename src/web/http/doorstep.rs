//! Answers to requests that come no further than the door of a hub.

use wasm_bindgen::JsValue;
use web_sys::{Request, Response};

use crate::{
    base::url_parts,
    http::{error::Error, hub_path},
    settings::config::Config,
    web::http::{cors, respond},
};

/// The methods of the hub, and what a preflight asks for.
pub(crate) fn options(
    config: &Config,
    request: &Request,
    allow: &str,
) -> Result<Response, JsValue> {
    let response = respond::empty()?;
    let headers = response.headers();
    headers.set("Allow", allow)?;
    if cors::allow(&config.cors_origins, request, &headers)? {
        cors::preflight(&headers, allow)?;
    }
    Ok(response)
}

/// Why the request is not let in.
pub(crate) fn refuse(
    config: &Config,
    request: &Request,
    error: &Error,
) -> Result<Response, JsValue> {
    let url = request.url();
    let response = match hub_path::split_subscriptions(url_parts::path(&url)) {
        (_, Some(_)) => respond::error(error)?,
        _ => respond::refuse_stream(request, error)?,
    };
    // A page at another origin is not told about a hub that is not to be asked there.
    if !matches!(error, Error::Misdirected) {
        cors::allow(&config.cors_origins, request, &response.headers())?;
    }
    Ok(response)
}
