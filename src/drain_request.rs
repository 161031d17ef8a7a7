//! What an operator asks a hub for when it is to be drained.

use std::time::Duration;

use crate::{
    config::duration,
    error::Error,
    form,
    limits::{DRAIN_WITHIN, MAX_DRAIN_WITHIN},
    operator_key::OperatorKey,
};

/// The time within which clients are to come back, out of a POST with the operator's key: the query
/// `within`, such as `10s`. To a hub without such a key there is nothing here.
///
/// # Errors
/// [`Error::NotFound`], [`Error::MethodNotAllowed`], [`Error::Operator`] or [`Error::Within`].
pub fn read(
    key: Option<&OperatorKey>,
    method: &str,
    authorization: &str,
    query: &str,
) -> Result<Duration, Error> {
    let key = key.ok_or(Error::NotFound)?;
    if method != "POST" {
        return Err(Error::MethodNotAllowed("POST"));
    }
    if !key.admits(authorization) {
        return Err(Error::Operator);
    }
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

    fn read_with(authorization: &str, method: &str, query: &str) -> Result<Duration, Error> {
        let key = "0123456789abcdef".parse().unwrap();
        read(Some(&key), method, authorization, query)
    }

    #[test]
    fn the_operator_says_within_which_time_clients_come_back() {
        let within = |query| read_with(AUTHORIZATION, "POST", query);
        assert_eq!(within("within=30s"), Ok(Duration::from_secs(30)));
        assert_eq!(within(""), Ok(DRAIN_WITHIN));
        assert_eq!(within("within=5m"), Ok(MAX_DRAIN_WITHIN));
        for wrong in ["within=6m", "within=", "within=soon"] {
            assert_eq!(within(wrong), Err(Error::Within), "{wrong}");
        }
    }

    #[test]
    fn nobody_else_has_anything_to_say() {
        assert_eq!(read(None, "POST", AUTHORIZATION, ""), Err(Error::NotFound));
        assert_eq!(read_with(AUTHORIZATION, "GET", ""), Err(Error::MethodNotAllowed("POST")));
        assert_eq!(read_with("Bearer 0123456789abcdeF", "POST", ""), Err(Error::Operator));
        assert_eq!(read_with("", "POST", "within=1s"), Err(Error::Operator));
    }
}
