//! Answers to requests that end at the door of a hub.

use wasm_bindgen::JsValue;
use web_sys::{Request, Response};

use crate::{
    base::url_parts,
    http::{error::Error, hub_path},
    settings::config::Config,
    web::http::{cors, respond},
};

/// Answers OPTIONS with the methods of the hub, and a preflight with its headers.
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

/// Refuses a request.
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
    // This host is not the hub's: a page learns nothing of the hub here.
    if !matches!(error, Error::Misdirected) {
        cors::allow(&config.cors_origins, request, &response.headers())?;
    }
    Ok(response)
}
