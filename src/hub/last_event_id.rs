//! The last event ID that a subscriber gives, in a header or in its URL.

use std::str::FromStr;

use thiserror::Error;

use crate::{
    base::limits::MAX_ID_BYTES,
    event_stream::event_id::{EventId, InvalidEventId},
};

/// After which update the stream begins.
///
/// ```
/// use millstream::LastEventId;
///
/// assert_eq!("earliest".parse(), Ok(LastEventId::Earliest));
/// assert_eq!("".parse(), Ok(LastEventId::Empty));
/// assert!("a\tb".parse::<LastEventId>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LastEventId {
    /// It is empty: the stream is live, and the answer says from where.
    Empty,
    /// `earliest`: the stream begins with the oldest update that is held.
    Earliest,
    /// The stream begins after the update of this id.
    After(EventId),
}

/// Why a text is no last event ID.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidLastEventId {
    /// It is longer than [`MAX_ID_BYTES`].
    #[error("it has {0} bytes, the limit is {MAX_ID_BYTES}")]
    TooLong(usize),
    /// It holds a control character, which no id of this hub does.
    #[error("it holds the control character {0:?}")]
    Control(char),
    /// It holds a character that no id may hold.
    #[error(transparent)]
    Id(#[from] InvalidEventId),
}

impl FromStr for LastEventId {
    type Err = InvalidLastEventId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > MAX_ID_BYTES {
            return Err(InvalidLastEventId::TooLong(text.len()));
        }
        if let Some(control) = text.chars().find(char::is_ascii_control) {
            return Err(InvalidLastEventId::Control(control));
        }
        Ok(match text {
            "" => Self::Empty,
            "earliest" => Self::Earliest,
            _ => Self::After(text.parse()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_names_the_value_and_the_limit() {
        let why = |text: &str| text.parse::<LastEventId>().unwrap_err().to_string();
        assert_eq!(why("a\tb"), "it holds the control character '\\t'");
        let long = format!("it has {} bytes, the limit is {MAX_ID_BYTES}", MAX_ID_BYTES + 1);
        assert_eq!(why(&"x".repeat(MAX_ID_BYTES + 1)), long);
        assert!("x".repeat(MAX_ID_BYTES).parse::<LastEventId>().is_ok());
    }
}
