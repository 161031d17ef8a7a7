//! The room of requests and responses: from a Fetch `Request` to the engine and back to a `Response`.
//!
//! A [`handler`] takes a request through a [`door`] and on to the file that answers it. The rules are in
//! the core; the files here read a request by them and write their result as a response. Every refusal
//! is an [`Error`](crate::http::error::Error), which one table maps to HTTP.
//!
//! The room may import from `engine`, `streams`, `host` and the core. Its invariants, each with the test
//! that holds it, in `tests/web` unless it says otherwise:
//! - A request is answered by the right that a door has granted, and by no other:
//!   `behind_a_door_of_the_hosts_own_the_right_has_to_be_the_one_that_is_needed`.
//! - A body is read no further than its limit:
//!   `a_body_over_the_limit_is_refused_whether_or_not_it_says_so_before`.
//! - Every body has a place in [`limits`], and leaves it when its request ends:
//!   `tests/e2e/hostile_bodies.test.mjs`.
//! - One key has one publication, also while the first request is in work:
//!   `tests/e2e/idempotency.test.mjs`.
//! - No cache keeps an answer that a token in the URL has opened:
//!   `no_shared_cache_keeps_what_a_token_in_the_url_has_opened`.
//! - Only pages of listed origins read an answer: `any_other_origin_may_read_none`.

pub(crate) mod answers;
pub(crate) mod bodies;
pub(crate) mod body;
pub(crate) mod coding;
pub(crate) mod cors;
pub(crate) mod door;
pub(crate) mod doorstep;
pub(crate) mod ending;
pub(crate) mod handler;
pub(crate) mod head;
pub(crate) mod incoming;
pub(crate) mod limits;
pub(crate) mod link;
pub(crate) mod once;
pub(crate) mod permit;
pub(crate) mod producers;
pub(crate) mod protection;
pub(crate) mod publish;
pub(crate) mod publish_stream;
pub(crate) mod publishing;
pub(crate) mod resource;
pub(crate) mod respond;
pub(crate) mod selection;
pub(crate) mod stop;
pub(crate) mod subscribe;
pub(super) mod subscribe_failed;
pub(crate) mod subscription;
pub(crate) mod subscription_api;
pub(crate) mod waking;
