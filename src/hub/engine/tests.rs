//! The hub without a host: what each connection is given, over a history in memory and a clock
//! that only moves when it is told to.

mod beat;
mod calls;
mod closings;
mod deliver;
mod direct;
mod disconnect;
mod drain;
mod ending;
mod fake_history;
mod figures;
mod finite;
mod gap;
mod held;
mod host;
mod linger;
mod link_flush;
mod link_host;
mod link_life;
mod link_log;
mod link_opening;
mod link_shell;
mod link_steps;
mod link_worker;
mod links;
mod memory;
mod model;
mod pages;
mod properties;
mod rest;
mod restore;
mod resume;
mod search;
mod send;
mod slow;
mod subscribe;
mod topics;
mod turns;

pub(crate) use fake_history::{FakeHistory, Refused, update};
use host::Host;
