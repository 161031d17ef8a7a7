//! A request to publish one update: the form of draft-dunglas-mercure-07 § 4, and extensions.

use std::borrow::Cow;

use crate::{
    base::{form, limits::MAX_TYPE_BYTES},
    event_stream::{decoder::DecodedEvent, event::Event, event_type::EventType},
    log::{update::Update, update_id::UpdateId},
    publishing::invalid_request::InvalidPublishRequest,
    topics::{topic::Topic, topics::Topics},
};

/// A valid request to publish: an [`Update`] that may still lack its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishRequest {
    topics: Topics,
    id: Option<UpdateId>,
    event: Event,
    private: bool,
}

/// The topics and options of an event stream, from the URL's query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StreamTarget {
    /// Their topics.
    pub topics: Topics,
    /// Whether the updates are private.
    pub private: bool,
    /// Whether an event keeps its own id. Different streams often have the same ids, and behind an id
    /// that stands twice in the log no client resumes exactly.
    pub keep_ids: bool,
}

impl PublishRequest {
    /// Reads an `application/x-www-form-urlencoded` body.
    ///
    /// Unknown fields are ignored, and so is an empty `id`, `type` or `retry`. A field other than
    /// `topic` counts once: the first is taken. `private` counts whatever its value.
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

    /// The request that publishes one event of a stream to `target`, with the type and the
    /// reconnection time of its block. It keeps the event's own id if the target keeps ids and the id
    /// is not empty.
    ///
    /// # Errors
    /// The first field that is wrong.
    pub(crate) fn from_event(
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

    /// The topics of the update.
    #[must_use]
    pub fn topics(&self) -> &Topics {
        &self.topics
    }

    /// Whether a subscriber needs a grant to get the update.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.private
    }

    /// The id that the publisher gave.
    #[must_use]
    pub fn id(&self) -> Option<&UpdateId> {
        self.id.as_ref()
    }

    /// The event's type.
    #[must_use]
    pub fn event_type(&self) -> Option<&EventType> {
        self.event.event_type()
    }

    /// The update, under the publisher's id if there is one, else under `generated`.
    #[must_use]
    pub fn into_update(self, generated: UpdateId) -> Update {
        let update = match self.id {
            Some(id) => Update::new(self.topics, id, self.event),
            None => Update::new(self.topics, generated, self.event).with_id_of_hub(),
        };
        if self.private { update.into_private() } else { update }
    }
}

/// The fields of a publication as text, from any kind of body.
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
mod tests;
