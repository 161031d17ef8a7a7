//! Tells of subscriptions that are made and that have ended.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use thiserror::Error;

use super::{Hooks, HostUrlParser, Level, PublishError, Record, Storage, clock, engine::Engine};
use crate::{
    access::Access,
    active_subscriptions::{ActiveSubscriptions, ActiveSubscriptionsFailed},
    connection_id::ConnectionId,
    event_type::InvalidEventType,
    hub_path,
    resolved_topics::ResolvedTopics,
    sequence::Sequence,
    subscribe_request::SubscribeRequest,
    subscription_document::{ActiveSubscription, SubscriptionEvent},
    topic::InvalidTopic,
    topics::Topics,
};

/// What a hub needs to tell of its subscriptions.
pub(super) struct Presence {
    store: Rc<dyn ActiveSubscriptions>,
    urls: Rc<HostUrlParser>,
    /// The topic of the newest event; nothing while there was none.
    newest: RefCell<Option<Topics>>,
    /// Whether something was made or ended of which no event tells.
    untold: Cell<bool>,
}

/// Why an event was not published. The text is for the log.
#[derive(Debug, Error)]
enum NotTold {
    #[error(transparent)]
    Topic(#[from] InvalidTopic),
    #[error(transparent)]
    EventType(#[from] InvalidEventType),
    #[error(transparent)]
    Store(#[from] ActiveSubscriptionsFailed),
    #[error(transparent)]
    Publish(#[from] PublishError),
    #[error("the host gave no random id")]
    Random,
}

impl Presence {
    pub(super) fn new(store: Rc<dyn ActiveSubscriptions>, urls: Rc<HostUrlParser>) -> Self {
        Self { store, urls, newest: RefCell::default(), untold: Cell::default() }
    }

    /// Whether who has this access is told of the newest change, so that its last event ID tells
    /// whether there was one.
    pub(super) fn tells(&self, access: &Access) -> bool {
        let newest = self.newest.borrow();
        let Some(topics) = &*newest else { return !self.untold.get() };
        let topics = ResolvedTopics::new(topics, &*self.urls);
        !self.untold.get() && access.granted().any(|selector| selector.selects_any(&topics))
    }
}

impl<K: Hooks, S: Storage> Engine<K, S> {
    /// The subscriptions of a connection that is to be registered; none while nobody is told.
    pub(super) fn subscriptions_of(
        &self,
        id: ConnectionId,
        request: &SubscribeRequest,
        access: &Access,
    ) -> Vec<ActiveSubscription> {
        let Some(presence) = &self.presence else { return Vec::new() };
        let hubs = hub_path::same_hub(hub_path::of_url(presence.urls.base()));
        let hub = hubs.first().map_or("", String::as_str);
        let subscriptions = request.subscriptions();
        ActiveSubscription::of_connection(hub, id, subscriptions, access, &*presence.urls)
    }

    /// Tells that these are made or have ended, without waiting for that to be durable.
    pub(super) fn tell(&self, subscriptions: &[ActiveSubscription], active: bool) {
        let (Some(presence), false) = (&self.presence, subscriptions.is_empty()) else { return };
        let tell = |subscription: &ActiveSubscription| {
            let event = subscription.event(active)?;
            if active {
                presence.store.insert(&subscription.event(false)?)?;
            } else {
                presence.store.remove(&event.topic)?;
            }
            self.tell_one(presence, event)
        };
        self.tell_all(presence, subscriptions.iter().map(tell));
    }

    /// Tells the end of what was active when an earlier life of the hub ended without a word.
    pub(super) fn tell_ends(&self) {
        let Some(presence) = &self.presence else { return };
        let ends = presence.store.ends().unwrap_or_else(|failed| {
            self.not_told(&failed);
            Vec::new()
        });
        let tell = |end: SubscriptionEvent| {
            presence.store.remove(&end.topic)?;
            self.tell_one(presence, end)
        };
        self.tell_all(presence, ends.into_iter().map(tell));
    }

    fn tell_one(&self, presence: &Presence, event: SubscriptionEvent) -> Result<Sequence, NotTold> {
        let id = clock::update_id().map_err(|_| NotTold::Random)?;
        let update = event.into_update(id)?;
        let (sequence, _) = self.append(&update)?;
        *presence.newest.borrow_mut() = Some(update.topics().clone());
        presence.untold.set(false);
        Ok(sequence)
    }

    fn tell_all(&self, presence: &Presence, told: impl Iterator<Item = Result<Sequence, NotTold>>) {
        // A hub that goes or has failed can tell nothing; its next life tells the ends.
        let Some(engine) = self.shared().filter(|engine| !engine.failure.has_happened()) else {
            return;
        };
        let mut until = None;
        let mut untold = false;
        for told in told {
            match told {
                Ok(sequence) => until = Some(sequence),
                Err(error) => {
                    untold = true;
                    self.not_told(&error);
                }
            }
        }
        if untold {
            presence.untold.set(true);
        }
        let Some(until) = until else { return };
        wasm_bindgen_futures::spawn_local(async move {
            // What fails is in the log, and has ended every connection.
            let _ = engine.commit(until).await;
        });
    }

    fn not_told(&self, error: &dyn std::error::Error) {
        let record = Record::new(Level::Error, "subscription event not published");
        self.log(&record.with_detail(error));
    }
}
