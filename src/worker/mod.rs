//! Shell 2: Cloudflare. A Worker routes, a Durable Object is a hub over `SQLite`.
//!
//! The modules of `js/` load it. `door.mjs` takes a request through the steps of [`door_step`](door::door_step) before an
//! object is touched; `hub_object.mjs` hands [`HubObject`](hub_object::HubObject) to the runtime; [`unreachable()`](instead::unreachable) or
//! [`unconfirmed`](instead::unconfirmed) answer where an object cannot; `instance.mjs` makes the wasm instance anew when it
//! has trapped.

#![cfg(all(feature = "worker", target_arch = "wasm32"))]

mod alarm;
mod config;
mod door;
mod ends;
mod history;
mod hub_object;
mod instead;
mod outcomes;
mod router;
mod rows;
mod schema;
mod subscriptions;
mod sys;
mod tables;

use wasm_bindgen::prelude::*;

use crate::web::{Level, Record};

/// Tells the log why the instance trapped, and `js/instance.mjs` that it has.
#[wasm_bindgen(start)]
fn start() {
    std::panic::set_hook(Box::new(|panic| {
        Record::new(Level::Error, "panic").with_detail(panic).to_console();
    }));
    // The one that it replaces is the runtime's own, which does nothing.
    let _ = wasm_bindgen::handler::set_on_abort(sys::aborted);
}
