//! The web shell in a page of Chromium: its own requests, responses and streams, over a hub in the
//! same page.
#![cfg(target_arch = "wasm32")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy's allowance for tests does not reach #[wasm_bindgen_test]"
)]

mod access_token;
mod authorization;
mod back_pressure;
mod cancel;
mod chunks;
mod compression;
mod connection;
mod cors;
mod durable;
mod event_source;
mod expiry;
mod flush;
mod handler;
mod heartbeat;
mod hooks;
mod leaving;
mod outlived;
mod private;
mod publish;
mod reentrant;
mod refusal;
mod registry;
mod resting;
mod resume;
mod support;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
