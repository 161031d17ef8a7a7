//! How many connections a hub takes, in all and from one client address.

use std::{collections::HashMap, net::Ipv6Addr};

use thiserror::Error;

use crate::memory::Memory;

/// What a hub takes; 0 is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// Connections of the hub.
    pub connections: u64,
    /// Connections from one client address.
    pub per_address: u64,
}

impl ConnectionLimits {
    /// The same, but no more connections than fit the memory.
    #[must_use]
    pub fn within(self, memory: Memory) -> Self {
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

/// Which connections have been admitted.
#[derive(Clone, Debug)]
pub struct Admissions {
    limits: ConnectionLimits,
    connections: u64,
    by_address: HashMap<String, u64>,
}

/// The hub takes no further connection. The number is the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TooManyConnections {
    /// It has as many as it takes.
    #[error("the hub has {0} connections already, as many as it takes")]
    OfHub(u64),
    /// The client's address has as many as it may.
    #[error("there are {0} connections from this address already, as many as it may have")]
    OfAddress(u64),
}

impl Admissions {
    /// None so far.
    #[must_use]
    pub fn new(limits: ConnectionLimits) -> Self {
        Self { limits, connections: 0, by_address: HashMap::new() }
    }

    /// Counts a further connection; `address` is where it comes from, if that is known.
    ///
    /// # Errors
    /// [`TooManyConnections`]; it is not counted then.
    pub fn enter(&mut self, address: Option<&str>) -> Result<(), TooManyConnections> {
        let ConnectionLimits { connections, per_address } = self.limits;
        if connections > 0 && self.connections >= connections {
            return Err(TooManyConnections::OfHub(connections));
        }
        if let Some(address) = address {
            let held = self.by_address.get(address).copied().unwrap_or_default();
            if per_address > 0 && held >= per_address {
                return Err(TooManyConnections::OfAddress(per_address));
            }
            self.by_address.insert(address.to_owned(), held + 1);
        }
        self.connections += 1;
        Ok(())
    }

    /// A connection that was counted has ended.
    pub fn leave(&mut self, address: Option<&str>) {
        self.connections = self.connections.saturating_sub(1);
        let Some(address) = address else { return };
        match self.by_address.get_mut(address) {
            Some(held) if *held > 1 => *held -= 1,
            _ => drop(self.by_address.remove(address)),
        }
    }
}

/// What counts as one address: an IPv4 address, or the network of 2⁶⁴ addresses that a client with
/// IPv6 is usually given for itself.
///
/// ```
/// use millstream::admission::network;
///
/// assert_eq!(network("2001:db8::1"), network("2001:db8::ffff"));
/// assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
/// ```
#[must_use]
pub fn network(address: &str) -> String {
    match address.parse::<Ipv6Addr>() {
        Ok(address) if address.to_ipv4_mapped().is_none() => {
            Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).to_string()
        }
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admissions(connections: u64, per_address: u64) -> Admissions {
        Admissions::new(ConnectionLimits { connections, per_address })
    }

    #[test]
    fn a_place_that_is_left_can_be_taken() {
        let mut admissions = admissions(2, 0);
        assert_eq!(admissions.enter(None), Ok(()));
        assert_eq!(admissions.enter(Some("a")), Ok(()));
        assert_eq!(admissions.enter(Some("b")), Err(TooManyConnections::OfHub(2)));
        admissions.leave(None);
        assert_eq!(admissions.enter(Some("b")), Ok(()));
    }

    #[test]
    fn an_address_over_its_limit_keeps_nobody_else_out() {
        let mut admissions = admissions(0, 1);
        assert_eq!(admissions.enter(Some("a")), Ok(()));
        assert_eq!(admissions.enter(Some("a")), Err(TooManyConnections::OfAddress(1)));
        assert_eq!(admissions.enter(Some("b")), Ok(()));
        assert_eq!(admissions.enter(None), Ok(()));
        assert_eq!(admissions.enter(None), Ok(()));
        admissions.leave(Some("a"));
        assert_eq!(admissions.enter(Some("a")), Ok(()));
    }

    #[test]
    fn an_address_without_connections_is_forgotten() {
        let mut admissions = admissions(0, 2);
        for _ in 0..2 {
            assert_eq!(admissions.enter(Some("a")), Ok(()));
        }
        for _ in 0..2 {
            admissions.leave(Some("a"));
        }
        assert!(admissions.by_address.is_empty());
    }
}
