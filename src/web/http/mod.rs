//! Requests and responses: from a `Request` to the engine and back to a `Response`.

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
pub(crate) mod subscription;
pub(crate) mod subscription_api;
