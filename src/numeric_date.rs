//! When a token is valid: `exp` and `nbf`, RFC 7519 §§ 4.1.4 and 4.1.5.

use crate::{invalid_token::InvalidToken, timestamp::Timestamp};

/// Holds the two claims, in seconds since the epoch with or without a fraction, against the time.
/// Returns the moment of expiry. There is no leeway: a stream ends at that moment too.
pub(crate) fn check(
    exp: Option<f64>,
    nbf: Option<f64>,
    now: Timestamp,
) -> Result<Option<Timestamp>, InvalidToken> {
    let expires = exp.map(timestamp);
    if expires.is_some_and(|expires| expires <= now) {
        return Err(InvalidToken::Expired);
    }
    match nbf.map(timestamp) {
        Some(begins) if begins > now => Err(InvalidToken::NotYetValid),
        _ => Ok(expires),
    }
}

fn timestamp(seconds: f64) -> Timestamp {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the cast saturates: before the epoch is long ago, and too far ahead is never"
    )]
    let millis = (seconds * 1_000.0) as u64;
    Timestamp::from_millis(millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_500);

    #[test]
    fn a_token_expires_at_its_moment_and_not_after_it() {
        assert_eq!(check(Some(1_800_000_000.5), None, NOW), Err(InvalidToken::Expired));
        let soon = Timestamp::from_millis(1_800_000_001_000);
        assert_eq!(check(Some(1_800_000_001.0), None, NOW), Ok(Some(soon)));
        assert_eq!(check(None, None, NOW), Ok(None));
    }

    #[test]
    fn a_token_begins_at_its_moment() {
        assert_eq!(check(None, Some(1_800_000_000.5), NOW), Ok(None));
        assert_eq!(check(None, Some(1_800_000_001.0), NOW), Err(InvalidToken::NotYetValid));
    }

    #[test]
    fn a_date_beyond_all_bounds_saturates() {
        assert_eq!(check(Some(-1.0), None, NOW), Err(InvalidToken::Expired));
        let never = Timestamp::from_millis(u64::MAX);
        assert_eq!(check(Some(1e300), Some(-1e300), NOW), Ok(Some(never)));
    }
}
