//! A form that publishes: what is accepted is one event, and pairs survive being encoded again.

use std::fmt::Write;

use crate::fuzzing::inputs::check_encoded;
use crate::{base::form, publishing::request::PublishRequest};

fn encode(text: &str, form: &mut String) {
    for byte in text.bytes() {
        write!(form, "%{byte:02x}").unwrap();
    }
}

/// See the module.
pub fn form(body: &[u8]) {
    if let Ok(request) = PublishRequest::from_form(body) {
        check_encoded(request);
    }
    let Ok(pairs) = form::pairs(body).collect::<Result<Vec<_>, _>>() else { return };
    let mut encoded = String::new();
    for (name, value) in &pairs {
        encode(name, &mut encoded);
        encoded.push('=');
        encode(value, &mut encoded);
        encoded.push('&');
    }
    let again: Vec<_> = form::pairs(encoded.as_bytes()).map(Result::unwrap).collect();
    assert_eq!(again, pairs);
}
