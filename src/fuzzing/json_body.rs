//! A JSON object that publishes: what is accepted is one event.

use crate::fuzzing::inputs::check_encoded;
use crate::publishing::request::PublishRequest;

/// See the module.
pub fn json_body(body: &[u8]) {
    match PublishRequest::from_json(body) {
        Ok(request) => check_encoded(request),
        Err(error) => assert!(!error.field().is_empty() && !error.to_string().is_empty()),
    }
}
