//! The event that the hub sends: [HTML § 9.2.5](https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream).

use crate::event_stream::{
    comment::Comment, event_id::EventId, event_type::EventType, reconnection_time::ReconnectionTime,
};

/// One block of the event stream: data with its type, id, reconnection time and comment.
///
/// The type of every part but the data has checked its text. So every event can be
/// [encoded](crate::event_stream::encoder::encode), and nothing in it can forge a field. The data
/// may hold anything: it is sent as one `data` line per line, and a client joins them again with
/// LF.
///
/// Without data ([`Event::default`]) a client dispatches nothing, but still takes the reconnection
/// time and the last event ID.
///
/// ```
/// use millstream::{Event, encoder};
///
/// let event = Event::new("one\ntwo").with_event_type("chat".parse()?).with_id("7".parse()?);
/// let mut stream = Vec::new();
/// encoder::encode(&event, &mut stream);
/// assert_eq!(stream, b"event: chat\nid: 7\ndata: one\ndata: two\n\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::struct_field_names, reason = "event type is the standard's word")]
pub struct Event {
    comment: Option<Comment>,
    event_type: Option<EventType>,
    reconnection_time: Option<ReconnectionTime>,
    id: Option<EventId>,
    data: Option<String>,
}

impl Event {
    /// An event with data, which may be empty and may hold line breaks.
    #[must_use]
    pub fn new(data: impl Into<String>) -> Self {
        Self { data: Some(data.into()), ..Self::default() }
    }

    /// Puts a comment before the event.
    #[must_use]
    pub fn with_comment(self, comment: Comment) -> Self {
        Self { comment: Some(comment), ..self }
    }

    /// Names the event's type; without one it is `message`.
    #[must_use]
    pub fn with_event_type(self, event_type: EventType) -> Self {
        Self { event_type: Some(event_type), ..self }
    }

    /// Tells the client how long to wait before it connects again.
    #[must_use]
    pub fn with_reconnection_time(self, time: ReconnectionTime) -> Self {
        Self { reconnection_time: Some(time), ..self }
    }

    /// Sets the client's last event ID; the empty id resets it.
    #[must_use]
    pub fn with_id(self, id: EventId) -> Self {
        Self { id: Some(id), ..self }
    }

    /// The event as it is published: under this id, and with the reconnection time that is
    /// [told](ReconnectionTime::told).
    pub(crate) fn published(self, id: EventId) -> Self {
        let told = self.reconnection_time.and_then(ReconnectionTime::told);
        Self { reconnection_time: told, ..self.with_id(id) }
    }

    /// Replaces the data.
    #[must_use]
    pub fn with_data(self, data: impl Into<String>) -> Self {
        Self { data: Some(data.into()), ..self }
    }

    /// The comment before the event.
    #[must_use]
    pub fn comment(&self) -> Option<&Comment> {
        self.comment.as_ref()
    }

    /// The event's type, if it is named.
    #[must_use]
    pub fn event_type(&self) -> Option<&EventType> {
        self.event_type.as_ref()
    }

    /// The reconnection time that goes with the event.
    #[must_use]
    pub fn reconnection_time(&self) -> Option<ReconnectionTime> {
        self.reconnection_time
    }

    /// The event's id.
    #[must_use]
    pub fn id(&self) -> Option<&EventId> {
        self.id.as_ref()
    }

    /// The event's data, line breaks as they were given.
    #[must_use]
    pub fn data(&self) -> Option<&str> {
        self.data.as_deref()
    }
}

/// Any event, with much of what could break a stream.
#[cfg(all(test, not(target_arch = "wasm32")))]
pub(crate) fn any_event() -> impl proptest::strategy::Strategy<Value = Event> {
    use proptest::{option, prelude::*};

    let text = || "([ -~]|[\r\n]|[\u{0}:é\u{feff}\u{2028}😀]|data|id){0,12}";
    let line = || "([ -~]|[:é\u{feff}\u{2028}😀]|data){0,8}";
    (
        option::of(text().prop_map(Comment::from)),
        option::of(line().prop_filter_map("an event type", |text| text.parse().ok())),
        option::of(any::<u64>().prop_map(ReconnectionTime::from_millis)),
        option::of(line().prop_filter_map("an event id", |text| text.parse().ok())),
        option::of(text()),
    )
        .prop_map(|(comment, event_type, reconnection_time, id, data)| Event {
            comment,
            event_type,
            reconnection_time,
            id,
            data,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_default_event_has_nothing_and_a_new_one_data_alone() {
        assert_eq!(Event::default().data(), None);
        assert_eq!(Event::new(""), Event::default().with_data(""));
    }

    #[test]
    fn every_part_is_given_back_as_it_was_set() {
        let event = Event::new("d")
            .with_comment("c".into())
            .with_event_type("t".parse().unwrap())
            .with_reconnection_time(ReconnectionTime::from_millis(5))
            .with_id("i".parse().unwrap());
        assert_eq!(event.comment().map(Comment::as_str), Some("c"));
        assert_eq!(event.event_type().map(EventType::as_str), Some("t"));
        assert_eq!(event.reconnection_time().map(ReconnectionTime::as_millis), Some(5));
        assert_eq!(event.id().map(EventId::as_str), Some("i"));
        assert_eq!(event.data(), Some("d"));
    }
}
