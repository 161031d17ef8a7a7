//! Headers that keep a browser from making more of an answer than it is, as the reference hub sends
//! them.

use wasm_bindgen::JsValue;
use web_sys::Headers;

/// An answer is no page: nothing of it is run, framed, or taken for another type.
const PROTECTION: [(&str, &str); 4] = [
    ("Content-Security-Policy", "default-src 'self'"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("X-XSS-Protection", "1; mode=block"),
];

/// Adds them to an answer.
pub(crate) fn add(headers: &Headers) -> Result<(), JsValue> {
    PROTECTION.iter().try_for_each(|(name, value)| headers.set(name, value))
}
