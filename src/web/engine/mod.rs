//! The hub in a host: carries out the core's effects, commits, and announces subscriptions.
//!
//! [`Engine`](engine::Engine) has one owner for each state:
//!
//! | state | owner |
//! |---|---|
//! | hooks, and the level of the log | [`Application`](application::Application) |
//! | the write under way, and publishers that share it | [`Commits`](commits::Commits) |
//! | the core's hub, and the streams that it feeds | [`Delivery`](delivery::Delivery) |
//! | callers that wait for a flush | [`Flushes`](flushes::Flushes) |
//! | places of connections, and newcomers that wait for one | [`Places`](places::Places) |
//! | announced subscriptions | [`Presence`](presence::Presence) |
//! | drains under way | [`Drains`](drains::Drains) |
//! | a write that was not confirmed | [`Failure`](failure::Failure) |
//! | links whose sockets keep an older state than theirs | [`Touched`](crate::link::state::Touched) |
//! | due times: heartbeats, flushes that linger, the time in which links come back | [`Alarm`](super::host::alarm::Alarm) |
//!
//! An owner has private fields and does not know the engine. An owner that writes to the log does so
//! through [`Journal`](journal::Journal) or [`Durable`](commits::Durable).
//!
//! The room may import from `streams`, `host` and the core, and not from `http`. Its invariants, each
//! with the test in `tests/web` that holds it:
//! - The hub is not borrowed while a stream or a hook runs: `reentrant.rs`, all of it;
//!   `a_log_may_ask_the_hub_when_the_key_of_its_places_is_not_kept`.
//! - No reader sees an update before it is durable:
//!   `nobody_is_shown_an_update_before_it_is_durable`.
//! - A write that is not confirmed ends the hub:
//!   `a_write_that_is_lost_is_shown_to_nobody_and_ends_the_hub`.
//! - Each registered connection ends once: `a_client_that_goes_away_ends_its_connection_once`.
//! - The engine does not depend on the form of a transport:
//!   `a_form_of_its_own_is_fed_by_credit`, in this room.
//!
//! The invariants of links, each with the test in `tests/e2e` that holds it:
//! - A socket keeps the exact state of its link whenever no flush is left to come: `hibernate_sleep.test.mjs`.
//! - Nothing of a link alone sets a timer, except that ends are told after a while when links were lost:
//!   `hibernate_sleep.test.mjs`.
//! - A link that is opened again goes on as the same connection: `hibernate_reset.test.mjs`.
//! - A hub that is dropped leaves the sockets of its links open: `hibernate_sleep.test.mjs`.

pub(crate) mod application;
pub(crate) mod closing;
pub(crate) mod commits;
pub(crate) mod delivery;
pub(crate) mod drain;
pub(crate) mod drains;
pub(crate) mod engine;
pub(crate) mod failure;
pub(crate) mod feed;
pub(crate) mod flushes;
pub(crate) mod handles;
pub(crate) mod journal;
pub(crate) mod links;
pub(crate) mod look;
pub(crate) mod open_bodies;
pub(crate) mod places;
pub(crate) mod presence;
pub(crate) mod publish;
pub(crate) mod publish_error;
pub(crate) mod restore;
pub(crate) mod subscribe;
pub(crate) mod waiters;

#[cfg(test)]
mod tests;
