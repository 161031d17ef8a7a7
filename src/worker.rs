//! Shell 2: Cloudflare. A Worker routes, a Durable Object is a hub over `SQLite`.
//!
//! `worker.mjs` loads the module, hands [`route`] and [`HubObject`] to the runtime, has
//! [`unreachable()`] or [`unconfirmed`] answer where they cannot, and makes the wasm instance anew when it has trapped.

mod alarm;
mod config;
mod ends;
mod history;
mod hub_object;
mod outcomes;
mod router;
mod rows;
mod schema;
mod subscriptions;
mod sys;
mod tables;

pub use hub_object::HubObject;
pub use router::{last_line, route, unconfirmed, unreachable};
pub use sys::{DurableObjectState, Env};

use wasm_bindgen::prelude::*;

use crate::web::{Level, Record};

/// Tells the log why the instance trapped, and `worker.mjs` that it has.
#[wasm_bindgen(start)]
fn start() {
    std::panic::set_hook(Box::new(|panic| {
        Record::new(Level::Error, "panic").with_detail(panic).to_console();
    }));
    // The one that it replaces is the runtime's own, which does nothing.
    let _ = wasm_bindgen::handler::set_on_abort(sys::aborted);
}
