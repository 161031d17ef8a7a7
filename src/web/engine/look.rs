//! Looks into the hub: its active subscriptions, its figures and its health.

use crate::{
    base::{figures::Figures, timestamp::Timestamp},
    http::{error::Error, figures::Owners},
    hub::{close_reason::CloseReason, subscriber::Subscriber},
    log::{place::Place, tally::Sight, topic_state::TopicState},
    presence::{subscription_document::ActiveSubscription, told_subscriptions::ToldSubscriptions},
    publishing::idempotency::Idempotency,
    tokens::access::Access,
    topics::topic::Topic,
    web::{
        engine::{engine::Engine, presence::Behind},
        host::{clock, storage::Storage},
        streams::hooks::Hooks,
    },
};

/// A place in the log. Events behind it tell how the subscriptions change.
pub(crate) struct Since {
    pub(crate) place: Place,
    /// Whether equal places mean equal subscriptions. That holds for an asker that is told of every
    /// change. Any other asker gets a place that it never got before, so that the place reveals nothing.
    pub(crate) names_the_state: bool,
}

impl<K: Hooks, S: Storage> Engine<K, S> {
    /// The place behind which an asker with this access is told of changes.
    pub(crate) fn since(&self, access: &Access) -> Result<Since, Error> {
        let behind = self.behind(access).ok_or(Error::NotFound)?;
        let Behind { update, nonce, names_the_state } = behind;
        let place = self.hub().place(update, nonce.ok_or(Error::Internal)?);
        Ok(Since { place, names_the_state })
    }

    /// The active subscriptions that are `shown`.
    pub(crate) fn active(
        &self,
        shown: &dyn Fn(&ActiveSubscription) -> bool,
    ) -> Vec<ActiveSubscription> {
        let hub = self.hub();
        let connections = hub.registry().connection_ids();
        let connections = connections.filter_map(|id| hub.registry().get(id).ok());
        let told = connections.filter_map(|connection| connection.state().subscriptions());
        let active = told.flat_map(ToldSubscriptions::as_slice);
        active.filter(|active| shown(active)).cloned().collect()
    }

    /// The state of a topic.
    pub(crate) fn topic_state(&self, topic: &Topic, sight: Sight) -> Result<TopicState, S::Error> {
        self.hub().log().topic_state(topic, sight, clock::now())
    }

    /// The state of the one topic that a subscriber asks for, as far as it may know it.
    pub(crate) fn state_for(
        &self,
        subscriber: Subscriber<'_>,
        has_begun: &dyn Fn(&Topic, Sight) -> bool,
    ) -> Result<Option<TopicState>, Error> {
        let state = self.hub().state_for(subscriber, has_begun, clock::now());
        state.map_err(|error| self.history_failed(&error))
    }

    /// How many connections have ended for this reason.
    pub(crate) fn ended(&self, reason: CloseReason) -> u64 {
        self.hub().registry().ended(reason)
    }

    /// The number of connections that have ended while the runtime still holds their streams.
    pub(crate) fn leaving(&self) -> usize {
        self.places().leaving()
    }

    /// The figures, with those of these idempotency keys.
    pub(crate) fn figures(&self, keys: &Idempotency) -> Figures {
        let (hub, places) = (self.hub(), self.places().admissions());
        Owners { hub: &*hub, places: &places, links: self.delivery().link_counts(), keys }.figures()
    }

    /// Whether the address of a client matters.
    pub(crate) fn counts_addresses(&self) -> bool {
        self.places().count_addresses()
    }

    /// How many updates were left out for slow connections.
    pub(crate) fn conflated(&self) -> u64 {
        self.hub().conflated()
    }

    /// Whether a write was not confirmed.
    pub(crate) fn has_failed(&self) -> bool {
        self.failure().has_happened()
    }

    /// Resolves to true once a write was not confirmed; to false when the hub ends before.
    pub(crate) fn failed(&self) -> impl Future<Output = bool> + use<K, S> {
        self.failure().happens()
    }

    /// Whether the history answers, and every write so far was confirmed.
    pub(crate) fn is_healthy(&self) -> bool {
        !self.has_failed() && self.hub().log().history().newest().is_ok()
    }

    /// The time from which on the oldest update is too old.
    pub(crate) fn prune_at(&self) -> Result<Option<Timestamp>, S::Error> {
        self.hub().log().prune_at()
    }
}
