//! The value of the `event` field: [HTML § 9.2.5](https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream).

use std::{fmt, str::FromStr, sync::Arc};

use thiserror::Error;

use crate::event_stream::one_line::{self, Forbidden};

/// An event type: any text but the empty one, without CR, LF and NUL.
///
/// A line break would end the field. An empty type is no type: a client takes it as `message`
/// ([HTML § 9.2.6](https://html.spec.whatwg.org/multipage/server-sent-events.html#dispatchMessage)).
/// NUL is refused as in an [`EventId`](crate::event_stream::event_id::EventId). Clones share the text.
///
/// ```
/// use millstream::EventType;
///
/// let tick: EventType = "tick".parse()?;
/// assert_eq!(tick.as_str(), "tick");
/// # Ok::<(), millstream::InvalidEventType>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventType(Arc<str>);

/// The text is no event type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidEventType {
    /// The text is empty.
    #[error("the event type is empty")]
    Empty,
    /// The text holds a character that no event type may hold.
    #[error("{character:?} at byte {at} of the event type")]
    Character {
        /// Byte offset of the character.
        at: usize,
        /// The first CR, LF or NUL.
        character: char,
    },
}

impl EventType {
    /// The type's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for EventType {
    type Err = InvalidEventType;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        check(text).map(|()| Self(text.into()))
    }
}

impl TryFrom<String> for EventType {
    type Error = InvalidEventType;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        check(&text).map(|()| Self(text.into()))
    }
}

impl AsRef<str> for EventType {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

fn check(text: &str) -> Result<(), InvalidEventType> {
    if text.is_empty() {
        return Err(InvalidEventType::Empty);
    }
    Ok(one_line::check(text)?)
}

impl From<Forbidden> for InvalidEventType {
    fn from(Forbidden { at, character }: Forbidden) -> Self {
        Self::Character { at, character }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cr_lf_and_nul_are_refused_with_their_place() {
        for character in ['\r', '\n', '\0'] {
            let text = format!("chat{character}data: forged");
            let refused = InvalidEventType::Character { at: 4, character };
            assert_eq!(text.parse::<EventType>(), Err(refused));
            assert_eq!(EventType::try_from(text), Err(refused));
        }
    }

    #[test]
    fn the_empty_type_is_refused() {
        assert_eq!("".parse::<EventType>(), Err(InvalidEventType::Empty));
        assert_eq!(EventType::try_from(String::new()), Err(InvalidEventType::Empty));
    }

    #[test]
    fn the_errors_say_what_is_wrong_and_where() {
        let message = |text: &str| text.parse::<EventType>().unwrap_err().to_string();
        assert_eq!(message(""), "the event type is empty");
        assert_eq!(message("a\0"), r"'\0' at byte 1 of the event type");
    }

    #[test]
    fn colons_spaces_and_other_separators_of_unicode_are_ordinary_text() {
        for text in [" ", ":", "data: x", "\u{2028}", "\u{85}"] {
            assert_eq!(text.parse::<EventType>().unwrap().to_string(), text);
        }
    }
}
