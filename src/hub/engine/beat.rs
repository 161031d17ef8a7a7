//! The beat: heartbeats, and the end of expired and of dead connections.

use std::{sync::Arc, time::Duration};

use super::hub::Hub;
use crate::{
    base::timestamp::Timestamp,
    hub::{
        close_reason::CloseReason,
        effect::{Effect, Enqueue, Recipient},
        progress::SignOfLife,
        resumes::Keeper,
    },
    log::history::History,
};

/// Heartbeats go out up to this part of the interval ahead of time, so that those of many
/// connections share one beat.
const SLACK_PARTS: u32 = 8;

/// Beats are this far apart at the least, however short the interval.
const SOONEST: Duration = Duration::from_millis(1);

/// The result of a beat.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Beat<T> {
    /// The orders for the host.
    pub effects: Vec<Effect<T>>,
    /// When the next beat is due; `None` while there is no connection whose time the hub keeps, or neither
    /// a heartbeat nor a connection that expires.
    pub next: Option<Timestamp>,
}

impl<H: History, T: Clone> Hub<H, T> {
    /// Ends connections that have expired, sends heartbeats that are due, and closes connections
    /// that have taken nothing for two intervals. A connection whose time a Worker
    /// keeps is passed over.
    pub fn beat(&mut self, now: Timestamp) -> Beat<T> {
        let mut beat = Beat { effects: Vec::new(), next: None };
        self.expire(now, &mut beat);
        beat.effects.extend(self.evict_slow(now));
        let Some(interval) = self.heartbeat().interval() else { return beat };
        let slack = interval / SLACK_PARTS;
        let mut due: Vec<DueComment<T>> = Vec::new();
        for key in self.registry().keys() {
            let Some(connection) = self.at(key) else { continue };
            connection.progress_mut().set_back(now);
            if connection.keeper() == Keeper::Worker {
                continue;
            }
            let (id, own) = (connection.id(), connection.heartbeat().cloned());
            match connection.progress().sign_of_life(interval, slack, now) {
                SignOfLife::NotDue => {}
                SignOfLife::Dead => {
                    beat.effects.extend(self.end(id, CloseReason::TooSlow));
                    continue;
                }
                SignOfLife::Due => {
                    let comment = own.unwrap_or_else(|| Arc::clone(self.heartbeat().encoded()));
                    if let Some(recipient) = self.release(key, now) {
                        match due.iter_mut().find(|(same, _)| *same == comment) {
                            Some((_, to)) => to.push(recipient),
                            None => due.push((comment, vec![recipient])),
                        }
                    }
                }
            }
            if let Some(connection) = self.at(key) {
                let sooner = now.saturating_add(slack.max(SOONEST));
                let next = connection.progress().sent_at().saturating_add(interval).max(sooner);
                beat.sooner(next);
            }
        }
        let heartbeats = due.into_iter().map(|(chunk, to)| Enqueue::aside(chunk, to));
        beat.effects.extend(heartbeats.map(Effect::Enqueue));
        beat
    }

    /// Ends the connections whose token has run out: a stream lasts no longer than what allowed it.
    fn expire(&mut self, now: Timestamp, beat: &mut Beat<T>) {
        for key in self.registry().keys() {
            let Some(connection) = self.at(key) else { continue };
            let (id, expires) = (connection.id(), connection.expires());
            if connection.keeper() == Keeper::Worker {
                continue;
            }
            if connection.has_expired(now) {
                beat.effects.extend(self.end(id, CloseReason::Expired));
            } else if let Some(expires) = expires {
                beat.sooner(expires);
            }
        }
    }

    /// Ends the waiting of a connection that is given a chunk which is not in its queue.
    pub(super) fn release(&mut self, key: usize, now: Timestamp) -> Option<Recipient<T>> {
        if !self.rouse(key) {
            return None;
        }
        let connection = self.at(key)?;
        connection.feed(now);
        Some(Recipient::of(connection))
    }
}

impl<T> Beat<T> {
    fn sooner(&mut self, next: Timestamp) {
        self.next = Some(self.next.map_or(next, |first| first.min(next)));
    }
}

/// A comment and who is due for it.
type DueComment<T> = (Arc<[u8]>, Vec<Recipient<T>>);
