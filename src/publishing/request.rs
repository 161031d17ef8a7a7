//! What publishes, as it was asked for: the form of draft-dunglas-mercure-07 § 4, and extensions.

use std::borrow::Cow;

use thiserror::Error;

use crate::{
    base::{
        form::{self, NotUtf8},
        limits::MAX_TYPE_BYTES,
    },
    event_stream::{
        decoder::DecodedEvent,
        event::Event,
        event_type::{EventType, InvalidEventType},
        reconnection_time::InvalidReconnectionTime,
    },
    log::{
        update::Update,
        update_id::{InvalidUpdateId, UpdateId},
    },
    publishing::stream_target::StreamTarget,
    topics::{
        topic::{InvalidTopic, Topic},
        topics::{InvalidTopics, Topics},
    },
};

/// A publication as it was asked for: an [`Update`] that may still lack its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishRequest {
    topics: Topics,
    id: Option<UpdateId>,
    event: Event,
    private: bool,
}

/// Which field of the form is wrong, and why.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidPublishRequest {
    /// There is no `topic`, or there are too many.
    #[error("{}", topics_detail(.0))]
    Topics(#[from] InvalidTopics),
    /// A `topic` is not one.
    #[error("Invalid \"topic\" parameter: {0}")]
    Topic(#[from] InvalidTopic),
    /// The `id` cannot be one.
    #[error("Invalid \"id\" parameter: {0}")]
    Id(#[from] InvalidUpdateId),
    /// The `type` cannot be one.
    #[error("Invalid \"type\" parameter: {0}")]
    Type(#[from] InvalidEventType),
    /// The `type` is longer than [`MAX_TYPE_BYTES`].
    #[error("Invalid \"type\" parameter: it has {0} bytes, the limit is {MAX_TYPE_BYTES}")]
    TypeTooLong(usize),
    /// The `retry` is not a number of milliseconds.
    #[error("Invalid \"retry\" parameter: {0}")]
    Retry(#[from] InvalidReconnectionTime),
    /// The form is not UTF-8.
    #[error("Invalid form: {0}")]
    NotUtf8(#[from] NotUtf8),
    /// The body is not a JSON object.
    #[error("Invalid JSON: {0}")]
    Json(String),
    /// A member of the JSON object is of another type.
    #[error("Invalid \"{member}\" parameter: it must be {expected}")]
    Member {
        /// Its name.
        member: &'static str,
        /// What would be right.
        expected: &'static str,
    },
}

impl InvalidPublishRequest {
    /// The field that is wrong.
    #[must_use]
    pub fn field(&self) -> &str {
        match self {
            Self::Topics(_) | Self::Topic(_) => "topic",
            Self::Id(_) => "id",
            Self::Type(_) | Self::TypeTooLong(_) => "type",
            Self::Retry(_) => "retry",
            Self::NotUtf8(not_utf8) => &not_utf8.field,
            Self::Json(_) => "body",
            Self::Member { member, .. } => member,
        }
    }
}

impl InvalidPublishRequest {
    /// Whether a limit of the hub is all that stands against it: draft-dunglas-mercure-08,
    /// "publication", has that answered 413.
    #[must_use]
    pub fn is_over_limit(&self) -> bool {
        matches!(
            self,
            Self::Topics(InvalidTopics::TooMany { .. } | InvalidTopics::TooLong { .. })
                | Self::Topic(InvalidTopic::TooLong { .. })
                | Self::Id(InvalidUpdateId::TooLong(_))
                | Self::TypeTooLong(_)
        )
    }
}

impl PublishRequest {
    /// Reads an `application/x-www-form-urlencoded` body. Unknown fields are ignored; of a field
    /// other than `topic` that is given twice the first counts; an empty `id`, `type` or `retry`
    /// is as good as none; `private` counts by being there.
    ///
    /// ```
    /// use millstream::PublishRequest;
    ///
    /// let request = PublishRequest::from_form(b"topic=books/1&topic=books&data=sold+out")?;
    /// let update = request.into_update("urn:uuid:0189c5a3".parse().unwrap());
    /// assert_eq!(update.topics().as_slice().len(), 2);
    /// # Ok::<(), millstream::InvalidPublishRequest>(())
    /// ```
    ///
    /// # Errors
    /// The first field that is wrong.
    pub fn from_form(form: &[u8]) -> Result<Self, InvalidPublishRequest> {
        let mut fields = Fields::default();
        let is_ours =
            |name: &str| matches!(name, "topic" | "data" | "id" | "type" | "retry" | "private");
        for pair in form::pairs_of(form, is_ours) {
            let (name, value) = pair?;
            match &*name {
                "topic" => fields.topics.push(value.parse()?),
                "data" => keep_first(&mut fields.data, value),
                "id" => keep_first(&mut fields.id, value),
                "type" => keep_first(&mut fields.event_type, value),
                "retry" => keep_first(&mut fields.retry, value),
                _ => fields.private = true,
            }
        }
        fields.into_request()
    }

    /// One event of a stream that is published to `target`, with the type and the reconnection time
    /// that its block set; under its own id if those are kept and it has one that is not empty.
    ///
    /// # Errors
    /// The first field that is wrong.
    pub fn from_event(
        target: &StreamTarget,
        event: &DecodedEvent<'_>,
    ) -> Result<Self, InvalidPublishRequest> {
        let kept = event.id().filter(|id| target.keep_ids && !id.is_empty());
        let id = kept.map(str::parse).transpose()?;
        let mut published = Event::new(event.data());
        if let Some(event_type) = event.named_event_type() {
            published = published.with_event_type(parse_event_type(event_type)?);
        }
        if let Some(time) = event.reconnection_time() {
            published = published.with_reconnection_time(time.try_into()?);
        }
        let StreamTarget { topics, private, .. } = target;
        Ok(Self { topics: topics.clone(), id, event: published, private: *private })
    }

    /// What it is about.
    #[must_use]
    pub fn topics(&self) -> &Topics {
        &self.topics
    }

    /// Whether a grant is needed to see it.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.private
    }

    /// The publisher's id.
    #[must_use]
    pub fn id(&self) -> Option<&UpdateId> {
        self.id.as_ref()
    }

    /// The event's type.
    #[must_use]
    pub fn event_type(&self) -> Option<&EventType> {
        self.event.event_type()
    }

    /// The update, under the publisher's id or else under `generated`.
    #[must_use]
    pub fn into_update(self, generated: UpdateId) -> Update {
        let update = match self.id {
            Some(id) => Update::new(self.topics, id, self.event),
            None => Update::new(self.topics, generated, self.event).with_id_of_hub(),
        };
        if self.private { update.into_private() } else { update }
    }
}

/// The fields of a publication as text, from whatever kind of body.
#[derive(Default)]
pub(crate) struct Fields<'a> {
    pub(crate) topics: Vec<Topic>,
    pub(crate) data: Option<Cow<'a, str>>,
    pub(crate) id: Option<Cow<'a, str>>,
    pub(crate) event_type: Option<Cow<'a, str>>,
    pub(crate) retry: Option<Cow<'a, str>>,
    pub(crate) private: bool,
}

impl Fields<'_> {
    pub(crate) fn into_request(self) -> Result<PublishRequest, InvalidPublishRequest> {
        let mut event = Event::new(self.data.unwrap_or_default());
        if let Some(event_type) = present(self.event_type) {
            event = event.with_event_type(parse_event_type(&event_type)?);
        }
        if let Some(retry) = present(self.retry) {
            event = event.with_reconnection_time(retry.parse()?);
        }
        Ok(PublishRequest {
            topics: Topics::to_publish(self.topics)?,
            id: present(self.id).map(|id| id.parse()).transpose()?,
            event,
            private: self.private,
        })
    }
}

fn topics_detail(invalid: &InvalidTopics) -> String {
    match invalid {
        InvalidTopics::Missing => "Missing \"topic\" parameter: name at least one topic".to_owned(),
        InvalidTopics::TooMany { .. } | InvalidTopics::TooLong { .. } => {
            format!("Invalid \"topic\" parameter: {invalid}")
        }
    }
}

fn keep_first<'a>(field: &mut Option<Cow<'a, str>>, value: Cow<'a, str>) {
    field.get_or_insert(value);
}

fn present(field: Option<Cow<'_, str>>) -> Option<Cow<'_, str>> {
    field.filter(|value| !value.is_empty())
}

fn parse_event_type(text: &str) -> Result<EventType, InvalidPublishRequest> {
    match text.len() {
        0..=MAX_TYPE_BYTES => Ok(text.parse()?),
        bytes => Err(InvalidPublishRequest::TypeTooLong(bytes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::update_id::IdOrigin;

    #[track_caller]
    fn refused(form: &str, field: &str, detail: &str) {
        let error = PublishRequest::from_form(form.as_bytes()).unwrap_err();
        assert_eq!((error.field(), error.to_string().as_str()), (field, detail));
    }

    fn update(form: &str) -> Update {
        let request = PublishRequest::from_form(form.as_bytes()).unwrap();
        request.into_update("generated".parse().unwrap())
    }

    #[track_caller]
    fn sent(form: &str, event: &str) {
        let encoded = update(form).encode().unwrap();
        assert_eq!(std::str::from_utf8(&encoded.event).unwrap(), event);
    }

    #[test]
    fn every_field_reaches_the_event_stream() {
        sent(
            "topic=a&data=x%0Ay&id=i&type=t&retry=5000",
            "event: t\nretry: 5000\nid: i\ndata: x\ndata: y\n\n",
        );
    }

    #[test]
    fn an_update_without_data_is_sent_with_empty_data() {
        sent("topic=a", "id: generated\ndata: \n\n");
    }

    #[test]
    fn empty_fields_are_as_good_as_none() {
        sent("topic=a&id=&type=&retry=", "id: generated\ndata: \n\n");
        sent("topic=a&retry=00", "id: generated\ndata: \n\n");
    }

    #[test]
    fn of_a_field_given_twice_the_first_counts() {
        sent("topic=a&id=1&id=2&data=x&data=y", "id: 1\ndata: x\n\n");
    }

    #[test]
    fn private_counts_by_being_there() {
        assert!(update("topic=a&private").is_private());
        assert!(update("topic=a&private=false").is_private());
        assert!(!update("topic=a&privat=on").is_private());
    }

    #[test]
    fn a_missing_topic_is_named() {
        refused("data=x", "topic", "Missing \"topic\" parameter: name at least one topic");
    }

    #[test]
    fn the_thousand_and_first_topic_is_refused() {
        let form = "topic=a&".repeat(1_001);
        refused(
            &form,
            "topic",
            "Invalid \"topic\" parameter: there are 1001 topics, the limit is 1000",
        );
        assert!(PublishRequest::from_form(&form.as_bytes()[8..]).is_ok());
    }

    #[test]
    fn control_characters_are_refused_where_they_would_break_the_stream() {
        for (form, field) in [
            ("topic=a&id=x%0Ay", "id"),
            ("topic=a&id=x%0Dy", "id"),
            ("topic=a&id=x%00y", "id"),
            ("topic=a&id=x%09y", "id"),
            ("topic=a&id=x%7F", "id"),
            ("topic=a&id=%20x", "id"),
            ("topic=a&id=x+", "id"),
            ("topic=a&id=caf%C3%A9-1", "id"),
            ("topic=a&type=x%0Ay", "type"),
            ("topic=a&type=x%0Dy", "type"),
            ("topic=a&type=x%00y", "type"),
            ("topic=a%0Ab", "topic"),
            ("topic=a&retry=5%0A", "retry"),
        ] {
            assert_eq!(PublishRequest::from_form(form.as_bytes()).unwrap_err().field(), field);
        }
    }

    #[test]
    fn a_retry_that_no_client_can_wait_for_is_refused() {
        for retry in
            ["invalid", "-1", "1.5", "1s", "2147483648", "4294967296", "99999999999999999999999"]
        {
            let form = format!("topic=a&retry={retry}");
            assert_eq!(PublishRequest::from_form(form.as_bytes()).unwrap_err().field(), "retry");
        }
    }

    #[test]
    fn ids_that_the_protocol_reserves_are_refused() {
        refused("topic=a&id=earliest", "id", "Invalid \"id\" parameter: \"earliest\" is reserved");
        refused("topic=a&id=%23x", "id", "Invalid \"id\" parameter: \"#x\" is reserved");
    }

    #[test]
    fn an_id_or_type_over_its_limit_is_refused() {
        for field in ["id", "type"] {
            let form = format!("topic=a&{field}={}", "x".repeat(1_025));
            assert_eq!(PublishRequest::from_form(form.as_bytes()).unwrap_err().field(), field);
            assert!(PublishRequest::from_form(&form.as_bytes()[..form.len() - 1]).is_ok());
        }
    }

    #[test]
    fn an_id_is_the_hubs_if_the_publisher_gave_none() {
        let origin = |form: &str| update(form).encode().unwrap().id_origin;
        assert_eq!(origin("topic=a&private=on"), IdOrigin::Hub);
        assert_eq!(origin("topic=a&private=on&id="), IdOrigin::Hub);
        assert_eq!(origin("topic=a&private=on&id=1"), IdOrigin::Publisher);
    }

    #[test]
    fn a_field_that_is_not_utf_8_is_named() {
        refused("topic=%ff", "topic", "Invalid form: the field \"topic\" is not UTF-8");
        sent("topic=a&utm=%ff", "id: generated\ndata: \n\n");
    }
}
