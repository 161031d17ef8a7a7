//! What an operator asks for.

use std::time::Duration;

bounds! {
    /// No client should be without events for longer.
    MAX_DRAIN_WITHIN: Duration = Duration::from_mins(5), time,
        "the time within which the clients of a drained hub come back" => "400";
}

/// Bytes of the shortest key of an operator: 128 random bits in hexadecimal have twice as many. A
/// shorter one is refused.
pub const MIN_OPERATOR_KEY_BYTES: usize = 16;

/// How long a hub that is drained waits for readers that are behind, before it ends them too: they
/// resume as everybody does.
pub const DRAIN_PATIENCE: Duration = Duration::from_secs(5);

/// The time within which clients come back to a drained hub, when the request says nothing else.
pub const DRAIN_WITHIN: Duration = Duration::from_secs(10);

/// How long after a drain streams begin with a usual reconnection time: clients that slept through it
/// have come back by then.
pub const REMEMBER_DRAIN: Duration = Duration::from_hours(24);

/// The usual reconnection time, or up to twice as much: about what browsers have by themselves.
pub const USUAL_RETRY: Duration = Duration::from_secs(2);
