//! The value of the `retry` field: [HTML § 9.2.2](https://html.spec.whatwg.org/multipage/server-sent-events.html#concept-event-stream-reconnection-time).

use std::{fmt, str::FromStr, time::Duration};

use thiserror::Error;

/// How long a client waits before it connects again, in milliseconds.
///
/// ```
/// use std::time::Duration;
/// use millstream::reconnection_time::ReconnectionTime;
///
/// let time: ReconnectionTime = "2500".parse()?;
/// assert_eq!(time.as_duration(), Duration::from_millis(2500));
/// # Ok::<(), millstream::reconnection_time::InvalidReconnectionTime>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReconnectionTime(u64);

/// The text is no whole number of milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InvalidReconnectionTime {
    /// The text is empty.
    #[error("the reconnection time is empty")]
    Empty,
    /// The text holds something other than ASCII digits.
    #[error("{character:?} at byte {at} of the reconnection time is no digit")]
    NotADigit {
        /// Byte offset of the character.
        at: usize,
        /// The first character that is no digit.
        character: char,
    },
    /// The number does not fit 64 bits.
    #[error("the reconnection time passes {} at byte {at}", u64::MAX)]
    Overflow {
        /// Byte offset of the digit that is one too many.
        at: usize,
    },
}

impl ReconnectionTime {
    /// A time of so many milliseconds.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// The milliseconds.
    #[must_use]
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// The time as a duration.
    #[must_use]
    pub const fn as_duration(self) -> Duration {
        Duration::from_millis(self.0)
    }
}

impl From<Duration> for ReconnectionTime {
    /// Cuts to whole milliseconds; what does not fit 64 bits becomes the longest time there is.
    fn from(duration: Duration) -> Self {
        Self(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
    }
}

impl From<ReconnectionTime> for Duration {
    fn from(time: ReconnectionTime) -> Self {
        time.as_duration()
    }
}

impl FromStr for ReconnectionTime {
    type Err = InvalidReconnectionTime;

    /// Takes ASCII digits only, as the standard's `retry` does: no sign, no space, no fraction.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() {
            return Err(InvalidReconnectionTime::Empty);
        }
        let not_a_digit = |(_, character): &(usize, char)| !character.is_ascii_digit();
        if let Some((at, character)) = text.char_indices().find(not_a_digit) {
            return Err(InvalidReconnectionTime::NotADigit { at, character });
        }
        let mut millis = 0_u64;
        for (at, digit) in text.bytes().enumerate() {
            millis = millis
                .checked_mul(10)
                .and_then(|tens| tens.checked_add(u64::from(digit & 0x0f)))
                .ok_or(InvalidReconnectionTime::Overflow { at })?;
        }
        Ok(Self(millis))
    }
}

impl fmt::Display for ReconnectionTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_milliseconds() {
        for (text, millis) in [("0", 0), ("007", 7), ("18446744073709551615", u64::MAX)] {
            assert_eq!(text.parse(), Ok(ReconnectionTime::from_millis(millis)));
        }
    }

    #[test]
    fn anything_but_ascii_digits_is_refused_with_its_place() {
        for (text, at, character) in
            [("+5", 0, '+'), ("-5", 0, '-'), ("5 ", 1, ' '), ("1.5", 1, '.'), ("1٣", 1, '٣')]
        {
            assert_eq!(
                text.parse::<ReconnectionTime>(),
                Err(InvalidReconnectionTime::NotADigit { at, character })
            );
        }
        assert_eq!("".parse::<ReconnectionTime>(), Err(InvalidReconnectionTime::Empty));
    }

    #[test]
    fn a_number_of_more_than_64_bits_is_refused() {
        let error = "18446744073709551616".parse::<ReconnectionTime>().unwrap_err();
        assert_eq!(error, InvalidReconnectionTime::Overflow { at: 19 });
        assert_eq!(
            error.to_string(),
            "the reconnection time passes 18446744073709551615 at byte 19"
        );
    }

    #[test]
    fn a_letter_after_an_overflow_is_still_the_letters_fault() {
        assert_eq!(
            "99999999999999999999x".parse::<ReconnectionTime>(),
            Err(InvalidReconnectionTime::NotADigit { at: 20, character: 'x' })
        );
    }

    #[test]
    fn durations_are_cut_to_milliseconds_and_saturate() {
        let time = ReconnectionTime::from(Duration::from_micros(1_999));
        assert_eq!(time, ReconnectionTime::from_millis(1));
        assert_eq!(ReconnectionTime::from(Duration::MAX).as_millis(), u64::MAX);
        assert_eq!(Duration::from(time), Duration::from_millis(1));
    }
}
