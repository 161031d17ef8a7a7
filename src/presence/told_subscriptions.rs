//! The announced subscriptions of one connection: bounded, since anybody may subscribe.

use std::{collections::HashSet, sync::Arc};

use crate::{
    base::{
        connection_id::ConnectionId,
        heap,
        limits::{MAX_PAYLOAD_BYTES, MAX_TOLD_BYTES, MAX_TOLD_SUBSCRIPTIONS},
    },
    hub::resumes::Keeper,
    presence::{
        subscription_document::{ActiveSubscription, Asked},
        subscription_event::{Change, SubscriptionEvent},
    },
    tokens::access::Access,
    topics::{
        resolved_topics::ResolvedTopics,
        subscription::{MatchType, Subscription},
        topic::Topic,
        topics::Topics,
        url_parser::UrlParser,
    },
};

/// The connection that subscribes, and its hub.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subscriber<'a> {
    /// The path of the hub.
    pub hub: &'a str,
    /// The id of the connection.
    pub id: ConnectionId,
    /// The rights of its token, which hold the payloads.
    pub access: &'a Access,
}

/// The subscriptions of a connection that the hub announces and the subscription API shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToldSubscriptions {
    active: Vec<ActiveSubscription>,
    bytes: usize,
    keeper: Keeper,
}

/// The number of things that are over a limit, and so are not announced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Untold {
    /// Subscriptions beyond [`MAX_TOLD_SUBSCRIPTIONS`] or [`MAX_TOLD_BYTES`], and subscriptions with a URL
    /// that is longer than a topic may be.
    pub subscriptions: usize,
    /// Payloads over [`MAX_PAYLOAD_BYTES`] of subscriptions that are announced.
    pub payloads: usize,
}

/// The columns of a store. No text in them holds a line break.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The path of the hub.
    pub hub: String,
    /// The connection.
    pub subscriber: String,
    /// A line for each subscription: the type, the number of its payload or `-`, the matcher.
    pub subscriptions: String,
    /// A line for each payload.
    pub payloads: String,
}

impl ToldSubscriptions {
    /// The announced ones of these subscriptions, each once. `urls` resolves their matchers.
    #[must_use]
    pub(crate) fn new(
        subscriber: Subscriber<'_>,
        subscriptions: &[Subscription],
        urls: &dyn UrlParser,
    ) -> (Self, Untold) {
        let (mut told, mut untold) = (Self::default(), Untold::default());
        let hub = Arc::from(subscriber.hub);
        let mut payloads: Vec<Arc<str>> = Vec::new();
        let mut seen = HashSet::new();
        for subscription in subscriptions {
            let (match_type, matcher) = (subscription.match_type(), subscription.as_str());
            let asked = Asked { match_type, matcher };
            if !seen.insert(asked) {
                continue;
            }
            if told.active.len() >= MAX_TOLD_SUBSCRIPTIONS {
                untold.subscriptions += 1;
                continue;
            }
            let mut active = ActiveSubscription::new(&hub, subscriber.id, asked);
            let payload = payload(subscriber.access, matcher, urls);
            let fitting = payload.filter(|payload| payload.len() <= MAX_PAYLOAD_BYTES);
            if let Some(payload) = fitting {
                let known = payloads.iter().find(|known| ***known == *payload).cloned();
                let payload = known.unwrap_or_else(|| {
                    let payload: Arc<str> = payload.into();
                    payloads.push(Arc::clone(&payload));
                    payload
                });
                active = active.with_payload(payload);
            }
            if told.push(active) {
                untold.payloads += usize::from(fitting.is_none() && payload.is_some());
            } else {
                untold.subscriptions += 1;
            }
        }
        (told, untold)
    }

    /// Adds one, unless it is over a limit.
    fn push(&mut self, active: ActiveSubscription) -> bool {
        let Ok(SubscriptionEvent { topic, document, .. }) = active.event(Change::Ended) else {
            return false;
        };
        let bytes = self.bytes + topic.as_str().len() + document.len();
        if bytes > MAX_TOLD_BYTES {
            return false;
        }
        self.bytes = bytes;
        self.active.push(active);
        true
    }

    /// The same of a connection whose time is kept by this one.
    #[must_use]
    pub(crate) fn kept_by(self, keeper: Keeper) -> Self {
        Self { keeper, ..self }
    }

    /// Whether a Worker holds the stream of the connection.
    #[must_use]
    pub fn is_of_link(&self) -> bool {
        self.keeper == Keeper::Worker
    }

    /// Each of them.
    #[must_use]
    pub fn as_slice(&self) -> &[ActiveSubscription] {
        &self.active
    }

    /// Bytes of their topics and documents.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Bytes that they take in memory.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        let mut payloads: Vec<&str> = self.active.iter().filter_map(|one| one.payload()).collect();
        payloads.dedup();
        let payloads: usize = payloads.into_iter().map(heap::shared_text).sum();
        self.active.iter().map(ActiveSubscription::held_bytes).sum::<usize>() + payloads
    }

    /// The columns for a store, so that a later object can announce their end. `None` when there are
    /// none.
    #[must_use]
    pub fn to_stored(&self) -> Option<Stored> {
        let first = self.active.first()?;
        let (mut lines, mut payloads) = (Vec::new(), Vec::new());
        for active in &self.active {
            let payload = active.payload().map(|payload| {
                payloads.iter().position(|known| *known == payload).unwrap_or_else(|| {
                    payloads.push(payload);
                    payloads.len() - 1
                })
            });
            let payload = payload.map_or_else(|| "-".to_owned(), |at| at.to_string());
            lines.push(format!("{} {payload} {}", active.match_type().as_str(), active.matcher()));
        }
        // In valid JSON a line break is white space between two tokens.
        let payloads: Vec<_> =
            payloads.into_iter().map(|payload| payload.replace(['\n', '\r'], " ")).collect();
        Some(Stored {
            hub: first.hub().to_owned(),
            subscriber: first.subscriber().to_string(),
            subscriptions: lines.join("\n"),
            payloads: payloads.join("\n"),
        })
    }

    /// Reads the columns that [`Self::to_stored`] wrote; `None` for any others.
    #[must_use]
    pub fn from_stored(stored: &Stored) -> Option<Self> {
        let (hub, subscriber) = (stored.hub.as_str().into(), stored.subscriber.parse().ok()?);
        let payloads: Vec<Arc<str>> = stored.payloads.lines().map(Arc::from).collect();
        let mut told = Self::default();
        for line in stored.subscriptions.split('\n') {
            let (match_type, rest) = line.split_once(' ')?;
            let (payload, matcher) = rest.split_once(' ')?;
            let match_type = MatchType::ALL.into_iter().find(|all| all.as_str() == match_type)?;
            let mut active =
                ActiveSubscription::new(&hub, subscriber, Asked { match_type, matcher });
            if payload != "-" {
                active = active.with_payload(payloads.get(payload.parse::<usize>().ok()?)?.clone());
            }
            told.push(active);
        }
        Some(told)
    }
}

/// The payload of a subscription to `matcher`.
fn payload<'a>(access: &'a Access, matcher: &str, urls: &dyn UrlParser) -> Option<&'a str> {
    let topics = Topics::from(matcher.parse::<Topic>().ok()?);
    access.payload(&ResolvedTopics::new(&topics, urls))
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
