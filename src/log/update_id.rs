//! The id of an update: [draft-dunglas-mercure-07 § 4](https://datatracker.ietf.org/doc/html/draft-dunglas-mercure-07#section-4).

use std::{fmt, str::FromStr};

use thiserror::Error;

use crate::{base::limits::MAX_ID_BYTES, event_stream::event_id::EventId};

/// An id that an update can be published under: it comes back as a header, and means this update
/// there. It is printable ASCII, neither begins nor ends with a space, and is not one that the hub
/// gives a meaning of its own.
///
/// Of a header's bytes beyond ASCII nine clients make Latin-1 and others UTF-8, and those that use
/// `fetch` cannot send them at all.
/// An [`EventId`] is any id that a stream may hold, such as one that was stored before this was so.
///
/// ```
/// use millstream::UpdateId;
///
/// let id: UpdateId = "urn:uuid:0189c5a3".parse()?;
/// assert_eq!(id.as_str(), "urn:uuid:0189c5a3");
/// assert!("café-1".parse::<UpdateId>().is_err());
/// # Ok::<(), millstream::InvalidUpdateId>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateId(EventId);

/// The maker of an update's id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum IdOrigin {
    /// The publisher. Others may guess the id: that of a private update is unknown to clients that may
    /// not see the update.
    #[default]
    Publisher,
    /// The hub. Nobody can guess the id: a client that names it was told it, and may go on behind it.
    Hub,
}

/// Why a text is not an update's id.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidUpdateId {
    /// There is nothing in it: a client that is given it forgets its place.
    #[error("it is empty")]
    Empty,
    /// It is longer than [`MAX_ID_BYTES`].
    #[error("it has {0} bytes, the limit is {MAX_ID_BYTES}")]
    TooLong(usize),
    /// It could not come back in a header as it is.
    #[error(
        "it holds {character:?} at byte {at}; it comes back in a header, so that it has to be \
         printable ASCII without a space at either end"
    )]
    Character {
        /// The first such character.
        character: char,
        /// Its byte offset.
        at: usize,
    },
    /// The protocol or the hub gives it a meaning of its own.
    #[error("{0:?} is reserved")]
    Reserved(String),
}

impl UpdateId {
    /// The id's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for UpdateId {
    type Err = InvalidUpdateId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.len() {
            0 => return Err(InvalidUpdateId::Empty),
            1..=MAX_ID_BYTES => {}
            bytes => return Err(InvalidUpdateId::TooLong(bytes)),
        }
        let last = text.len() - 1;
        let cannot_come_back = |&(at, character): &(usize, char)| match character {
            ' ' => at == 0 || at == last,
            character => !character.is_ascii_graphic(),
        };
        if let Some((at, character)) = text.char_indices().find(cannot_come_back) {
            return Err(InvalidUpdateId::Character { character, at });
        }
        if text == "earliest" || text.starts_with('#') {
            return Err(InvalidUpdateId::Reserved(text.to_owned()));
        }
        let invalid = |invalid: crate::event_stream::event_id::InvalidEventId| {
            InvalidUpdateId::Character { character: invalid.character, at: invalid.at }
        };
        text.parse().map(Self).map_err(invalid)
    }
}

impl From<UpdateId> for EventId {
    fn from(id: UpdateId) -> Self {
        id.0
    }
}

impl fmt::Display for UpdateId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(text: &str, why: InvalidUpdateId) {
        assert_eq!(text.parse::<UpdateId>(), Err(why));
    }

    #[test]
    fn any_printable_ascii_is_an_id_and_spaces_within_are_kept() {
        let printable: String = ('!'..='~').collect();
        for text in ["0", "a  b", "a#", "Earliest", &printable, &"x".repeat(MAX_ID_BYTES)] {
            assert_eq!(text.parse::<UpdateId>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn an_id_beyond_ascii_is_refused_with_its_place() {
        for (text, at, character) in
            [("café-1", 3, 'é'), ("π-1", 0, 'π'), ("a\u{a0}b", 1, '\u{a0}'), ("日本", 0, '日')]
        {
            refused(text, InvalidUpdateId::Character { character, at });
        }
        assert_eq!(
            "café-1".parse::<UpdateId>().unwrap_err().to_string(),
            "it holds 'é' at byte 3; it comes back in a header, so that it has to be printable \
             ASCII without a space at either end"
        );
    }

    #[test]
    fn what_a_header_loses_is_refused() {
        for character in ('\0'..' ').chain(['\u{7f}']) {
            let refused_at_1 = InvalidUpdateId::Character { character, at: 1 };
            refused(&format!("x{character}y"), refused_at_1);
        }
        refused(" x", InvalidUpdateId::Character { character: ' ', at: 0 });
        refused("x ", InvalidUpdateId::Character { character: ' ', at: 1 });
    }

    #[test]
    fn what_means_another_place_is_refused() {
        refused("", InvalidUpdateId::Empty);
        refused("earliest", InvalidUpdateId::Reserved("earliest".to_owned()));
        refused("#x", InvalidUpdateId::Reserved("#x".to_owned()));
        refused(&"x".repeat(MAX_ID_BYTES + 1), InvalidUpdateId::TooLong(MAX_ID_BYTES + 1));
    }
}
