//! The value of the `retry` field: [HTML § 9.2.2](https://html.spec.whatwg.org/multipage/server-sent-events.html#concept-event-stream-reconnection-time).

use std::{fmt, str::FromStr, time::Duration};

use thiserror::Error;

use crate::base::{
    limits::{MAX_RETRY, MIN_RETRY},
    timestamp::whole_millis,
};

/// How long a client waits before it connects again, in milliseconds: [`MAX_RETRY`] at the most.
///
/// ```
/// use std::time::Duration;
/// use millstream::ReconnectionTime;
///
/// let time: ReconnectionTime = "2500".parse()?;
/// assert_eq!(time.as_duration(), Duration::from_millis(2500));
/// assert!("2147483648".parse::<ReconnectionTime>().is_err());
/// # Ok::<(), millstream::InvalidReconnectionTime>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReconnectionTime(u64);

/// The text is no whole number of milliseconds that a client can wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
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
    /// It is longer than [`MAX_RETRY`].
    #[error(
        "the reconnection time is {millis} ms, the limit is {}: clients come back at once after a \
         longer one",
        ReconnectionTime::MAX.0
    )]
    TooLong {
        /// The milliseconds, as far as they fit 64 bits.
        millis: u64,
    },
}

impl ReconnectionTime {
    /// The longest one.
    pub const MAX: Self = Self(millis_of(MAX_RETRY));

    /// The shortest one that is worth telling.
    pub const MIN: Self = Self(millis_of(MIN_RETRY));

    /// A time of this many milliseconds, or the longest one.
    #[must_use]
    pub const fn from_millis(millis: u64) -> Self {
        if millis > Self::MAX.0 { Self::MAX } else { Self(millis) }
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

    /// The time that clients are told when this is published: at least [`MIN_RETRY`]. A time of 0
    /// is ignored: publishers that send it mean none.
    #[must_use]
    pub fn told(self) -> Option<Self> {
        (self.0 > 0).then(|| self.max(Self::MIN))
    }
}

const fn millis_of(duration: Duration) -> u64 {
    duration.as_secs() * 1_000 + duration.subsec_millis() as u64
}

impl From<Duration> for ReconnectionTime {
    /// Cuts to whole milliseconds. A duration over the longest time becomes the longest time.
    fn from(duration: Duration) -> Self {
        Self::from_millis(whole_millis(duration))
    }
}

impl From<ReconnectionTime> for Duration {
    fn from(time: ReconnectionTime) -> Self {
        time.as_duration()
    }
}

impl TryFrom<u64> for ReconnectionTime {
    type Error = InvalidReconnectionTime;

    /// A time of this many milliseconds, such as a decoder read in a stream.
    fn try_from(millis: u64) -> Result<Self, Self::Error> {
        match Self::from_millis(millis) {
            time if time.0 == millis => Ok(time),
            _ => Err(InvalidReconnectionTime::TooLong { millis }),
        }
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
        let with_digit = |millis: u64, digit: u8| {
            millis.saturating_mul(10).saturating_add(u64::from(digit & 0x0f))
        };
        text.bytes().fold(0, with_digit).try_into()
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
        for (text, millis) in [("0", 0), ("007", 7), ("2147483647", 2_147_483_647)] {
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
    fn what_overflows_a_clients_timer_is_refused() {
        for (text, millis) in [
            ("2147483648", 2_147_483_648),
            ("4294967296", 4_294_967_296),
            ("18446744073709551616", u64::MAX),
        ] {
            let refused = Err(InvalidReconnectionTime::TooLong { millis });
            assert_eq!(text.parse::<ReconnectionTime>(), refused, "{text}");
            assert_eq!(ReconnectionTime::try_from(millis), refused);
        }
        assert_eq!(
            "4294967296".parse::<ReconnectionTime>().unwrap_err().to_string(),
            "the reconnection time is 4294967296 ms, the limit is 2147483647: clients come back at \
             once after a longer one"
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
    fn durations_are_cut_to_milliseconds_and_to_the_longest_time() {
        let time = ReconnectionTime::from(Duration::from_micros(1_999));
        assert_eq!(time, ReconnectionTime::from_millis(1));
        assert_eq!(ReconnectionTime::from(Duration::MAX), ReconnectionTime::MAX);
        assert_eq!(ReconnectionTime::from_millis(u64::MAX).as_millis(), 2_147_483_647);
        assert_eq!(Duration::from(time), Duration::from_millis(1));
    }

    #[test]
    fn a_short_time_is_told_as_half_a_second_and_that_of_0_not_at_all() {
        for (millis, told) in [(0, None), (1, Some(500)), (499, Some(500)), (501, Some(501))] {
            let time = ReconnectionTime::from_millis(millis).told();
            assert_eq!(time.map(ReconnectionTime::as_millis), told);
        }
    }
}
