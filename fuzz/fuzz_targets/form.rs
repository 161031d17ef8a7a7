//! A form that publishes: what is accepted is one event, and pairs survive being encoded again.
#![no_main]

use std::fmt::Write;

use libfuzzer_sys::fuzz_target;
use millstream::{base::form, publishing::request::PublishRequest};
use millstream_fuzz::check_encoded;

fn encode(text: &str, form: &mut String) {
    for byte in text.bytes() {
        write!(form, "%{byte:02x}").unwrap();
    }
}

fuzz_target!(|body: &[u8]| {
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
});
