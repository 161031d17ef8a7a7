//! Tells of subscriptions that are made and that have ended.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use thiserror::Error;

use super::{Hooks, HostUrlParser, Level, PublishError, Record, Storage, clock, engine::Engine};
use crate::{
    access::Access,
    active_subscriptions::ActiveSubscriptions,
    connection_id::ConnectionId,
    event_type::InvalidEventType,
    hub_path,
    limits::{MAX_BATCH_UPDATES, MAX_TOLD_BYTES_OF_HUB},
    resolved_topics::ResolvedTopics,
    sequence::Sequence,
    subscribe_request::SubscribeRequest,
    subscription_document::{ActiveSubscription, SubscriptionEvent},
    told_subscriptions::{Subscriber, ToldSubscriptions, Untold},
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
    /// Bytes of what there is to tell of all connections.
    bytes: Cell<usize>,
}

/// What has become of subscriptions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Made,
    Ended,
}

/// Why an event was not published. The text is for the log.
#[derive(Debug, Error)]
enum NotTold {
    #[error(transparent)]
    Topic(#[from] InvalidTopic),
    #[error(transparent)]
    EventType(#[from] InvalidEventType),
    #[error(transparent)]
    Publish(#[from] PublishError),
    #[error("the host gave no random id")]
    Random,
}

impl Presence {
    pub(super) fn new(store: Rc<dyn ActiveSubscriptions>, urls: Rc<HostUrlParser>) -> Self {
        Self {
            store,
            urls,
            newest: RefCell::default(),
            untold: Cell::default(),
            bytes: Cell::default(),
        }
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
    /// What is to be told of a connection that is to be registered; nothing while nobody is told.
    pub(super) fn subscriptions_of(
        &self,
        id: ConnectionId,
        request: &SubscribeRequest,
        access: &Access,
    ) -> ToldSubscriptions {
        let Some(presence) = &self.presence else { return ToldSubscriptions::default() };
        let hubs = hub_path::same_hub(hub_path::of_url(presence.urls.base()));
        let hub = hubs.first().map_or("", String::as_str);
        let subscriber = Subscriber { hub, id, access };
        let (mut told, mut untold) =
            ToldSubscriptions::new(subscriber, request.subscriptions(), &*presence.urls);
        if presence.bytes.get() + told.bytes() > MAX_TOLD_BYTES_OF_HUB {
            untold.subscriptions += told.as_slice().len();
            told = ToldSubscriptions::default();
        }
        if untold != Untold::default() && self.logs(Level::Debug) {
            let Untold { subscriptions, payloads } = untold;
            let record = Record::new(Level::Debug, "subscriptions not told").with_connection(id);
            let detail =
                format!("over a limit: {subscriptions} subscriptions, {payloads} payloads");
            self.log(&record.with_detail(detail));
        }
        told
    }

    /// Tells that these are made or have ended, without waiting for that to be durable.
    pub(super) fn tell(&self, told: &ToldSubscriptions, change: Change) {
        let (Some(presence), [first, ..]) = (&self.presence, told.as_slice()) else { return };
        let bytes = presence.bytes.get();
        let stored = match change {
            Change::Made => {
                presence.bytes.set(bytes + told.bytes());
                presence.store.insert(told)
            }
            Change::Ended => {
                presence.bytes.set(bytes.saturating_sub(told.bytes()));
                presence.store.remove(first.subscriber())
            }
        };
        if let Err(failed) = stored {
            presence.untold.set(true);
            self.not_told(&failed);
            return;
        }
        let tell = |subscription: &ActiveSubscription| {
            self.tell_one(presence, subscription.event(change == Change::Made)?)
        };
        self.tell_all(presence, told.as_slice().iter().map(tell));
    }

    /// Tells the end of what was active when an earlier life of the hub ended without a word.
    pub(super) fn tell_ends(&self) {
        let Some(presence) = &self.presence else { return };
        let ends = presence.store.take().unwrap_or_else(|failed| {
            self.not_told(&failed);
            Vec::new()
        });
        self.tell_all(presence, ends.into_iter().map(|end| self.tell_one(presence, end)));
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
        for (at, told) in (1..).zip(told) {
            // As many as one removal of old updates takes away.
            if at % MAX_BATCH_UPDATES == 0 {
                self.prune();
            }
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
