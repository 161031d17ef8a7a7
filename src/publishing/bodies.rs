//! The bodies that a hub is reading: their senders, their bytes, and how long they have been silent.

use std::time::Duration;

use thiserror::Error;

use crate::base::{
    limits::{
        BODY_SILENCE, GIVES_WAY_AFTER, MAX_BODIES, MAX_BODIES_BYTES, MAX_BODIES_OF_ADDRESS,
        STREAM_SILENCE,
    },
    timestamp::Timestamp,
};

/// Names a body among those of its hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct BodyId(u64);

/// The sender of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sender {
    /// A sender with a token.
    Admitted,
    /// A sender without a token, from this address if it is known.
    Stranger(Option<String>),
}

/// The state of a body that is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    /// Its bytes in memory, and those of the buffer for the next ones.
    pub bytes: usize,
    /// The part that is still to come.
    pub missing: Missing,
}

/// The part of a body that is still to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    /// The rest of an update, or of a body that is one update.
    Rest,
    /// The next update, if there is one.
    Next,
}

/// There is no room for a body. The number is the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum TooManyBodies {
    /// The hub reads as many bodies as it can.
    #[error("the hub is reading {0} bodies already, as many as it can")]
    OfHub(usize),
    /// The address sends as many bodies as it may.
    #[error("there are {0} bodies from this address already, as many as it may send at a time")]
    OfAddress(usize),
    /// The bodies take as much memory as there is for them.
    #[error(
        "the bodies that the hub is reading have {0} bytes already, as many as there is room for"
    )]
    Bytes(usize),
}

/// A body that begins, of which nothing has come.
#[derive(Clone, Debug)]
pub(crate) struct Arriving<T> {
    /// Its sender.
    pub sender: Sender,
    /// The part that comes first.
    pub missing: Missing,
    /// The value that [`Bodies::given_up`] returns if this body is given up.
    pub tells: T,
}

/// The bodies of one hub. `T` is returned for each body that is given up.
#[derive(Debug)]
pub(crate) struct Bodies<T> {
    /// A short list: it is searched from end to end.
    in_flight: Vec<Body<T>>,
    bytes: usize,
    named: u64,
    given_up: Vec<(T, Duration)>,
}

#[derive(Debug)]
struct Body<T> {
    id: BodyId,
    sender: Sender,
    held: Held,
    /// When something of it came last.
    since: Timestamp,
    tells: T,
}

impl<T> Body<T> {
    fn patience(&self) -> Duration {
        match self.held.missing {
            Missing::Rest => BODY_SILENCE,
            Missing::Next => STREAM_SILENCE,
        }
    }

    /// Whether it makes room for others. A body with a token that waits for its next update stays: it
    /// holds nothing that others need.
    fn gives_way(&self, now: Timestamp) -> bool {
        let stays = self.held.missing == Missing::Next && self.sender == Sender::Admitted;
        !stays && now.since(self.since) >= GIVES_WAY_AFTER
    }
}

impl<T> Default for Bodies<T> {
    fn default() -> Self {
        Self { in_flight: Vec::new(), bytes: 0, named: 0, given_up: Vec::new() }
    }
}

impl<T> Bodies<T> {
    /// Enters a body. When there are [`MAX_BODIES`], the one that has been silent for the longest
    /// makes room. For a sender with a token, any body without one makes room.
    ///
    /// # Errors
    /// [`TooManyBodies`]: the caller does not read the body.
    pub(crate) fn enter(
        &mut self,
        arriving: Arriving<T>,
        now: Timestamp,
    ) -> Result<BodyId, TooManyBodies> {
        let Arriving { sender, missing, tells } = arriving;
        if matches!(sender, Sender::Stranger(Some(_))) {
            let of_address = self.in_flight.iter().filter(|body| body.sender == sender).count();
            if of_address >= MAX_BODIES_OF_ADDRESS {
                return Err(TooManyBodies::OfAddress(MAX_BODIES_OF_ADDRESS));
            }
        }
        if self.in_flight.len() >= MAX_BODIES {
            let silent = self.longest(|body| body.gives_way(now));
            let first = silent.or_else(|| {
                self.longest(|body| sender == Sender::Admitted && body.sender != Sender::Admitted)
            });
            self.give_up(first.ok_or(TooManyBodies::OfHub(MAX_BODIES))?, now);
        }
        let id = BodyId(self.named);
        self.named += 1;
        let held = Held { bytes: 0, missing };
        self.in_flight.push(Body { id, sender, held, since: now, tells });
        Ok(id)
    }

    /// Notes the new state of a body. When all bodies together exceed [`MAX_BODIES_BYTES`], one that is
    /// silent makes room, or else the largest.
    ///
    /// # Errors
    /// [`TooManyBodies::Bytes`]: the caller reads the body no further.
    pub(crate) fn hold(
        &mut self,
        id: BodyId,
        held: Held,
        now: Timestamp,
    ) -> Result<(), TooManyBodies> {
        let Some(body) = self.get_mut(id) else { return Ok(()) };
        let before = std::mem::replace(&mut body.held, held).bytes;
        body.since = now;
        self.bytes = self.bytes.saturating_sub(before).saturating_add(held.bytes);
        while self.bytes > MAX_BODIES_BYTES {
            // Among equally large bodies the one that grows now is refused.
            let first = self.longest(|body| body.gives_way(now)).or_else(|| {
                let others = self.in_flight.iter().filter(|body| body.held.bytes > held.bytes);
                others.max_by_key(|body| body.held.bytes).map(|body| body.id)
            });
            let Some(first) = first else {
                self.leave(id);
                return Err(TooManyBodies::Bytes(MAX_BODIES_BYTES));
            };
            self.give_up(first, now);
        }
        Ok(())
    }

    /// Removes a body that has ended, or is read no further.
    pub(crate) fn leave(&mut self, id: BodyId) {
        drop(self.remove(id));
    }

    /// Whether bodies may be read ahead while their updates are in work. The other half of the room is
    /// for bodies that cannot wait.
    #[must_use]
    pub(crate) fn has_room(&self) -> bool {
        self.bytes < MAX_BODIES_BYTES / 2
    }

    /// Gives up the bodies that were silent for too long.
    pub(crate) fn look(&mut self, now: Timestamp) {
        let is_silent = |body: &&Body<T>| now.since(body.since) >= body.patience();
        while let Some(body) = self.in_flight.iter().find(is_silent) {
            self.give_up(body.id, now);
        }
    }

    /// When the next body will have been silent for too long, if nothing more comes.
    #[must_use]
    pub(crate) fn look_at(&self) -> Option<Timestamp> {
        self.in_flight.iter().map(|body| body.since.saturating_add(body.patience())).min()
    }

    /// Takes the bodies that were given up since the last call, each with the time of its silence.
    pub(crate) fn given_up(&mut self) -> Vec<(T, Duration)> {
        std::mem::take(&mut self.given_up)
    }

    /// Of some bodies, the one that has been silent for the longest.
    fn longest(&self, some: impl Fn(&Body<T>) -> bool) -> Option<BodyId> {
        let some = self.in_flight.iter().filter(|body| some(body));
        some.min_by_key(|body| body.since).map(|body| body.id)
    }

    fn give_up(&mut self, id: BodyId, now: Timestamp) {
        if let Some(body) = self.remove(id) {
            self.given_up.push((body.tells, now.since(body.since)));
        }
    }

    fn get_mut(&mut self, id: BodyId) -> Option<&mut Body<T>> {
        self.in_flight.iter_mut().find(|body| body.id == id)
    }

    fn remove(&mut self, id: BodyId) -> Option<Body<T>> {
        let at = self.in_flight.iter().position(|body| body.id == id)?;
        let body = self.in_flight.swap_remove(at);
        self.bytes = self.bytes.saturating_sub(body.held.bytes);
        Some(body)
    }
}

#[cfg(test)]
mod tests;
