//! The request of an operator to drain a hub.

use std::time::Duration;

use crate::{
    base::{
        duration::duration,
        form,
        limits::{DRAIN_WITHIN, MAX_DRAIN_WITHIN},
    },
    http::error::Error,
    settings::{methods::MethodRefused, operator_key::OperatorKey},
};

/// Checks that the operator sends the request. At a hub without an operator's key the path does not
/// exist.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Method`] or [`Error::Operator`].
pub(crate) fn check(
    key: Option<&OperatorKey>,
    method: &str,
    authorization: &str,
) -> Result<(), Error> {
    let key = key.ok_or(Error::NotFound)?;
    if method != "POST" {
        return Err(MethodRefused::NotAllowed("POST").into());
    }
    if key.admits(authorization) { Ok(()) } else { Err(Error::Operator) }
}

/// The time within which clients come back: `within` in the query, such as `10s`.
///
/// # Errors
/// [`Error::Within`].
pub(crate) fn within(query: &str) -> Result<Duration, Error> {
    let mut pairs = form::pairs(query.as_bytes()).flatten();
    let within = pairs.find(|(name, _)| name == "within");
    let within = within.map(|(_, within)| duration(&within).ok_or(Error::Within)).transpose()?;
    let within = within.unwrap_or(DRAIN_WITHIN);
    if within <= MAX_DRAIN_WITHIN { Ok(within) } else { Err(Error::Within) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AUTHORIZATION: &str = "Bearer 0123456789abcdef";

    #[test]
    fn the_operator_says_within_which_time_clients_come_back() {
        assert_eq!(within("within=30s"), Ok(Duration::from_secs(30)));
        assert_eq!(within(""), Ok(DRAIN_WITHIN));
        assert_eq!(within("within=5m"), Ok(MAX_DRAIN_WITHIN));
        for wrong in ["within=6m", "within=", "within=soon"] {
            assert_eq!(within(wrong), Err(Error::Within), "{wrong}");
        }
    }

    #[test]
    fn nobody_else_has_anything_to_say() {
        let key = "0123456789abcdef".parse().unwrap();
        let check_with = |authorization, method| check(Some(&key), method, authorization);
        assert_eq!(check(None, "POST", AUTHORIZATION), Err(Error::NotFound));
        assert_eq!(check_with(AUTHORIZATION, "POST"), Ok(()));
        assert_eq!(check_with(AUTHORIZATION, "GET"), Err(MethodRefused::NotAllowed("POST").into()));
        assert_eq!(check_with("Bearer 0123456789abcdeF", "POST"), Err(Error::Operator));
        assert_eq!(check_with("", "POST"), Err(Error::Operator));
    }
}
