//! When a token is valid: `exp`, `nbf` and `iat`, RFC 7519 §§ 4.1.4 to 4.1.6.

use crate::{
    base::{
        json::{Json, Unexpected},
        limits::CLOCK_LEEWAY,
        timestamp::Timestamp,
    },
    tokens::invalid_token::InvalidToken,
};

/// The dates of a token, in seconds since the epoch with or without a fraction.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Dates {
    /// When it expires.
    pub(crate) exp: Option<f64>,
    /// When it becomes valid.
    pub(crate) nbf: Option<f64>,
    /// When it was issued.
    pub(crate) iat: Option<f64>,
}

impl Dates {
    /// Reads the dates among the claims.
    pub(crate) fn of(claims: &Json<'_>) -> Result<Self, Unexpected> {
        let date = |name| claims.number(name);
        Ok(Self { exp: date("exp")?, nbf: date("nbf")?, iat: date("iat")? })
    }

    /// Compares the dates with the time, and returns the moment of expiry. Expiry has no leeway, since a
    /// stream ends at that moment too. The other dates have some: the clock of an issuer may be ahead,
    /// and an `EventSource` never comes back after a refusal.
    pub(crate) fn check(self, now: Timestamp) -> Result<Option<Timestamp>, InvalidToken> {
        let expires = self.exp.map(timestamp);
        if expires.is_some_and(|expires| expires <= now) {
            return Err(InvalidToken::Expired);
        }
        let soon = now.saturating_add(CLOCK_LEEWAY);
        let is_ahead = |date: Option<f64>| date.map(timestamp).is_some_and(|date| date > soon);
        if is_ahead(self.nbf) {
            return Err(InvalidToken::NotYetValid);
        }
        if is_ahead(self.iat) {
            return Err(InvalidToken::NotYetIssued);
        }
        Ok(expires)
    }
}

/// The moment this many seconds after the epoch, with or without a fraction.
pub(crate) fn timestamp(seconds: f64) -> Timestamp {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the cast saturates: a date before the epoch has passed, and one too far ahead never comes"
    )]
    let millis = (seconds * 1_000.0) as u64;
    Timestamp::from_millis(millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_500);

    fn check(exp: Option<f64>, nbf: Option<f64>) -> Result<Option<Timestamp>, InvalidToken> {
        Dates { exp, nbf, iat: None }.check(NOW)
    }

    #[test]
    fn a_token_expires_at_its_moment_and_not_after_it() {
        assert_eq!(check(Some(1_800_000_000.5), None), Err(InvalidToken::Expired));
        let soon = Timestamp::from_millis(1_800_000_001_000);
        assert_eq!(check(Some(1_800_000_001.0), None), Ok(Some(soon)));
        assert_eq!(check(None, None), Ok(None));
    }

    #[test]
    fn a_token_begins_at_its_moment_by_a_clock_that_is_a_few_seconds_ahead() {
        assert_eq!(check(None, Some(1_800_000_001.5)), Ok(None));
        assert_eq!(check(None, Some(1_800_000_005.5)), Ok(None));
        assert_eq!(check(None, Some(1_800_000_005.6)), Err(InvalidToken::NotYetValid));
    }

    #[test]
    fn a_token_was_issued_before_it_came_by_the_same_clock() {
        let issued = |iat| Dates { iat: Some(iat), ..Dates::default() }.check(NOW);
        assert_eq!(issued(-1.0), Ok(None));
        assert_eq!(issued(1_800_000_005.5), Ok(None));
        assert_eq!(issued(1_800_000_005.6), Err(InvalidToken::NotYetIssued));
    }

    #[test]
    fn a_date_beyond_all_bounds_saturates() {
        assert_eq!(check(Some(-1.0), None), Err(InvalidToken::Expired));
        let never = Timestamp::from_millis(u64::MAX);
        assert_eq!(check(Some(1e300), Some(-1e300)), Ok(Some(never)));
    }
}
