//! The time that an operator gives the clients of a hub to come back.

use std::time::Duration;

use thiserror::Error;

use crate::base::{duration::duration, limits::MAX_DRAIN_WITHIN};

/// The time for draining is not valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("within is a time such as 10s, up to {} s", MAX_DRAIN_WITHIN.as_secs())]
pub(crate) struct InvalidWithin;

/// The time within which clients come back, such as `10s`.
///
/// # Errors
/// It is no time, or a longer one than [`MAX_DRAIN_WITHIN`].
pub(crate) fn parse(within: &str) -> Result<Duration, InvalidWithin> {
    duration(within).filter(|within| *within <= MAX_DRAIN_WITHIN).ok_or(InvalidWithin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operator_says_within_which_time_clients_come_back() {
        assert_eq!(parse("30s"), Ok(Duration::from_secs(30)));
        assert_eq!(parse("5m"), Ok(MAX_DRAIN_WITHIN));
        for wrong in ["6m", "", "soon"] {
            assert_eq!(parse(wrong), Err(InvalidWithin), "{wrong}");
        }
    }
}
