//! Shell 1: any host with Fetch and Streams — a page, a service worker, Deno, Node, a Durable Object.
//!
//! A [`Handler`] turns a `Request` into a `Response` whose body is a `ReadableStream`; the stream's
//! controller is the [`Connection`]. The engine is the core's [`Hub`](crate::hub::Hub): this shell
//! carries out its effects and never holds it borrowed while it calls a stream or a hook, since
//! either may call back.

mod admit;
mod answers;
mod bodies;
mod body;
mod chunks;
pub(crate) mod clock;
mod commit;
mod connection;
pub(crate) mod cors;
mod door;
pub(crate) mod doorstep;
mod drain;
mod engine;
mod failure;
mod fetch;
mod handler;
mod head;
mod hooks;
mod host_url_parser;
mod limits;
mod once;
mod permit;
mod presence;
pub(crate) mod protection;
mod publish;
mod publish_stream;
mod registry;
pub(crate) mod respond;
mod storage;
mod streams;
mod subscribe;
mod subscription;
mod subscription_api;
pub(crate) mod subtle;
mod sys;
pub(crate) mod timer;
mod transport;
mod underlying_source;
mod url_sys;

pub use answers::AnswerSource;
pub use chunks::Chunks;
pub use connection::{Connection, Polled};
pub use door::{Door, Passage};
pub use fetch::{Fetch, FetchFailed, HostFetch};
pub use handler::Handler;
pub use hooks::{HookFailed, Hooks, Record, Refusal};
pub use host_url_parser::HostUrlParser;
pub use publish::PublishError;
pub use registry::Registry;
pub use storage::{Storage, Synced};
pub use underlying_source::UnderlyingSource;

pub use crate::level::Level;
