//! A request to publish one update: the form of draft-dunglas-mercure-07 § 4, and extensions.

use std::borrow::Cow;

use crate::{
    base::{form, limits::MAX_TYPE_BYTES},
    event_stream::{decoder::DecodedEvent, event::Event, event_type::EventType},
    log::{
        closing::{Closing, EndReason},
        update::Update,
        update_id::UpdateId,
    },
    publishing::{close, invalid_request::InvalidPublishRequest, stream_target::StreamTarget},
    topics::{topic::Topic, topics::Topics},
};

/// The fields of a form that count.
const OF_FORM: [&str; 7] = ["topic", "data", "id", "type", "retry", "private", "close"];

/// A valid request to publish: an [`Update`] that may still lack its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishRequest {
    topics: Topics,
    id: Option<UpdateId>,
    event: Event,
    private: bool,
    close: Option<EndReason>,
    has_update: bool,
}

impl PublishRequest {
    /// Reads an `application/x-www-form-urlencoded` body.
    ///
    /// Unknown fields are ignored, and so is an empty `id`, `type` or `retry`. A field other than
    /// `topic` counts once: the first is taken. `private` counts whatever its value. `close` closes the
    /// topics behind the update; without `data`, `id`, `type` and `retry` there is no update.
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
        let is_ours = |name: &str| OF_FORM.contains(&name);
        let mut close = None;
        for pair in form::pairs_of(form, is_ours) {
            let (name, value) = pair?;
            match &*name {
                "topic" => fields.topics.push(value.parse()?),
                "data" => keep_first(&mut fields.data, value),
                "id" => keep_first(&mut fields.id, value),
                "type" => keep_first(&mut fields.event_type, value),
                "retry" => keep_first(&mut fields.retry, value),
                "close" => keep_first(&mut close, value),
                _ => fields.private = true,
            }
        }
        fields.close = close.map(|close| close::parse(&close)).transpose()?;
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
        let (close, has_update) = (None, true);
        Ok(Self {
            topics: topics.clone(),
            id,
            event: published,
            private: *private,
            close,
            has_update,
        })
    }

    /// The public request that only closes these topics.
    #[must_use]
    pub(crate) fn closing(topics: Topics, reason: EndReason) -> Self {
        let (close, has_update) = (Some(reason), false);
        Self { topics, id: None, event: Event::new(""), private: false, close, has_update }
    }

    /// The request that closes the topics of a streamed body.
    #[must_use]
    pub(crate) fn at_end_of(target: &StreamTarget, reason: EndReason) -> Self {
        Self { private: target.private, ..Self::closing(target.topics.clone(), reason) }
    }

    /// The same for private topics.
    #[must_use]
    pub(crate) fn into_private(self) -> Self {
        Self { private: true, ..self }
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

    /// Why it closes its topics, if it does.
    #[must_use]
    pub fn closes(&self) -> Option<EndReason> {
        self.close
    }

    /// Whether it has an update. Without one it only closes its topics.
    #[must_use]
    pub fn has_update(&self) -> bool {
        self.has_update
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

    /// The closings of its topics, in their order; none if it closes nothing.
    #[must_use]
    pub fn closings(&self) -> Vec<Closing> {
        let Some(reason) = self.close else { return Vec::new() };
        let topics = self.topics.as_slice().iter().cloned();
        topics.map(|topic| Closing { topic, reason, private: self.private }).collect()
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
    pub(crate) close: Option<EndReason>,
}

impl Fields<'_> {
    pub(crate) fn into_request(self) -> Result<PublishRequest, InvalidPublishRequest> {
        let (id, retry) = (present(self.id), present(self.retry));
        let event_type = present(self.event_type);
        let has_field = id.is_some() || retry.is_some() || event_type.is_some();
        let has_update = self.close.is_none() || has_field || self.data.is_some();
        let mut event = Event::new(self.data.unwrap_or_default());
        if let Some(event_type) = event_type {
            event = event.with_event_type(parse_event_type(&event_type)?);
        }
        if let Some(retry) = retry {
            event = event.with_reconnection_time(retry.parse()?);
        }
        Ok(PublishRequest {
            topics: Topics::to_publish(self.topics)?,
            id: id.map(|id| id.parse()).transpose()?,
            event,
            private: self.private,
            close: self.close,
            has_update,
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
