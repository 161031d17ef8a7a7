//! Tells of subscriptions that are made and that have ended.

use std::{
    cell::{Cell, RefCell},
    fmt::Display,
    rc::Rc,
};

use wasm_bindgen::JsValue;

use crate::{
    base::{
        connection_id::ConnectionId,
        limits::{MAX_BATCH_UPDATES, MAX_TOLD_BYTES_OF_HUB},
        sequence::Sequence,
    },
    event_stream::event_type::InvalidEventType,
    http::error::Error,
    hub::subscribe_request::SubscribeRequest,
    log::{place::Place, place_key::Nonce},
    presence::{
        active_subscriptions::ActiveSubscriptions,
        subscription_document::ActiveSubscription,
        subscription_event::{Change, SubscriptionEvent},
        told_subscriptions::{Subscriber, ToldSubscriptions, Untold},
    },
    settings::level::Level,
    tokens::access::Access,
    topics::{resolved_topics::ResolvedTopics, topic::InvalidTopic, topics::Topics},
    web::{
        engine::engine::Engine,
        host::{clock, host_url_parser::HostUrlParser, storage::Storage},
        http::publish::PublishError,
        streams::hooks::{Hooks, Record},
    },
};

/// What a hub needs to tell of its subscriptions.
pub(crate) struct Presence {
    store: Rc<dyn ActiveSubscriptions>,
    urls: Rc<HostUrlParser>,
    /// The topic of the newest event and its place in the log; nothing while there was none.
    newest: RefCell<Option<(Topics, Sequence)>>,
    /// The end of the log when the hub began to tell.
    began: Sequence,
    /// With what the place behind the newest event is told, in the same words to all who may know of it.
    nonce: Cell<Option<Nonce>>,
    /// Whether something was made or ended of which no event tells.
    untold: Cell<bool>,
    /// Bytes of what there is to tell of all connections.
    bytes: Cell<usize>,
}

/// Why an event was not published. The text is for the log.
#[derive(Debug, thiserror::Error)]
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
    pub(crate) fn new(
        store: Rc<dyn ActiveSubscriptions>,
        urls: Rc<HostUrlParser>,
        began: Sequence,
    ) -> Self {
        let (newest, nonce, untold, bytes) = Default::default();
        Self { store, urls, newest, began, nonce, untold, bytes }
    }

    /// Behind which update there is no change yet, if who has this access is told of every change and so
    /// may know whether there was one.
    fn unchanged_since(&self, access: &Access) -> Option<Sequence> {
        if self.untold.get() {
            return None;
        }
        let newest = self.newest.borrow();
        let Some((topics, sequence)) = &*newest else { return Some(self.began) };
        let topics = ResolvedTopics::new(topics, &*self.urls);
        access.granted().any(|selector| selector.selects_any(&topics)).then_some(*sequence)
    }

    fn nonce(&self) -> Result<Nonce, JsValue> {
        let nonce = self.nonce.get().map_or_else(|| clock::connection_id().map(Nonce::from), Ok)?;
        self.nonce.set(Some(nonce));
        Ok(nonce)
    }
}

/// From where on events tell what becomes of the subscriptions.
pub(crate) struct Since {
    pub(crate) place: Place,
    /// Whether the place is another whenever something has changed, and only then. If not it is like no
    /// other: the asker is not told of every change, and the place must not tell of one.
    pub(crate) names_the_state: bool,
}

impl<K: Hooks, S: Storage> Engine<K, S> {
    /// The place from which on who has this access is told of changes.
    pub(crate) fn since(&self, access: &Access) -> Result<Since, Error> {
        let Some(presence) = &self.presence else { return Err(Error::NotFound) };
        let hub = self.hub.borrow();
        let tail = hub.log().tail();
        // What is not committed is told to nobody yet.
        let unchanged = presence.unchanged_since(access).filter(|cursor| *cursor <= tail);
        let (behind, nonce) = match unchanged {
            Some(cursor) => (cursor, presence.nonce()),
            None => (tail, clock::connection_id().map(Nonce::from)),
        };
        let place = hub.place(behind, nonce.map_err(|_| Error::Internal)?);
        Ok(Since { place, names_the_state: unchanged.is_some() })
    }

    /// What is to be told of a connection that is to be registered; nothing while nobody is told.
    pub(crate) fn subscriptions_of(
        &self,
        id: ConnectionId,
        request: &SubscribeRequest,
        access: &Access,
    ) -> ToldSubscriptions {
        let Some(presence) = &self.presence else { return ToldSubscriptions::default() };
        let subscriber = Subscriber { hub: presence.urls.hub_path(), id, access };
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
    pub(crate) fn tell(&self, told: &ToldSubscriptions, change: Change) {
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
            self.tell_one(presence, subscription.event(change)?)
        };
        self.tell_all(presence, told.as_slice().iter().map(tell));
    }

    /// Tells the end of what was active when an earlier life of the hub ended without a word.
    pub(crate) fn tell_ends(&self) {
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
        *presence.newest.borrow_mut() = Some((update.topics().clone(), sequence));
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

    fn not_told(&self, error: &dyn Display) {
        let record = Record::new(Level::Error, "subscription event not published");
        self.log(&record.with_detail(error));
    }
}
