//! The fields of the events in a stream: those of HTML § 9.2.6, and `topic` where a client asks for it.

use std::str::FromStr;

use thiserror::Error;

use crate::topics::topic::Topic;

/// The fields of an update in a stream: the parameter `fields`.
///
/// ```
/// use millstream::Fields;
///
/// assert_eq!("topic".parse(), Ok(Fields::WithTopics));
/// assert!("topics".parse::<Fields>().is_err());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fields {
    /// Those of HTML: `event`, `id`, `retry`, `data`.
    #[default]
    Usual,
    /// The same behind a field `topic` for each topic of the update that the client has asked for, and
    /// that is public or granted to it. A client ignores a field that it does not know.
    WithTopics,
}

/// A text does not name fields.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0:?} is no field that can be added to an update: the only one is topic")]
pub struct InvalidFields(pub String);

impl FromStr for Fields {
    type Err = InvalidFields;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "topic" => Ok(Self::WithTopics),
            _ => Err(InvalidFields(text.to_owned())),
        }
    }
}

/// The event behind a field for each topic. A topic has no line break, so it is one line.
pub(crate) fn with_topics<'a>(
    topics: impl IntoIterator<Item = &'a Topic>,
    event: &[u8],
) -> Vec<u8> {
    let mut shown = Vec::with_capacity(event.len() + 64);
    for topic in topics {
        shown.extend_from_slice(b"topic: ");
        shown.extend_from_slice(topic.as_str().as_bytes());
        shown.push(b'\n');
    }
    shown.extend_from_slice(event);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_for_each_topic_stands_in_the_block_of_its_event() {
        let topics: Vec<Topic> = ["a", "ж: b"].map(|topic| topic.parse().unwrap()).into();
        let shown = with_topics(&topics, b"id: 1\ndata: x\n\n");
        assert_eq!(str::from_utf8(&shown), Ok("topic: a\ntopic: ж: b\nid: 1\ndata: x\n\n"));
    }

    #[test]
    fn no_topic_can_end_its_line() {
        for end in ["\n", "\r", "\0"] {
            assert!(format!("a{end}data: forged").parse::<Topic>().is_err());
        }
    }
}
