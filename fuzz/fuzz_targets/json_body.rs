//! A JSON object that publishes: what is accepted is one event.
#![no_main]

use libfuzzer_sys::fuzz_target;
use millstream::publishing::request::PublishRequest;
use millstream_fuzz::check_encoded;

fuzz_target!(|body: &[u8]| {
    match PublishRequest::from_json(body) {
        Ok(request) => check_encoded(request),
        Err(error) => assert!(!error.field().is_empty() && !error.to_string().is_empty()),
    }
});
