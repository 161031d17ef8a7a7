//! The search for connections whose clients are gone, out of turn: the heartbeat comes to everybody
//! in its time.

use std::{cmp::Reverse, collections::BinaryHeap, iter};

use super::hub::Hub;
use crate::{
    base::{connection_id::ConnectionId, limits::MAX_SEARCHED, timestamp::Timestamp},
    event_stream::comment,
    hub::effect::{Effect, Enqueue},
    log::history::History,
};

impl<H: History, T: Clone> Hub<H, T> {
    /// Sends a comment to connections that wait, those first that were sent something least recently:
    /// to [`MAX_SEARCHED`] of those that are `among` the ones whose end would make room. The streams
    /// of those whose clients are gone then end.
    pub fn search(
        &mut self,
        among: impl Fn(ConnectionId) -> bool,
        now: Timestamp,
    ) -> Option<Effect<T>> {
        let mut silent = BinaryHeap::new();
        for key in self.registry().keys() {
            let Some(connection) = self.at(key) else { continue };
            if connection.is_waiting() && among(connection.id()) {
                silent.push(Reverse((connection.progress().sent_at(), key)));
            }
        }
        let longest_first = iter::from_fn(|| silent.pop()).take(MAX_SEARCHED);
        let to: Vec<_> =
            longest_first.filter_map(|Reverse((_, key))| self.release(key, now)).collect();
        (!to.is_empty()).then(|| Effect::Enqueue(Enqueue::aside(comment::EMPTY.into(), to)))
    }
}
