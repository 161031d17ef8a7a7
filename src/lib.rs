//! millstream: a server-sent-events hub that runs at the edge.
//!
//! | feature | offers | runs |
//! |---|---|---|
//! | `codec` | [`Event`], [`encoder`], [`Decoder`] | anywhere |
//! | `hub` | the engine: [`Hub`], [`Log`], [`Topic`], [`Update`], [`SubscribeRequest`], [`Access`] | anywhere |
//! | `web` | a hub as a Fetch handler: [`web::Handler`], [`Config`] | in any host with Fetch and Streams |
//! | `worker` | exports for `npm/worker/`: the Worker and its Durable Object | on Cloudflare |
//!
//! Each includes those above it; `worker` is the default. The first two have no JavaScript or `async`.
//!
//! # Layout
//! Each folder of `src` is a room, which imports from the rooms above it in this list alone. Its
//! `mod.rs` says its purpose, and by `pub use` what the crate offers of it.
//!
//! | room | holds | feature |
//! |---|---|---|
//! | `base` | time, numbers, text, and every limit | |
//! | `event_stream`, `gzip` | events, encoder, decoder; compressed streams | `codec`, `web` |
//! | `topics`, `tokens` | topics and their selectors, and who may use them | `hub` |
//! | `log`, `hub` | the ordered log of updates, and the engine that feeds connections | `hub` |
//! | `publishing`, `presence`, `link` | publications, who is subscribed, Workers that hold streams | `hub` |
//! | `settings`, `http`, `door` | variables, refusals, access | `web` |
//! | `web`, `worker` | the shells, for `wasm32` | `web`, `worker` |

#![cfg_attr(
    not(all(feature = "worker", target_arch = "wasm32")),
    allow(dead_code, unreachable_pub, unused_imports, reason = "only the shells use all")
)]

mod base;
mod door;
mod event_stream;
#[cfg(any(fuzzing, all(test, feature = "web", not(target_arch = "wasm32"))))]
pub mod fuzzing;
mod gzip;
mod http;
mod hub;
mod link;
mod log;
mod presence;
mod publishing;
mod settings;
mod tokens;
mod topics;
pub mod web;
mod worker;

pub use event_stream::*;
#[cfg(feature = "hub")]
pub use {base::*, hub::*, log::*, presence::*, publishing::*, tokens::*, topics::*};
#[cfg(feature = "web")]
pub use {door::*, http::*, settings::*};

#[cfg(all(test, target_arch = "wasm32"))]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

#[cfg(doctest)]
#[doc = concat!(include_str!("../README.md"), include_str!("../docs/embedding.md"))]
mod documents {}
