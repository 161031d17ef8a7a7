//! The room of requests and responses: from a Fetch `Request` to the engine and back to a `Response`.
//!
//! A [`handler`] takes a request through a [`door`] and on to the file that answers it. The rules are in
//! the core; the files here read a request by them and write their result as a response. Every refusal
//! is an [`Error`](crate::http::error::Error), which one table maps to HTTP.

pub(crate) mod answers;
pub(crate) mod bodies;
pub(crate) mod body;
pub(crate) mod cors;
pub(crate) mod door;
pub(crate) mod doorstep;
pub(crate) mod handler;
pub(crate) mod head;
pub(crate) mod limits;
pub(crate) mod once;
pub(crate) mod permit;
pub(crate) mod protection;
pub(crate) mod publish;
pub(crate) mod publish_stream;
pub(crate) mod publishing;
pub(crate) mod resource;
pub(crate) mod respond;
pub(crate) mod subscribe;
pub(super) mod subscribe_failed;
pub(crate) mod subscription;
pub(crate) mod subscription_api;
