//! Headers with which a browser takes an answer for data and not for a page, as the reference hub sends
//! them. Every answer is made in `respond.rs`, with headers from here.

use std::cell::RefCell;

use wasm_bindgen::JsValue;
use web_sys::{Headers, Response, ResponseInit};

/// The headers that each answer of a kind has.
pub(super) type OfKind = &'static [(&'static str, &'static str)];

/// A browser does not run or frame an answer, and does not guess its type.
const PROTECTION: OfKind = &[
    ("Content-Security-Policy", "default-src 'self'"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("X-XSS-Protection", "1; mode=block"),
];

/// What answers of one kind and status begin with.
struct Beginning {
    status: u16,
    own: OfKind,
    init: ResponseInit,
}

thread_local! {
    /// Each kind of answer with each of its statuses. A `Response` copies the headers in one call, and a
    /// call for each header of each answer would cost more than all of them.
    static BEGINNINGS: RefCell<Vec<Beginning>> = const { RefCell::new(Vec::new()) };
}

/// What to make an answer with: its status, and the headers of its kind with those that protect it. It
/// belongs to all answers of the kind, so nothing of one answer is put there.
pub(super) fn init(status: u16, own: OfKind) -> Result<ResponseInit, JsValue> {
    BEGINNINGS.with_borrow_mut(|all| {
        let known = all.iter().find(|known| known.status == status && known.own == own);
        if let Some(known) = known {
            return Ok(known.init.clone());
        }
        let headers = Headers::new()?;
        let both = own.iter().chain(PROTECTION);
        both.clone().try_for_each(|(name, value)| headers.set(name, value))?;
        let init = ResponseInit::new();
        init.set_status(status);
        init.set_headers(&headers);
        all.push(Beginning { status, own, init: init.clone() });
        Ok(init)
    })
}

/// Adds the headers that protect it to an answer of the application.
pub(super) fn add(response: &Response) -> Result<(), JsValue> {
    let headers = response.headers();
    PROTECTION.iter().try_for_each(|(name, value)| headers.set(name, value))
}
