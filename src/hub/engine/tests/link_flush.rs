//! What is published to the hub of a [`LinkHost`], sent to its clients and flushed, and how it is drained.

use std::time::Duration;

use super::{Refused, host::id, link_host::LinkHost};
use crate::{
    base::{limits::DRAIN_PATIENCE, sequence::Sequence},
    event_stream::event::Event,
    hub::{close_reason::CloseReason, connection::SendError, engine::flush::Flush},
    log::{closing::Closing, log::AppendError, update::EncodedUpdate},
};

/// More turns than any test needs.
const ENOUGH: usize = 10_000;

impl LinkHost {
    /// Appends an update; returns whether its topics are open.
    pub(super) fn append(&mut self, update: EncodedUpdate) -> bool {
        let now = self.now;
        let appended = self.hub().append(update, now);
        self.appended(appended)
    }

    /// Closes a topic; returns whether it was open.
    pub(super) fn close_topic(&mut self, closing: &Closing) -> bool {
        let now = self.now;
        let closed = self.hub().close_topic(closing, now);
        self.appended(closed)
    }

    fn appended(&mut self, newest: Result<Sequence, AppendError<Refused>>) -> bool {
        let before = self.newest;
        match newest {
            Ok(newest) => self.newest = newest.max(before),
            Err(AppendError::Closed(_)) => {}
            Err(error) => panic!("{error}"),
        }
        self.newest > before
    }

    /// What was appended is durable, and is flushed.
    pub(super) fn commit(&mut self) {
        self.begin_commit();
        for _ in 0..ENOUGH {
            if self.next_flush.is_none_or(|next| next > self.now) {
                return;
            }
            self.wait(Duration::ZERO);
        }
        panic!("a flush without end");
    }

    /// What was appended is durable. The flush comes to one connection in a turn.
    pub(super) fn begin_commit(&mut self) {
        let (newest, now) = (self.newest, self.now);
        if newest > self.hub().log().tail() {
            let flush = self.hub().commit(newest, now);
            self.flushed(flush);
        }
    }

    /// Time passes, and the next turn of a flush comes if it is due.
    pub(super) fn wait(&mut self, duration: Duration) {
        self.now = self.now.saturating_add(duration);
        self.end_graces();
        if self.drained_at.is_some_and(|drained| drained <= self.now) {
            self.drained_at = None;
            let left = self.hub().left_of_drain();
            let ended = left.into_iter().map(|id| self.hub().remove(id, CloseReason::Drained));
            let ended: Vec<_> = ended.collect();
            ended.iter().flatten().for_each(|closed| self.ends(closed));
        }
        if self.next_flush.is_some_and(|next| next <= self.now) {
            let now = self.now;
            let flush = self.hub().flush(now);
            self.flushed(flush);
        }
    }

    fn flushed(&mut self, flush: Flush<u8>) {
        self.order(flush.effects);
        self.next_flush = flush.next;
        self.settle_links();
        self.take_turns();
    }

    pub(super) fn prune(&mut self) {
        let now = self.now;
        while self.hub().prune(now).unwrap() {}
    }

    pub(super) fn send_one(&mut self, number: u8, event: &Event) -> Result<(), SendError> {
        let now = self.now;
        let effect = self.hub().send_one(id(number), event, now)?;
        self.carry_out(effect);
        Ok(())
    }

    pub(super) fn send_all(&mut self, event: &Event) {
        let now = self.now;
        let effects = self.hub().send_all(event, now).unwrap();
        self.carry_out(effects);
    }

    pub(super) fn drain(&mut self, within: Duration) {
        let now = self.now;
        let effects = self.hub().drain(within, now);
        self.drained_at = Some(now.saturating_add(DRAIN_PATIENCE));
        self.carry_out(effects);
    }

    pub(super) fn stop(&mut self, number: u8) {
        if let Ok(closed) = self.hub().stop_one(id(number)) {
            self.ends(&closed);
        }
    }
}
