//! A document of the subscription API, and the share of it that an asker needs.

use wasm_bindgen::JsValue;
use web_sys::Request;

use crate::{base::dialect::Dialect, presence::resource_headers, web::engine::look::Since};

/// A document, and the place in the log from which on events tell how it changes.
pub(crate) struct Resource {
    pub(crate) dialect: Dialect,
    pub(crate) document: String,
    pub(crate) since: Since,
}

/// The share of a document that an answer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// Headers and body.
    Whole,
    /// Headers alone, for HEAD: RFC 9110 § 9.3.2.
    Headers,
    /// Nothing, since the asker's own copy is fresh: RFC 9110 § 15.4.5.
    NotModified,
}

impl Resource {
    /// The entity tag of the document.
    pub(crate) fn etag(&self) -> String {
        resource_headers::etag(self.dialect, &self.since.place)
    }

    /// The share that the answer to this request holds.
    pub(crate) fn shown_to(&self, request: &Request) -> Result<Shown, JsValue> {
        let held = request.headers().get("If-None-Match")?;
        let is_fresh = |held: String| resource_headers::is_held(self.dialect, &self.etag(), &held);
        Ok(if self.since.names_the_state && held.is_some_and(is_fresh) {
            Shown::NotModified
        } else if request.method() == "HEAD" {
            Shown::Headers
        } else {
            Shown::Whole
        })
    }
}
