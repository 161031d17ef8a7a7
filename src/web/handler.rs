//! The handler: from a Fetch `Request` to a `Response`.

use std::{fmt, rc::Rc};

use wasm_bindgen::JsValue;
use web_sys::{Request, Response};

use super::{Chunks, Hooks, PublishError, Registry, Storage, clock, cors, engine::Engine, respond};
use crate::{
    config::Config,
    error::Error,
    event_id::EventId,
    history::Retention,
    hub::Hub,
    limits::{WINDOW_BYTES, WINDOW_UPDATES},
    log::Log,
    publish_grant::PublishGrant,
    subscribe_request::SubscribeRequest,
    timestamp::Timestamp,
    update::Update,
};

/// A hub in one place: `ServerSentEventHandler` of the class reference. `K` are the application's
/// hooks, `S` is what lies under the log. Cheap to clone; the last clone takes the hub with it.
pub struct Handler<K: Hooks = (), S: Storage = ()> {
    config: Rc<Config>,
    engine: Rc<Engine<K, S>>,
}

impl<K: Hooks> Handler<K> {
    /// A hub that keeps its history in memory.
    #[must_use]
    pub fn in_memory(config: Config, hooks: K) -> Self {
        let Ok(log) = Log::open((), config.retention, config.retention);
        Self::over(log, config, hooks)
    }
}

impl<K: Hooks, S: Storage> Handler<K, S> {
    /// A hub over a durable history.
    ///
    /// # Errors
    /// The history's own.
    pub fn new(config: Config, storage: S, hooks: K) -> Result<Self, S::Error> {
        let window = Retention {
            updates: WINDOW_UPDATES as u64,
            bytes: WINDOW_BYTES as u64,
            age: config.retention.age,
        };
        Ok(Self::over(Log::open(storage, config.retention, window)?, config, hooks))
    }

    fn over(log: Log<S>, config: Config, hooks: K) -> Self {
        let hub = Hub::new(log, config.heartbeat.clone()).with_gap_events(config.gap_events);
        let engine = Engine::new(hub, hooks, &config);
        Self { config: Rc::new(config), engine }
    }

    /// Answers a request to the hub's URL: GET subscribes, POST publishes, HEAD shows the headers
    /// of a subscription, OPTIONS answers a preflight. What is wrong with a request is its answer.
    ///
    /// # Errors
    /// What the host throws when it is out of the means to make an answer.
    pub async fn handle(&self, request: &Request) -> Result<Response, JsValue> {
        let response = match request.method().as_str() {
            "GET" | "HEAD" => self.engine.answer_subscribe(request)?,
            "POST" => match PublishGrant::anonymous(&self.config) {
                Ok(grant) => self.engine.answer_publish(request, grant).await?,
                Err(error) => respond::error(&error)?,
            },
            "OPTIONS" => {
                let response = respond::empty()?;
                response.headers().set("Allow", respond::METHODS)?;
                response
            }
            _ => respond::error(&Error::MethodNotAllowed(respond::METHODS))?,
        };
        let headers = response.headers();
        let allowed = cors::allow(&self.config.cors_origins, request, &headers)?;
        if allowed && request.method() == "OPTIONS" {
            cors::preflight(&headers)?;
        }
        headers.set("X-Content-Type-Options", "nosniff")?;
        Ok(response)
    }

    /// Publishes an update: it is durable and on its way once this resolves.
    ///
    /// # Errors
    /// [`PublishError`]; nobody sees the update then.
    pub async fn publish(&self, update: &Update) -> Result<EventId, PublishError> {
        self.engine.publish(update).await.map(|published| published.id)
    }

    /// A connection whose chunks are taken in Rust instead of by a `ReadableStream`.
    ///
    /// # Errors
    /// [`Error::History`] when the history cannot be read.
    pub fn subscribe(
        &self,
        state: K::State,
        request: &SubscribeRequest,
    ) -> Result<Chunks<K::State>, Error> {
        self.engine.subscribe_chunks(state, request)
    }

    /// The connections.
    #[must_use]
    pub fn registry(&self) -> Registry {
        Registry::new(Rc::clone(&self.engine) as _)
    }

    /// Whether a write was not confirmed. The handler then refuses everything: make a new one over
    /// what is stored.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.engine.failed.get()
    }

    /// Removes some of what the history no longer keeps; says whether there is more of it.
    ///
    /// # Errors
    /// The history's own.
    pub fn prune(&self) -> Result<bool, S::Error> {
        self.engine.hub.borrow_mut().prune(clock::now())
    }

    /// When [`Handler::prune`] is to be called for what will be too old, in a host where no
    /// publication does it sooner.
    ///
    /// # Errors
    /// The history's own.
    pub fn prune_at(&self) -> Result<Option<Timestamp>, S::Error> {
        self.engine.hub.borrow().log().prune_at()
    }
}

impl<K: Hooks, S: Storage> Clone for Handler<K, S> {
    fn clone(&self) -> Self {
        Self { config: Rc::clone(&self.config), engine: Rc::clone(&self.engine) }
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
