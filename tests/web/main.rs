//! The web shell in a page of Chromium: its own requests, responses and streams, over a hub in the
//! same page.
#![cfg(target_arch = "wasm32")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "clippy's allowance for tests does not reach #[wasm_bindgen_test]"
)]

mod back_pressure;
mod cancel;
mod chunks;
mod connection;
mod cors;
mod durable;
mod event_source;
mod flush;
mod handler;
mod heartbeat;
mod hooks;
mod outlived;
mod publish;
mod reentrant;
mod refusal;
mod registry;
mod resume;
mod support;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
