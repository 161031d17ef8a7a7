//! How many connections a hub takes, in all and from one client address, and how long each counts.

use std::{collections::HashMap, net::Ipv6Addr, sync::Arc};

use thiserror::Error;

use crate::{
    base::{
        connection_id::ConnectionId,
        figures::Figures,
        limits::{CHUNKS_AHEAD, TAKEN_AT_ONCE},
    },
    event_stream::comment,
    hub::{audiences::NoPlace, close_reason::CloseReason, finite_read::ReadForm, memory::Memory},
    topics::selector_index::TooManySelectors,
};

/// How many connections a hub takes; 0 is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ConnectionLimits {
    /// Connections of the hub.
    pub connections: u64,
    /// Connections from one client address.
    pub per_address: u64,
}

impl ConnectionLimits {
    /// The same, but no more connections than fit the memory.
    #[must_use]
    pub(crate) fn within(self, memory: Memory) -> Self {
        let set = (self.connections > 0).then_some(self.connections);
        let connections = set.into_iter().chain(memory.connections()).min().unwrap_or_default();
        Self { connections, ..self }
    }
}

impl Default for ConnectionLimits {
    /// Ten thousand connections at some kilobytes each fit an isolate's 128 MB with room for the
    /// log; a tenth of them is more than an office behind one address opens.
    fn default() -> Self {
        Self { connections: 10_000, per_address: 1_000 }
    }
}

/// Which connections have a place. Each keeps it until the host's runtime has let go of its stream,
/// which may be long after its end: what a client does not read lies in the runtime, with the socket.
#[derive(Clone, Debug)]
pub(crate) struct Admissions {
    limits: ConnectionLimits,
    places: HashMap<ConnectionId, Place>,
    leaving: usize,
    by_address: HashMap<Arc<str>, u64>,
}

#[derive(Clone, Debug)]
struct Place {
    address: Option<Arc<str>>,
    form: ReadForm,
    leaving: Option<Leaving>,
}

/// A connection that has ended, whose stream the runtime still has.
#[derive(Clone, Copy, Debug)]
struct Leaving {
    /// How many comments its stream was given since.
    said: usize,
    /// Why it has ended, for the end of the stream.
    words: &'static [u8],
}

/// The next step for the stream of a connection that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parting {
    /// To give it these bytes: when it asks for more, it has taken what it was given before them.
    Say(&'static [u8]),
    /// To close it, behind these bytes. The place is free.
    Close(&'static [u8]),
}

/// The hub takes no further connection. The number is the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TooManyConnections {
    /// It has as many as it takes.
    #[error("the hub has {0} connections already, as many as it takes")]
    OfHub(u64),
    /// The client's address has as many as it may.
    #[error("there are {0} connections from this address already, as many as it may have")]
    OfAddress(u64),
    /// Its memory is full.
    #[error("the hub's connections take as much memory as it has")]
    OfMemory,
    /// It has as many selectors as it takes.
    #[error(transparent)]
    OfSelectors(#[from] TooManySelectors),
}

impl TooManyConnections {
    /// Whether it stays so, whatever the others do.
    #[must_use]
    pub fn is_final(self) -> bool {
        self == Self::OfSelectors(TooManySelectors::Alone)
    }

    /// Whether one of the places that are counted would do.
    #[must_use]
    pub fn is_of_places(self) -> bool {
        match self {
            Self::OfHub(_) | Self::OfAddress(_) => true,
            Self::OfMemory | Self::OfSelectors(_) => false,
        }
    }
}

impl From<NoPlace> for TooManyConnections {
    fn from(place: NoPlace) -> Self {
        match place {
            NoPlace::Memory => Self::OfMemory,
            NoPlace::Selectors(many) => Self::OfSelectors(many),
        }
    }
}

impl Admissions {
    /// None so far.
    #[must_use]
    pub(crate) fn new(limits: ConnectionLimits) -> Self {
        Self { limits, places: HashMap::new(), leaving: 0, by_address: HashMap::new() }
    }

    /// Gives a connection a place, whose stream has this form; `address` is where it comes from, if that
    /// is known.
    ///
    /// # Errors
    /// [`TooManyConnections`]; it has no place then.
    pub(crate) fn enter(
        &mut self,
        id: ConnectionId,
        address: Option<&str>,
        form: ReadForm,
    ) -> Result<(), TooManyConnections> {
        if self.is_full() {
            return Err(TooManyConnections::OfHub(self.limits.connections));
        }
        let address = address.map(|address| {
            let known = self.by_address.get_key_value(address);
            known.map_or_else(|| (address.into(), 0), |(known, held)| (Arc::clone(known), *held))
        });
        if address.as_ref().is_some_and(|(_, held)| self.is_too_many(*held)) {
            return Err(TooManyConnections::OfAddress(self.limits.per_address));
        }
        let address = address.map(|(address, held)| {
            self.by_address.insert(Arc::clone(&address), held + 1);
            address
        });
        self.places.insert(id, Place { address, form, leaving: None });
        Ok(())
    }

    /// A connection has ended, whose stream was given this many bytes since its beginning. A few lie in
    /// no runtime, but in the buffers of the socket. `ClientGone` says that the stream is no more.
    pub(crate) fn end(&mut self, id: ConnectionId, reason: CloseReason, given: usize) -> Parting {
        let place = self.places.get_mut(&id).filter(|place| place.leaving.is_none());
        let form = place.as_ref().map(|place| place.form).unwrap_or_default();
        let words = last_words(form, reason);
        match place {
            Some(place) if reason != CloseReason::ClientGone && given >= TAKEN_AT_ONCE => {
                place.leaving = Some(Leaving { said: 1, words });
                self.leaving += 1;
                Parting::Say(nothing(form))
            }
            _ => {
                self.let_go(id);
                Parting::Close(words)
            }
        }
    }

    /// The stream of a connection that has ended asks for more. The runtime asks while
    /// [`CHUNKS_AHEAD`] chunks are still on their way, so as many are written behind what there was.
    pub(crate) fn asks(&mut self, id: ConnectionId) -> Parting {
        match self.places.get_mut(&id) {
            Some(Place { leaving: Some(Leaving { said, words }), .. }) if *said >= CHUNKS_AHEAD => {
                let words = *words;
                self.let_go(id);
                Parting::Close(words)
            }
            Some(place) => {
                // One that has not been ended yet will be, in this turn.
                if let Some(leaving) = &mut place.leaving {
                    leaving.said += 1;
                }
                Parting::Say(nothing(place.form))
            }
            None => Parting::Close(&[]),
        }
    }

    /// The runtime has let go of a stream; says whether a place is free by that.
    pub(crate) fn let_go(&mut self, id: ConnectionId) -> bool {
        let Some(Place { address, leaving, .. }) = self.places.remove(&id) else { return false };
        if leaving.is_some() {
            self.leaving = self.leaving.saturating_sub(1);
        }
        if let Some(address) = address {
            match self.by_address.get_mut(&address) {
                Some(held) if *held > 1 => *held -= 1,
                _ => drop(self.by_address.remove(&address)),
            }
        }
        true
    }

    /// Whether a connection takes a place where there is none left: in the hub, or at its address.
    #[must_use]
    pub(crate) fn is_crowded(&self, id: ConnectionId) -> bool {
        let address = self.places.get(&id).and_then(|place| place.address.as_ref());
        let held = address.and_then(|address| self.by_address.get(address));
        self.is_full() || held.is_some_and(|held| self.is_too_many(*held))
    }

    /// Whether what one address holds is limited.
    #[must_use]
    pub(crate) fn count_addresses(&self) -> bool {
        self.limits.per_address > 0
    }

    fn is_full(&self) -> bool {
        let limit = self.limits.connections;
        limit > 0 && self.places.len() as u64 >= limit
    }

    /// Whether an address with this many places gets no more.
    fn is_too_many(&self, held: u64) -> bool {
        self.count_addresses() && held >= self.limits.per_address
    }

    /// Its figures. A limit of 0 is none.
    pub(crate) fn tell(&self, figures: &mut Figures) {
        figures.add(format_args!("connections.stream.leaving"), self.leaving as u64);
        figures.add(format_args!("places.taken"), self.places.len() as u64);
        figures.add(format_args!("places.limit"), self.limits.connections);
    }

    /// How many connections have ended whose streams the runtime still has.
    #[must_use]
    pub(crate) fn leaving(&self) -> usize {
        self.leaving
    }
}

/// Bytes that mean nothing in an answer of this form, whole or broken off.
fn nothing(form: ReadForm) -> &'static [u8] {
    match form {
        ReadForm::EventStream => comment::EMPTY,
        ReadForm::Json => b"\n",
    }
}

/// The last bytes of an answer of this form that ends for this reason. A document has no comments.
fn last_words(form: ReadForm, reason: CloseReason) -> &'static [u8] {
    let words = reason.last_words().filter(|_| form == ReadForm::EventStream);
    words.unwrap_or_default()
}

/// The part of an address that is counted as one client: an IPv4 address, or the network of 2⁶⁴
/// addresses that a client with IPv6 is usually given for itself.
#[must_use]
pub(crate) fn network(address: &str) -> String {
    match address.parse::<Ipv6Addr>() {
        Ok(address) if address.to_ipv4_mapped().is_none() => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::")
        }
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests;
