//! Headers with which a browser takes an answer for data and not for a page, as the reference hub sends
//! them. They are added once, where an answer leaves: `Handler::handle`, and on Cloudflare the entries
//! of the Worker and of the object.

use wasm_bindgen::JsValue;
use web_sys::Response;

/// A browser does not run or frame an answer, and does not guess its type.
const PROTECTION: [(&str, &str); 4] = [
    ("Content-Security-Policy", "default-src 'self'"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("X-XSS-Protection", "1; mode=block"),
];

/// Adds them to an answer.
pub(crate) fn add(response: &Response) -> Result<(), JsValue> {
    let headers = response.headers();
    PROTECTION.iter().try_for_each(|(name, value)| headers.set(name, value))
}
