//! The parts of a hub that a publication needs.

use std::rc::Rc;

use crate::{
    web::engine::engine::Engine,
    web::host::storage::Storage,
    web::http::{limits::Limits, producers::Producers},
    web::streams::hooks::Hooks,
};

/// Publishes for a request to one hub.
pub(crate) struct Publishing<K: Hooks, S: Storage> {
    pub(crate) engine: Rc<Engine<K, S>>,
    pub(crate) limits: Rc<Limits>,
    pub(crate) producers: Rc<Producers>,
}
