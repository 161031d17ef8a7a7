//! The handler: from a Fetch `Request` to a `Response`.

use std::{cell::OnceCell, fmt, rc::Rc, time::Duration};

use wasm_bindgen::JsValue;
use web_sys::{Request, Response};

use crate::{
    base::{
        limits::{WINDOW_BYTES, WINDOW_UPDATES},
        timestamp::Timestamp,
    },
    door::granted::Granted,
    event_stream::event_id::EventId,
    http::error::Error,
    hub::{close_reason::CloseReason, engine::Hub, subscribe_request::SubscribeRequest},
    log::{history::Bounds, log::Log, place_key::PlaceKey, update::Update},
    settings::config::Config,
    tokens::access::Access,
    web::{
        engine::{
            application::Application,
            delivery::Carried,
            engine::{Engine, Owners},
            places::Places,
            presence::Presence,
            publish_error::PublishError,
        },
        host::{clock, fetch::HostFetch, host_url_parser::HostUrlParser, storage::Storage},
        http::{
            cors,
            door::{Door, Passage},
            doorstep,
            limits::Limits,
            permit::Permit,
            protection,
            publishing::Publishing,
            respond, subscribe, subscription,
            subscription_api::{self, Asked},
        },
        streams::{chunks::Chunks, hooks::Hooks, registry::Registry},
    },
};

/// A hub in one place: `ServerSentEventHandler` of the class reference. `K` are the application's
/// hooks, `S` is what lies under the log. Cheap to clone; the last clone takes the hub with it.
pub struct Handler<K: Hooks = (), S: Storage = ()> {
    config: Rc<Config>,
    engine: Rc<Engine<K, S>>,
    limits: Rc<Limits>,
    door: Rc<OnceCell<Door>>,
}

/// What a storage keeps of the hub beside its updates.
#[derive(Default)]
struct Kept {
    drained: Option<Timestamp>,
    place_key: Option<PlaceKey>,
}

impl<K: Hooks> Handler<K> {
    /// A hub that keeps its history in memory.
    #[must_use]
    pub fn in_memory(config: Config, hooks: K) -> Self {
        let Ok(log) = Log::open((), config.retention, Bounds::NONE);
        Self::over(log, Kept::default(), config, hooks)
    }
}

impl<K: Hooks, S: Storage> Handler<K, S> {
    /// A hub over a durable history.
    ///
    /// # Errors
    /// The history's own.
    pub fn new(config: Config, storage: S, hooks: K) -> Result<Self, S::Error> {
        let window = Bounds { updates: WINDOW_UPDATES as u64, bytes: WINDOW_BYTES as u64 };
        let kept = Kept { drained: storage.drained()?, place_key: storage.place_key()? };
        Ok(Self::over(Log::open(storage, config.retention, window)?, kept, config, hooks))
    }

    fn over(log: Log<S>, kept: Kept, config: Config, hooks: K) -> Self {
        let urls = Rc::new(HostUrlParser::of_hub(&config));
        let limits = Limits::new(&config, log.history().outcomes());
        let owners = Owners {
            application: Application::new(hooks, config.log_level),
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
            .with_slow_consumers(config.delivery.slow_consumers)
            .with_drained(kept.drained)
            .with_place_key(kept.place_key)
            .with_max_age(config.connection_age.0);
        let engine = Engine::new(hub, owners);
        Self { config: Rc::new(config), engine, limits: Rc::new(limits), door: Rc::default() }
    }

    /// Answers a request to the hub's URL: GET and QUERY subscribe, POST publishes, HEAD shows the headers
    /// of a subscription, OPTIONS answers a preflight. Below `/.well-known/mercure/subscriptions` it
    /// tells which are active, if that is switched on. What is wrong with a request is its answer.
    ///
    /// # Errors
    /// What the host throws when it is out of the means to make an answer.
    pub async fn handle(&self, request: &Request) -> Result<Response, JsValue> {
        let response = match self.door().judge(request, clock::now).await {
            Ok(Passage::Granted(granted)) => return self.handle_granted(request, &granted).await,
            Ok(Passage::Options(allow)) => doorstep::options(&self.config, request, allow)?,
            Err(error) => doorstep::refuse(&self.config, request, &error)?,
        };
        protection::add(&response)?;
        Ok(response)
    }

    /// Answers a request that a door has let in, be it a door of the host's own. Each line of a streamed
    /// body, and each part of the subscription API, is held against the grants here. A right that is not
    /// the one that the request needs is answered with 500.
    ///
    /// The origin, the `Accept` header and the halves that are switched off are not looked at again:
    /// [`Ask::read`](crate::door::steps::Ask::read) holds a request against them.
    ///
    /// # Errors
    /// What the host throws when it is out of the means to make an answer.
    pub async fn handle_granted(
        &self,
        request: &Request,
        granted: &Granted,
    ) -> Result<Response, JsValue> {
        let response = self.answer(request, granted).await?;
        protection::add(&response)?;
        Ok(response)
    }

    /// The same, for a host that has answers of its own beside it and protects all of them.
    pub(crate) async fn answer(
        &self,
        request: &Request,
        granted: &Granted,
    ) -> Result<Response, JsValue> {
        let response = self.granted(request, granted).await?;
        cors::allow(&self.config.cors_origins, request, &response.headers())?;
        Ok(response)
    }

    async fn granted(&self, request: &Request, granted: &Granted) -> Result<Response, JsValue> {
        let permit = match Permit::of(request, &self.config, granted) {
            Ok(permit) => permit,
            Err(wrong) => return self.misgranted(&wrong.to_string()),
        };
        match (granted, request.method().as_str(), &permit.addressed.subscriptions) {
            (Granted::Subscribe(_), "GET" | "HEAD", Some(below)) => {
                subscription_api::answer(&self.engine, request, Asked { permit: &permit, below })
            }
            (Granted::Subscribe(_), "GET" | "HEAD" | "QUERY", None) => {
                self.answer_subscribe(request, &permit).await
            }
            (Granted::Publish(_), "POST", None) => {
                let grant = permit.publish_grant(&self.config);
                let response = self.publishing().answer(request, grant).await?;
                permit.mark(&response)?;
                Ok(response)
            }
            (_, method, _) => self.misgranted(&format!("it is not for {method}")),
        }
    }

    /// Refuses a request whose right is not certain: the door and this hub disagree.
    pub(crate) fn misgranted(&self, why: &str) -> Result<Response, JsValue> {
        self.engine.application().failed("grant unusable", &why);
        respond::error(&Error::Internal)
    }

    async fn answer_subscribe(
        &self,
        request: &Request,
        permit: &Permit,
    ) -> Result<Response, JsValue> {
        let read = subscription::read(request, permit, &self.limits.bodies).await;
        let parsed = match read {
            Ok(parsed) => parsed,
            Err(error) => return respond::refuse_stream(request, &error),
        };
        let asked = subscribe::Asked { request: &parsed, access: &permit.access };
        let response = subscribe::answer(&self.engine, request, asked).await?;
        permit.mark(&response)?;
        Ok(response)
    }

    fn publishing(&self) -> Publishing<K, S> {
        Publishing { engine: Rc::clone(&self.engine), limits: Rc::clone(&self.limits) }
    }

    /// The door of a host that has no other. It is made when it is needed: on Cloudflare the Worker has
    /// one for all hubs.
    fn door(&self) -> &Door {
        self.door.get_or_init(|| {
            let weak = Rc::downgrade(&self.engine);
            let failed = move |why: String| {
                if let Some(engine) = weak.upgrade() {
                    engine.application().failed("keys unusable", &why);
                }
            };
            Door::new(Rc::clone(&self.config), HostFetch, failed)
        })
    }

    /// Publishes an update: it is durable and on its way once this resolves. Once it is accepted it
    /// goes its way as well when the caller stops waiting.
    ///
    /// # Errors
    /// [`PublishError`]; nobody sees the update then.
    pub async fn publish(&self, update: &Update) -> Result<EventId, PublishError> {
        self.engine.publish(update).await
    }

    /// A connection whose chunks are taken in Rust instead of by a `ReadableStream`. It is shown the
    /// private updates that `access` grants.
    ///
    /// # Errors
    /// [`Error::History`] when the history cannot be read, [`Error::Draining`] while the hub is drained,
    /// and [`Error::TooManyConnections`].
    pub fn subscribe(
        &self,
        state: K::State,
        request: &SubscribeRequest,
        access: &Access,
    ) -> Result<Chunks<K::State>, Error> {
        self.engine.subscribe_chunks(state, request, access)
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

    /// Ends all connections, each behind what there is for it and told to come back at a random time
    /// in the second half of `within`. In the first half no connection is taken; publications are.
    /// Says how many there were. Whoever replaces the hub then loses nothing.
    pub async fn drain(&self, within: Duration) -> usize {
        self.engine.drain(within).await
    }

    /// How many connections have ended whose clients have not taken all that their streams were given:
    /// each keeps its place until the host's runtime has let go of it.
    #[must_use]
    pub fn leaving(&self) -> usize {
        self.engine.leaving()
    }

    /// How many connections have ended for this reason.
    #[must_use]
    pub fn ended(&self, reason: CloseReason) -> u64 {
        self.engine.ended(reason)
    }

    /// How many updates were left out for slow connections that are given the newest alone.
    #[must_use]
    pub fn conflated(&self) -> u64 {
        self.engine.conflated()
    }

    /// Whether a write was not confirmed. The handler then refuses everything: make a new one over
    /// what is stored.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.engine.has_failed()
    }

    /// Resolves to true once a write was not confirmed: it is time for a new handler. To false when
    /// the hub ends before.
    pub fn failed(&self) -> impl Future<Output = bool> + use<K, S> {
        self.engine.failed()
    }

    /// Whether the history answers, and every write so far was confirmed.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        self.engine.is_healthy()
    }

    /// Removes some of what the history no longer keeps; says whether there is more of it.
    ///
    /// # Errors
    /// The history's own.
    pub fn prune(&self) -> Result<bool, S::Error> {
        self.engine.prune_some()
    }

    /// When [`Handler::prune`] is to be called for what will be too old, in a host where no
    /// publication does it sooner.
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
            door: Rc::clone(&self.door),
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
