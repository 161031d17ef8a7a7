//! A subscriber's request: draft-dunglas-mercure-07 § 3 and § 6.

use std::borrow::Cow;

use crate::{
    base::{dialect::Dialect, form, media_type},
    hub::{
        asked::{Asked, Parameter},
        fields::Fields,
        finite_read::{AskedRead, FiniteRead, ReadForm},
        hub_events::HubEvents,
        invalid_subscribe_request::InvalidSubscribeRequest,
        last_event_id::LastEventId,
        subscribe_parts::{SubscribeParts, is_matcher},
    },
    log::cache_control::CacheControl,
    topics::{
        subscription::{MatchType, Subscription},
        url_parser::UrlParser,
    },
};

/// The topics that are asked for and where to begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscribeRequest {
    dialect: Dialect,
    subscriptions: Vec<Subscription>,
    last_event_id: Option<LastEventId>,
    is_returning: bool,
    cache_control: CacheControl,
    fields: Fields,
    hub_events: HubEvents,
    finite_read: Option<FiniteRead>,
}

impl SubscribeRequest {
    /// Reads the query of the URL, the form of a QUERY request, which belongs to 1.0, and the
    /// `Last-Event-ID` header. The header wins over the query's `lastEventId` and
    /// `evs_last_event_id`, which polyfills without headers put there when they come back; those win
    /// over `lastEventID` or `last_event_id`, which win over the form's, and those over
    /// `Last-Event-ID`, the query's in version 7 of the draft; an empty one wins over nothing.
    ///
    /// A parameter whose name begins with `match` makes the request one of 1.0; `urls` resolves its
    /// URL patterns. An empty matcher is that of the empty topic, which no update has: nothing is
    /// selected by it. `fields` names further fields of the events, `hub_events` says
    /// whether those of the hub itself are shown, and `live` and `limit` make it a finite read. Other parameters are not looked at.
    ///
    /// ```
    /// use millstream::{Dialect, SubscribeParts, SubscribeRequest};
    ///
    /// let asked = SubscribeParts::of_query("topic=books&topic=authors");
    /// let request = SubscribeRequest::parse(asked, &())?;
    /// assert_eq!((request.subscriptions().len(), request.dialect()), (2, Dialect::V0));
    /// let asked = SubscribeParts::of_query("match=books");
    /// let asked = SubscribeParts { header: Some("urn:example:1"), ..asked };
    /// let request = SubscribeRequest::parse(asked, &())?;
    /// assert_eq!(request.dialect(), Dialect::V1);
    /// # Ok::<(), millstream::InvalidSubscribeRequest>(())
    /// ```
    ///
    /// # Errors
    /// The first part that is wrong.
    pub fn parse(
        parts: SubscribeParts<'_>,
        urls: &dyn UrlParser,
    ) -> Result<Self, InvalidSubscribeRequest> {
        let SubscribeParts { query, form, header } = parts;
        let dialect = parts.dialect();
        let mut asked = Asked::new(dialect);
        let (mut of_polyfill, mut from_query, mut of_version_7) = (None, None, None);
        let (mut fields, mut hub_events) = (Fields::default(), HubEvents::default());
        let mut read = AskedRead::default();
        let of = |form| form::pairs_of(form, is_parameter);
        let mut ask = |match_type, name, text| asked.add(Parameter { match_type, name, text });
        for pair in of(query.as_bytes()).chain(of(form.unwrap_or_default())) {
            let (name, value) = pair?;
            match (&*name, dialect) {
                ("topic", Dialect::V0) => ask(MatchType::Topic, name, value),
                ("topic", Dialect::V1) => return Err(InvalidSubscribeRequest::TwoDialects),
                ("match" | "match_exact", _) => ask(MatchType::Exact, name, value),
                ("match_urlpattern", _) => ask(MatchType::UrlPattern, name, value),
                ("fields", _) => fields = value.parse()?,
                ("hub_events", _) => hub_events = value.parse()?,
                ("live", _) => read.set_live(&value)?,
                ("limit", _) => read.set_limit(&value)?,
                ("lastEventId" | "evs_last_event_id", _) => keep(&mut of_polyfill, value),
                ("lastEventID" | "last_event_id", _) => keep(&mut from_query, value),
                ("Last-Event-ID", Dialect::V0) => keep(&mut of_version_7, value),
                _ if is_matcher(&name) => {
                    return Err(InvalidSubscribeRequest::UnknownMatcher(name.into_owned()));
                }
                // `Last-Event-ID` of version 7, which 1.0 does not know.
                _ => {}
            }
        }
        let of_client = [header, of_polyfill.as_deref()];
        let is_returning = of_client.into_iter().flatten().any(|id| !id.is_empty());
        let of_url = [from_query.as_deref(), of_version_7.as_deref()];
        let mut named = of_client.into_iter().chain(of_url).flatten();
        let first = named.clone().find(|id| !id.is_empty()).or_else(|| named.next());
        let last_event_id = first.map(str::parse::<LastEventId>).transpose()?;
        let request = Self::live(dialect, asked.compile(urls)?);
        let request = Self { last_event_id, is_returning, fields, hub_events, ..request };
        Ok(read.finish()?.into_iter().fold(request, Self::with_finite_read))
    }

    /// A request for what these subscriptions select, live from now on.
    #[must_use]
    pub fn live(dialect: Dialect, subscriptions: Vec<Subscription>) -> Self {
        let (last_event_id, is_returning) = (None, false);
        let (cache_control, fields, hub_events, finite_read) = Default::default();
        Self {
            dialect,
            subscriptions,
            last_event_id,
            is_returning,
            cache_control,
            fields,
            hub_events,
            finite_read,
        }
    }

    /// The same request of a client that has said this about caches: by default that decides whether it
    /// is told by an event where its stream begins ([`PlaceEvents`](crate::log::place::PlaceEvents)).
    #[must_use]
    pub fn with_cache_control(self, cache_control: CacheControl) -> Self {
        Self { cache_control, ..self }
    }

    /// The same request, begun after the update of this id, or with the oldest one held.
    #[must_use]
    pub fn after(self, last_event_id: LastEventId) -> Self {
        Self { last_event_id: Some(last_event_id), ..self }
    }

    /// The same request of a client that was given its last event ID by an earlier stream.
    #[must_use]
    pub fn returning(self) -> Self {
        Self { is_returning: true, ..self }
    }

    /// The dialect that it is in.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The subscriptions that it asks for.
    #[must_use]
    pub fn subscriptions(&self) -> &[Subscription] {
        &self.subscriptions
    }

    /// Where to begin; `None` for live from now on.
    #[must_use]
    pub fn last_event_id(&self) -> Option<&LastEventId> {
        self.last_event_id.as_ref()
    }

    /// The meaning of the client's `Cache-Control` header.
    #[must_use]
    pub fn cache_control(&self) -> CacheControl {
        self.cache_control
    }

    /// The same request for updates with these fields.
    #[must_use]
    pub fn with_fields(self, fields: Fields) -> Self {
        Self { fields, ..self }
    }

    /// The fields that updates have in the stream.
    #[must_use]
    pub fn fields(&self) -> Fields {
        self.fields
    }

    /// The same request of a client that is shown the hub's own events, or not.
    #[must_use]
    pub fn with_hub_events(self, hub_events: HubEvents) -> Self {
        Self { hub_events, ..self }
    }

    /// Whether its stream has the hub's own events.
    #[must_use]
    pub fn hub_events(&self) -> HubEvents {
        self.hub_events
    }

    /// The same request, which ends with what is held when it comes. Without a last event ID it begins
    /// with the oldest update.
    #[must_use]
    pub fn with_finite_read(self, read: FiniteRead) -> Self {
        let named = self.last_event_id.filter(|id| *id != LastEventId::Empty);
        let last_event_id = named.or(Some(LastEventId::Earliest));
        Self { last_event_id, finite_read: Some(read), ..self }
    }

    /// How it is read, if it ends with what is held.
    #[must_use]
    pub fn finite_read(&self) -> Option<FiniteRead> {
        self.finite_read
    }

    /// How it is answered.
    #[must_use]
    pub fn form(&self) -> ReadForm {
        self.finite_read.unwrap_or_default().form
    }

    /// The same request of a client that sends this `Accept` header; `None` if that excludes every form
    /// of its answer.
    #[must_use]
    pub fn accepting(self, accept: &str) -> Option<Self> {
        let json = self.finite_read.filter(|_| media_type::asks_for_json(accept));
        match json {
            Some(read) => {
                let read = FiniteRead { form: ReadForm::Json, ..read };
                Some(Self { finite_read: Some(read), ..self })
            }
            None => media_type::accepts_event_stream(accept).then_some(self),
        }
    }

    /// Whether it may be that of an `EventSource` which a finite read has ended: it comes back after each
    /// end, until it is told that there is nothing more.
    #[must_use]
    pub(crate) fn is_finite_and_returning(&self) -> bool {
        self.is_returning && self.finite_read.is_some_and(|read| read.form == ReadForm::EventStream)
    }

    /// Whether the client has set the last event ID by itself, in the header or as polyfills do: it
    /// sends what an earlier stream has told it.
    #[must_use]
    pub fn is_returning(&self) -> bool {
        self.is_returning
    }
}

fn is_parameter(name: &str) -> bool {
    matches!(
        name,
        "topic"
            | "fields"
            | "hub_events"
            | "live"
            | "limit"
            | "lastEventID"
            | "last_event_id"
            | "lastEventId"
            | "evs_last_event_id"
            | "Last-Event-ID"
    ) || is_matcher(name)
}

/// Keeps the first value that is not empty, or else that there is one.
fn keep<'a>(kept: &mut Option<Cow<'a, str>>, value: Cow<'a, str>) {
    if kept.as_ref().is_none_or(|kept| kept.is_empty()) {
        *kept = Some(value);
    }
}

#[cfg(test)]
mod tests;
