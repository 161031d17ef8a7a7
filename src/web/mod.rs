//! Shell 1: any host with Fetch and Streams — a page, a service worker, Deno, Node, a Durable Object.
//!
//! A [`Handler`] turns a `Request` into a `Response` whose body is a `ReadableStream`; the stream's
//! controller is the [`Connection`]. The engine is the core's [`Hub`](crate::hub::engine::Hub): this shell
//! carries out its effects and never holds it borrowed while it calls a stream or a hook, since
//! either may call back.

#![cfg(all(feature = "web", target_arch = "wasm32"))]

mod engine;
pub(crate) mod host;
pub(crate) mod http;
mod streams;

pub use engine::publish_error::PublishError;
pub use host::deflate::Deflate;
pub use host::host_url_parser::HostUrlParser;
pub use host::selection::SelectionTexts;
pub use host::storage::{Storage, Synced};
pub use http::handler::Handler;
pub use http::subscribe_failed::SubscribeFailed;
pub use streams::chunks::Chunks;
pub use streams::connection::Connection;
pub use streams::hooks::{HookFailed, Hooks, Refusal};
pub use streams::polled::Polled;
pub use streams::record::Record;
pub use streams::registry::Registry;

pub use crate::settings::level::Level;
