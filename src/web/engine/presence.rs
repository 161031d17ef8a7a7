//! Announces the beginning and the end of subscriptions, as updates.

use std::{
    cell::{Cell, RefCell},
    fmt::Display,
    rc::Rc,
};

use crate::{
    base::{
        connection_id::ConnectionId,
        limits::{MAX_BATCH_UPDATES, MAX_TOLD_BYTES_OF_HUB},
        sequence::Sequence,
    },
    event_stream::event_type::InvalidEventType,
    hub::subscriber::Subscriber as Asker,
    log::place_key::Nonce,
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
        engine::{
            journal::{Appended, Journal},
            publish_error::PublishError,
        },
        host::{clock, host_url_parser::HostUrlParser},
        streams::record::Record,
    },
};

/// The subscriptions that a hub has announced, and the newest announcement.
pub(crate) struct Presence {
    store: Rc<dyn ActiveSubscriptions>,
    urls: Rc<HostUrlParser>,
    /// The topic of the newest event and its place in the log; `None` before the first.
    newest: RefCell<Option<(Topics, Sequence)>>,
    /// The end of the log when the hub began to announce.
    began: Sequence,
    /// The nonce of the place behind the newest event, the same for every asker who may know of it.
    nonce: Cell<Option<Nonce>>,
    /// Whether a change was not announced.
    untold: Cell<bool>,
    /// Bytes of the announced subscriptions of all connections.
    bytes: Cell<usize>,
    /// The clients of links that are not there. They may come back.
    missed: RefCell<Vec<ConnectionId>>,
}

/// The point in the log behind which an asker reads changes.
pub(crate) struct Behind {
    pub(crate) update: Sequence,
    /// `None` if the host gave no random one.
    pub(crate) nonce: Option<Nonce>,
    /// Whether the point is another one if and only if a subscription has changed.
    pub(crate) names_the_state: bool,
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
        let (newest, nonce, untold, bytes, missed) = Default::default();
        Self { store, urls, newest, began, nonce, untold, bytes, missed }
    }

    /// The point behind which an asker with this access reads changes; `tail` is the last committed
    /// update.
    pub(crate) fn behind(&self, access: &Access, tail: Sequence) -> Behind {
        // An update that is not committed is told to nobody yet.
        match self.unchanged_since(access).filter(|update| *update <= tail) {
            Some(update) => Behind { update, nonce: self.nonce(), names_the_state: true },
            None => Behind { update: tail, nonce: random_nonce(), names_the_state: false },
        }
    }

    /// The update behind which nothing has changed, for an asker who is told of every change and so may
    /// know whether there was one.
    fn unchanged_since(&self, access: &Access) -> Option<Sequence> {
        if self.untold.get() {
            return None;
        }
        let newest = self.newest.borrow();
        let Some((topics, sequence)) = &*newest else { return Some(self.began) };
        let topics = ResolvedTopics::new(topics, &*self.urls);
        access.granted().any(|selector| selector.selects_any(&topics)).then_some(*sequence)
    }

    fn nonce(&self) -> Option<Nonce> {
        let nonce = self.nonce.get().or_else(random_nonce);
        self.nonce.set(nonce);
        nonce
    }

    /// The subscriptions to announce for a new connection, as many as the limits allow.
    pub(crate) fn find(&self, asker: Asker<'_>, journal: &dyn Journal) -> ToldSubscriptions {
        let Asker { id, request, access, .. } = asker;
        let subscriber = Subscriber { hub: self.urls.hub_path(), id, access };
        let (mut told, mut untold) =
            ToldSubscriptions::new(subscriber, request.subscriptions(), &*self.urls);
        if self.bytes.get() + told.bytes() > MAX_TOLD_BYTES_OF_HUB {
            untold.subscriptions += told.as_slice().len();
            told = ToldSubscriptions::default();
        }
        if untold != Untold::default() {
            let Untold { subscriptions, payloads } = untold;
            let detail =
                format!("over a limit: {subscriptions} subscriptions, {payloads} payloads");
            let record = Record::new(Level::Debug, "subscriptions not told").with_connection(id);
            journal.log(record.with_detail(detail));
        }
        told
    }

    /// Announces that these were made or have ended; returns the last update to commit.
    pub(crate) fn tell(
        &self,
        told: &ToldSubscriptions,
        change: Change,
        journal: &dyn Journal,
    ) -> Option<Sequence> {
        let first = told.as_slice().first()?;
        let bytes = self.bytes.get();
        let stored = match change {
            Change::Made => {
                self.bytes.set(bytes + told.bytes());
                self.store.insert(told)
            }
            Change::Ended => {
                self.bytes.set(bytes.saturating_sub(told.bytes()));
                self.store.remove(first.subscriber())
            }
        };
        if let Err(failed) = stored {
            self.untold.set(true);
            not_told(&failed, journal);
            return None;
        }
        let events = told.as_slice().iter().map(|one: &ActiveSubscription| one.event(change));
        self.tell_all(&mut events.map(|event| event.map_err(NotTold::from)), journal)
    }

    /// Announces the end of the subscriptions that an earlier life of the hub left behind; returns the
    /// last update to commit.
    pub(crate) fn tell_ends(&self, journal: &dyn Journal) -> Option<Sequence> {
        match self.store.of_links() {
            Ok(missed) => *self.missed.borrow_mut() = missed,
            Err(failed) => not_told(&failed, journal),
        }
        let ends = self.store.take().unwrap_or_else(|failed| {
            not_told(&failed, journal);
            Vec::new()
        });
        self.tell_all(&mut ends.into_iter().map(Ok), journal)
    }

    /// The link of a client is gone, and may come back.
    pub(crate) fn miss(&self, told: &ToldSubscriptions) {
        if let Some(first) = told.as_slice().first() {
            self.bytes.update(|bytes| bytes.saturating_sub(told.bytes()));
            self.missed.borrow_mut().push(first.subscriber());
        }
    }

    /// Whether clients of links are missed.
    pub(crate) fn misses(&self) -> bool {
        !self.missed.borrow().is_empty()
    }

    /// Whether this client was missed, and is not any more.
    pub(crate) fn returns(&self, told: &ToldSubscriptions) -> bool {
        let Some(first) = told.as_slice().first() else { return false };
        let mut missed = self.missed.borrow_mut();
        // Links come back about in their order, and the first of them is the last here.
        let Some(at) = missed.iter().rposition(|id| *id == first.subscriber()) else {
            return false;
        };
        missed.remove(at);
        self.bytes.update(|bytes| bytes + told.bytes());
        true
    }

    /// Announces the ends of the clients that are missed; returns the last update to commit.
    pub(crate) fn tell_missed(&self, journal: &dyn Journal) -> Option<Sequence> {
        let mut ends = Vec::new();
        for id in self.missed.take() {
            match self.store.take_one(id) {
                Ok(more) => ends.extend(more),
                Err(failed) => not_told(&failed, journal),
            }
        }
        self.tell_all(&mut ends.into_iter().map(Ok), journal)
    }

    fn tell_all(
        &self,
        events: &mut dyn Iterator<Item = Result<SubscriptionEvent, NotTold>>,
        journal: &dyn Journal,
    ) -> Option<Sequence> {
        // The next life of a hub that goes or has failed announces the ends.
        if !journal.is_open() {
            return None;
        }
        let mut until = None;
        let mut untold = false;
        for (at, event) in (1..).zip(events) {
            // One removal takes away that number of old updates.
            if at % MAX_BATCH_UPDATES == 0 {
                journal.prune();
            }
            match event.and_then(|event| self.tell_one(event, journal)) {
                Ok(sequence) => until = Some(sequence),
                Err(error) => {
                    untold = true;
                    not_told(&error, journal);
                }
            }
        }
        if untold {
            self.untold.set(true);
        }
        until
    }

    fn tell_one(
        &self,
        event: SubscriptionEvent,
        journal: &dyn Journal,
    ) -> Result<Sequence, NotTold> {
        let id = clock::update_id().map_err(|_| NotTold::Random)?;
        let update = event.into_update(id)?;
        let Appended { sequence, .. } = journal.append(&update)?;
        *self.newest.borrow_mut() = Some((update.topics().clone(), sequence));
        self.untold.set(false);
        Ok(sequence)
    }
}

fn random_nonce() -> Option<Nonce> {
    clock::connection_id().ok().map(Nonce::from)
}

fn not_told(error: &dyn Display, journal: &dyn Journal) {
    let record = Record::new(Level::Error, "subscription event not published");
    journal.log(record.with_detail(error));
}
