//! The key of an operator, and the drain of a hub.

use std::time::Duration;

bounds! {
    /// Nobody tries more keys by mistake. A key is too long to be guessed, so this is for keys that are words.
    MAX_WRONG_KEYS: u32 = 10, number,
        "wrong keys of an operator from one address in a minute" => "429 with `Retry-After`, without a look at the key";
    /// No client should be without events for longer.
    MAX_DRAIN_WITHIN: Duration = Duration::from_mins(5), time,
        "the time within which the clients of a drained hub come back" => "400";
}

/// Bytes of the shortest key of an operator: 128 random bits in hexadecimal have twice as many. A
/// shorter one is refused.
pub const MIN_OPERATOR_KEY_BYTES: usize = 16;

/// The time that a drained hub waits for readers that are behind. Then it ends their streams too,
/// and they resume as all others do.
pub const DRAIN_PATIENCE: Duration = Duration::from_secs(5);

/// The time after a drain in which streams begin with a usual reconnection time. Clients that slept
/// during the drain have come back by then.
pub const REMEMBER_DRAIN: Duration = Duration::from_hours(24);

/// The usual reconnection time, or up to twice as much: about what browsers have by themselves.
pub const USUAL_RETRY: Duration = Duration::from_secs(2);
