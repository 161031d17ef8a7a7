//! The room of Cloudflare. A Worker routes; a Durable Object is a hub over `SQLite`.
//!
//! The modules of `npm/worker/` load it:
//! - `door.mjs` takes a request through the steps of [`door_step`](door::door_step). No object is called
//!   before that.
//! - `hub_object.mjs` hands [`HubObject`](hub_object::HubObject) to the runtime.
//! - `handler.mjs` has [`unreachable()`](instead::unreachable) or [`unconfirmed`](instead::unconfirmed)
//!   answer when an object cannot.
//! - `instance.mjs` makes the wasm instance anew when it has trapped.
//!
//! Here are only the platform's names and the queries of its storage: a rule belongs to a lower room. The
//! room may import from all others. Its invariants, each with the test in `tests/e2e` that holds it:
//! - Nobody but the door says a right to an object: `door_unforgeable.test.mjs`.
//! - A refused request makes nothing: `nothing_created.test.mjs`.
//! - The first row makes all tables, in its own transaction: `first_table.test.mjs`. The first link makes the
//!   table of the selections alone, and no key of a selection is given twice: `hibernate_links.test.mjs`.
//! - A life of the object goes on with the links of the life before it, and sleeps while links are all that
//!   it has: `hibernate_sleep.test.mjs`.
//! - The isolate keeps no state of a request or of an object, and a trap costs no other request its answer
//!   at the door: `trap.test.mjs`, `door_keys.test.mjs`.
//! - A broken row is logged, and keeps no other row back: `broken_rows.test.mjs`.
//! - Every call of the platform catches its exception, since one that passes through wasm counts as a
//!   trap: `storage.test.mjs`.

#![cfg(all(feature = "worker", target_arch = "wasm32"))]

mod alarm;
mod closings;
mod config;
mod door;
mod ends;
mod gzip;
mod history;
mod hub_object;
mod instead;
mod message;
mod open_bodies;
mod outcomes;
mod restore;
mod router;
mod rows;
mod schema;
mod selections;
mod standing;
mod subscriptions;
mod sys;
mod tables;
mod update_row;
mod zlib;

use wasm_bindgen::prelude::*;

use crate::web::{Level, Record};

/// Logs why the instance trapped, and tells `npm/worker/instance.mjs` of the trap.
#[wasm_bindgen(start)]
fn start() {
    std::panic::set_hook(Box::new(|panic| {
        Record::new(Level::Error, "panic").with_detail(panic).to_console();
    }));
    // The replaced handler is the runtime's own, which does nothing.
    let _ = wasm_bindgen::handler::set_on_abort(sys::aborted);
}
