//! The value of the `id` field: [HTML § 9.2.5](https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream).

use std::{fmt, str::FromStr, sync::Arc};

use thiserror::Error;

use crate::event_stream::one_line::{self, Forbidden};

/// An event's id: any text without CR, LF and NUL.
///
/// A line break would end the field, and a client ignores an id that holds NUL
/// ([HTML § 9.2.6](https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation)).
/// The empty id is allowed: it resets the client's last event ID. Clones share the text.
///
/// ```
/// use millstream::EventId;
///
/// let id: EventId = "urn:uuid:0189c5a3".parse()?;
/// assert_eq!(id.as_str(), "urn:uuid:0189c5a3");
/// # Ok::<(), millstream::InvalidEventId>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(Arc<str>);

/// The text holds a character that no event id may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{character:?} at byte {at} of the event id")]
#[non_exhaustive]
pub struct InvalidEventId {
    /// Byte offset of the character.
    pub at: usize,
    /// The first CR, LF or NUL.
    pub character: char,
}

impl EventId {
    /// The id's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text before the first U+FFFD, if there is one. A host that reads headers as UTF-8 puts
    /// that character in the place of each byte that a client has sent as Latin-1.
    #[must_use]
    pub fn before_replaced(&self) -> Option<&str> {
        self.0.split_once(char::REPLACEMENT_CHARACTER).map(|(before, _)| before)
    }

    /// Whether such a host reads `read` when a client has sent this id as Latin-1.
    #[must_use]
    pub fn is_read_as(&self, read: &Self) -> bool {
        let bytes: Option<Vec<u8>> =
            self.0.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect();
        bytes.is_some_and(|bytes| String::from_utf8_lossy(&bytes) == read.as_str())
    }
}

impl FromStr for EventId {
    type Err = InvalidEventId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        one_line::check(text)?;
        Ok(Self(text.into()))
    }
}

impl TryFrom<String> for EventId {
    type Error = InvalidEventId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        one_line::check(&text)?;
        Ok(Self(text.into()))
    }
}

impl AsRef<str> for EventId {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl From<Forbidden> for InvalidEventId {
    fn from(Forbidden { at, character }: Forbidden) -> Self {
        Self { at, character }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cr_lf_and_nul_are_refused_with_their_place() {
        for character in ['\r', '\n', '\0'] {
            let text = format!("é1{character}data: forged");
            let refused = InvalidEventId { at: 3, character };
            assert_eq!(text.parse::<EventId>(), Err(refused));
            assert_eq!(EventId::try_from(text), Err(refused));
        }
    }

    #[test]
    fn the_error_shows_the_character_escaped() {
        let error = "1\n".parse::<EventId>().unwrap_err();
        assert_eq!(error.to_string(), r"'\n' at byte 1 of the event id");
    }

    #[test]
    fn latin_1_that_was_read_as_utf_8_is_known_again() {
        let id = |text: &str| text.parse::<EventId>().unwrap();
        let read = id("caf\u{fffd}-1");
        assert_eq!(read.before_replaced(), Some("caf"));
        assert!(id("café-1").is_read_as(&read) && id("cafè-1").is_read_as(&read));
        for other in ["cafe-1", "café-2", "cafπ-1", "café", "caf\u{fffd}-1"] {
            assert!(!id(other).is_read_as(&read), "{other}");
        }
        assert!(id("été").is_read_as(&id("\u{fffd}t\u{fffd}")));
        assert_eq!(id("café-1").before_replaced(), None);
    }

    #[test]
    fn the_empty_id_is_an_id() {
        assert_eq!("".parse(), Ok(EventId::default()));
    }

    #[test]
    fn other_line_separators_of_unicode_are_ordinary_text() {
        for text in ["\u{85}", "\u{2028}", "\u{b}", " led by a space", "#1"] {
            assert_eq!(text.parse::<EventId>().unwrap().to_string(), text);
        }
    }
}
