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

/// The event behind a field for each topic. The field has the topic byte for byte, so that a client can
/// compare it. A topic with a control character has no field: no line break gets into the stream here.
pub(crate) fn with_topics<'a>(
    topics: impl IntoIterator<Item = &'a Topic>,
    event: &[u8],
) -> Vec<u8> {
    let mut shown = Vec::with_capacity(event.len() + 64);
    for topic in topics.into_iter().map(Topic::as_str) {
        if !topic.contains(char::is_control) {
            for part in ["topic: ", topic, "\n"] {
                shown.extend_from_slice(part.as_bytes());
            }
        }
    }
    shown.extend_from_slice(event);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_stream::decoder::Decoder;

    fn shown(topics: &[&str], event: &str) -> String {
        let topics: Vec<Topic> = topics.iter().map(|topic| topic.parse().unwrap()).collect();
        String::from_utf8(with_topics(&topics, event.as_bytes())).unwrap()
    }

    #[test]
    fn a_field_for_each_topic_stands_in_the_block_of_its_event() {
        let shown = shown(&["a", "ж: b", " c", "\u{2028}"], "id: 1\ndata: x\n\n");
        let fields = "topic: a\ntopic: ж: b\ntopic:  c\ntopic: \u{2028}\n";
        assert_eq!(shown, format!("{fields}id: 1\ndata: x\n\n"));
    }

    #[test]
    fn no_topic_can_end_its_line() {
        for end in ["\n", "\r", "\0"] {
            let topic = format!("a{end}data: forged");
            assert!(topic.parse::<Topic>().is_err());
            assert_eq!(with_topics(&[Topic::beginning(&topic)], b"id: 1\n\n"), b"id: 1\n\n");
        }
    }

    #[test]
    fn a_topic_with_a_control_character_has_no_field() {
        let controls = ["a\tb", "\u{1b}[2J", "a\u{7f}", "a\u{85}data: x"];
        assert_eq!(shown(&controls, "id: 1\n\n"), "id: 1\n\n");
    }

    #[test]
    fn a_client_reads_the_same_events_with_topics_and_without() {
        let read = |stream: &str| {
            let mut events = Vec::new();
            let mut decoder = Decoder::new();
            let collect = |event: crate::event_stream::decoder::DecodedEvent<'_>| {
                events.push(format!("{event:?}"));
            };
            decoder.decode(stream.as_bytes(), collect).unwrap();
            events
        };
        let topics = ["id: 2", "retry: 1", "event: x", " data: y", "\u{feff}", ":"];
        let event = "event: t\nretry: 9000\nid: 1\ndata: x\n\n";
        assert_eq!(read(&shown(&topics, event)), read(event));
    }
}
