//! The handler: a hub, for the requests of a host and for calls in Rust.

mod links;
mod requests;
mod restore;

use std::{cell::OnceCell, fmt, rc::Rc, time::Duration};

use crate::{
    base::{
        figures::Figures,
        limits::{WINDOW_BYTES, WINDOW_UPDATES},
        timestamp::Timestamp,
    },
    event_stream::event_id::EventId,
    http::error::Error,
    hub::{close_reason::CloseReason, engine::Hub, subscribe_request::SubscribeRequest},
    log::{
        closing::Closing, history::Bounds, log::Log, place_key::PlaceKey, tally::Sight,
        topic_state::TopicState, update::Update,
    },
    settings::config::Config,
    tokens::access::Access,
    topics::topic::Topic,
    web::{
        engine::{
            application::Application,
            delivery::Carried,
            engine::{Engine, Owners},
            places::Places,
            presence::Presence,
            publish_error::PublishError,
        },
        host::{deflate::Deflate, host_url_parser::HostUrlParser, storage::Storage},
        http::{
            door::Door, limits::Limits, producers::Producers, subscribe_failed::SubscribeFailed,
            waking::Waking,
        },
        streams::{chunks::Chunks, compressor::Compressor, hooks::Hooks, registry::Registry},
    },
};

/// A hub in one place: `ServerSentEventHandler` of the class reference. `K` are the application's
/// hooks, `S` is the storage under the log. Cheap to clone; the last clone takes the hub with it.
pub struct Handler<K: Hooks = (), S: Storage = ()> {
    config: Rc<Config>,
    engine: Rc<Engine<K, S>>,
    limits: Rc<Limits>,
    producers: Rc<Producers>,
    door: Rc<OnceCell<Door>>,
    waking: Rc<Waking>,
    compressor: Option<Rc<Compressor>>,
}

/// The stored state of a hub, as it is opened.
struct Opened<S: Storage> {
    log: Log<S>,
    drained: Option<Timestamp>,
    place_key: Option<PlaceKey>,
}

impl<K: Hooks> Handler<K> {
    /// A hub that keeps its history in memory.
    #[must_use]
    pub fn in_memory(config: Config, hooks: K) -> Self {
        let Ok(log) = Log::open((), config.retention, Bounds::NONE);
        Self::over(Opened { log, drained: None, place_key: None }, config, hooks)
    }
}

impl<K: Hooks, S: Storage> Handler<K, S> {
    /// A hub over a durable history.
    ///
    /// # Errors
    /// The history's own.
    pub fn new(config: Config, storage: S, hooks: K) -> Result<Self, S::Error> {
        let window = Bounds { updates: WINDOW_UPDATES as u64, bytes: WINDOW_BYTES as u64 };
        let (drained, place_key) = (storage.drained()?, storage.place_key()?);
        let log = Log::open(storage, config.retention, window)?;
        Ok(Self::over(Opened { log, drained, place_key }, config, hooks))
    }

    fn over(opened: Opened<S>, config: Config, hooks: K) -> Self {
        let Opened { log, drained, place_key } = opened;
        let urls = Rc::new(HostUrlParser::of_hub(&config));
        let limits = Limits::new(&config, log.history().outcomes());
        let owners = Owners {
            application: Application::new(hooks, &config),
            places: Places::new(&config),
            presence: config.subscriptions.then(|| {
                Presence::new(log.history().subscriptions(), Rc::clone(&urls), log.tail())
            }),
        };
        let hub = Hub::new(log, config.heartbeat.clone(), urls)
            .with_gap_events(config.gap_events)
            .with_place_events(config.place_events)
            .with_linger(config.delivery.linger)
            .with_memory(config.delivery.memory)
            .with_weight(|attached: &Carried<K::State>| attached.held_bytes())
            .with_addresses(|attached| attached.address().cloned())
            .with_keepers(|attached| attached.keeper())
            .with_slow_consumers(config.delivery.slow_consumers)
            .with_drained(drained)
            .with_place_key(place_key)
            .with_max_age(config.connection_age.0);
        let engine = Engine::new(hub, owners);
        engine.end_left_bodies();
        Self {
            config: Rc::new(config),
            engine,
            limits: Rc::new(limits),
            producers: Rc::default(),
            door: Rc::default(),
            waking: Rc::default(),
            compressor: None,
        }
    }

    /// The same hub, which compresses its streams as the variable `COMPRESSION` says. Without it none is
    /// compressed.
    #[must_use]
    pub fn with_deflate(self, host: impl Deflate + 'static) -> Self {
        Self { compressor: Some(Rc::new(Compressor::new(Box::new(host)))), ..self }
    }

    /// Publishes an update: it is durable and on its way once this resolves. An accepted update is sent
    /// also when the caller stops waiting.
    ///
    /// # Errors
    /// [`PublishError`]; nobody sees the update then.
    pub async fn publish(&self, update: &Update) -> Result<EventId, PublishError> {
        self.engine.publish(update).await
    }

    /// Closes a topic: its readers are told once this resolves, and it has no update any more. Gives the
    /// id of the event that tells of it; of a closed topic that of its closing.
    ///
    /// # Errors
    /// [`PublishError`].
    pub async fn close_topic(&self, closing: &Closing) -> Result<EventId, PublishError> {
        self.engine.close_topic(closing).await
    }

    /// The state of a topic, of which private updates count with [`Sight::Granted`]. It is open also
    /// before its first update, while a streamed body is open whose query names it.
    ///
    /// # Errors
    /// The history's own.
    pub fn topic_state(&self, topic: &Topic, sight: Sight) -> Result<TopicState, S::Error> {
        let state = self.engine.topic_state(topic, sight)?;
        let has_begun = state == TopicState::Absent && self.producers.has(topic, sight);
        Ok(if has_begun { TopicState::Open(None) } else { state })
    }

    /// A connection whose chunks are taken in Rust instead of by a `ReadableStream`. It is shown the
    /// private updates that `access` grants.
    ///
    /// # Errors
    /// [`SubscribeFailed`].
    pub fn subscribe(
        &self,
        state: K::State,
        request: &SubscribeRequest,
        access: &Access,
    ) -> Result<Chunks<K::State>, SubscribeFailed> {
        let granted = request.check_granted(access, &HostUrlParser::of_hub(&self.config));
        let subscribed = granted.map_err(Error::from);
        let subscribed =
            subscribed.and_then(|()| self.engine.subscribe_chunks(state, request, access));
        subscribed.map_err(SubscribeFailed::new)
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The connections.
    #[must_use]
    pub fn registry(&self) -> Registry {
        Registry::new(Rc::clone(&self.engine) as _)
    }

    /// Ends all connections, each after its last update; each client is told to come back at a random
    /// time in the second half of `within`. In the first half no connection is accepted; publications
    /// are. Returns the number of connections. A hub that replaces this one then loses nothing.
    pub async fn drain(&self, within: Duration) -> usize {
        self.engine.drain(within).await
    }

    /// How many ended connections have chunks that their clients have not read: each keeps its place
    /// until the host's runtime has released it.
    #[must_use]
    pub fn leaving(&self) -> usize {
        self.engine.leaving()
    }

    /// How many connections have ended for this reason.
    #[must_use]
    pub fn ended(&self, reason: CloseReason) -> u64 {
        self.engine.ended(reason)
    }

    /// How many updates were left out for slow connections that get the newest alone.
    #[must_use]
    pub fn conflated(&self) -> u64 {
        self.engine.conflated()
    }

    /// The figures, for the operator.
    pub(crate) fn figures(&self) -> Figures {
        self.engine.figures(&self.limits.once().keys())
    }

    /// Whether a write was not confirmed. The handler then refuses everything: make a new one over the
    /// same storage.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.engine.has_failed()
    }

    /// Resolves to true once a write was not confirmed, which calls for a new handler; to false when
    /// the hub ends before.
    pub fn failed(&self) -> impl Future<Output = bool> + use<K, S> {
        self.engine.failed()
    }

    /// Whether the history answers, and every write so far was confirmed.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        self.engine.is_healthy()
    }

    /// Removes some of the updates that the history no longer keeps; returns whether there are more.
    ///
    /// # Errors
    /// The history's own.
    pub fn prune(&self) -> Result<bool, S::Error> {
        self.engine.prune_some()
    }

    /// When [`Handler::prune`] has updates to remove that are too old by then. A host calls it at that
    /// time, unless a publication removes them sooner.
    ///
    /// # Errors
    /// The history's own.
    pub fn prune_at(&self) -> Result<Option<Timestamp>, S::Error> {
        self.engine.prune_at()
    }
}

impl<K: Hooks, S: Storage> Clone for Handler<K, S> {
    fn clone(&self) -> Self {
        Self {
            config: Rc::clone(&self.config),
            engine: Rc::clone(&self.engine),
            limits: Rc::clone(&self.limits),
            producers: Rc::clone(&self.producers),
            door: Rc::clone(&self.door),
            waking: Rc::clone(&self.waking),
            compressor: self.compressor.clone(),
        }
    }
}

impl<K: Hooks, S: Storage> fmt::Debug for Handler<K, S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Handler")
            .field("config", &self.config)
            .field("registry", &self.registry())
            .finish_non_exhaustive()
    }
}
