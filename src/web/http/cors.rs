//! Which pages may read the answers: the CORS protocol, Fetch § 3.3.

use wasm_bindgen::JsValue;
use web_sys::{Headers, Request};

use crate::tokens::origins::Origins;

/// Headers that a page of another origin may send. Some `EventSource` polyfills send
/// `Cache-Control`.
const REQUEST_HEADERS: &str =
    "authorization, cache-control, content-type, idempotency-key, last-event-id";

/// Headers of the answer that a page of another origin may read.
const RESPONSE_HEADERS: &str = "ETag, Last-Event-ID, Link, Mercure-Last-Event-ID, Millstream-Connections, Retry-After, \
     WWW-Authenticate";

/// Seconds for which a browser may remember a preflight: two hours, the most that Chromium allows.
const MAX_AGE: &str = "7200";

/// Adds the headers with which a page of an allowed origin may read the answer. Returns whether its
/// origin is allowed.
pub(crate) fn allow(
    origins: &Origins,
    request: &Request,
    headers: &Headers,
) -> Result<bool, JsValue> {
    let origin = request.headers().get("Origin")?.unwrap_or_default();
    if !origins.is_any() {
        headers.append("Vary", "Origin")?;
    }
    if origin.is_empty() || !origins.allow(&origin) {
        return Ok(false);
    }
    headers.set("Access-Control-Expose-Headers", RESPONSE_HEADERS)?;
    if origins.is_any() {
        headers.set("Access-Control-Allow-Origin", "*")?;
    } else {
        headers.set("Access-Control-Allow-Origin", &origin)?;
        headers.set("Access-Control-Allow-Credentials", "true")?;
    }
    Ok(true)
}

/// Adds the headers that a preflight asks for.
pub(crate) fn preflight(headers: &Headers, methods: &str) -> Result<(), JsValue> {
    headers.set("Access-Control-Allow-Methods", methods)?;
    headers.set("Access-Control-Allow-Headers", REQUEST_HEADERS)?;
    headers.set("Access-Control-Max-Age", MAX_AGE)
}
