//! From a GET to an event stream.

use std::{cell::OnceCell, fmt::Display, rc::Rc};

use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Headers, Request, Response};

use crate::{
    base::connection_id::ConnectionId,
    http::error::Error,
    hub::{
        admission::{self, TooManyConnections},
        connection::CloseReason,
        engine::{SubscribeError, Subscribed, Subscriber},
        subscribe_request::SubscribeRequest,
    },
    log::place::Place,
    presence::subscription_event::Change,
    publishing::bodies::Sender,
    settings::level::Level,
    tokens::access::Access,
    web::{
        engine::engine::{Attached, Engine},
        host::{clock, storage::Storage},
        http::respond,
        streams::{
            chunks::Chunks,
            connection::Connection,
            hooks::{Hooks, Record, Refusal},
            streams::Streams,
            transport::{Slot, Transport},
            underlying_source,
        },
    },
};

impl<K: Hooks, S: Storage> Engine<K, S> {
    pub(crate) async fn answer_subscribe(
        &self,
        request: &Request,
        parsed: &SubscribeRequest,
        access: &Access,
    ) -> Result<Response, JsValue> {
        let id = clock::connection_id()?;
        let application = match self.hooks.connection(request, id) {
            Ok(application) => application,
            Err(Refusal::StopReconnecting) => return respond::empty(),
            Err(Refusal::Problem(problem)) => return respond::problem(&problem),
            Err(Refusal::Response(response)) => return respond::with_own_headers(&response),
        };
        if request.method() == "HEAD" {
            let subscriber = Subscriber { id, request: parsed, access };
            return match self.preceding(subscriber) {
                Ok(preceding) => respond::event_stream(None, parsed.dialect(), preceding.as_ref()),
                Err(error) => respond::refuse_stream(request, &error),
            };
        }
        let transport = Rc::new(Transport::controller());
        let (stream, source) = underlying_source::stream(id, self.streams(), &transport)?;
        let is_counted = self.limits.admissions.borrow().count_addresses();
        let address = address(request).filter(|_| is_counted).map(Into::into);
        let subscriptions = OnceCell::new();
        let attached = Rc::new(Attached { transport, application, address, subscriptions });
        let registered = self
            .soon(&|| {
                self.admit(id, attached.address.as_deref())?;
                self.register(id, &attached, parsed, access)
            })
            .await;
        let subscribed = match registered {
            Ok(subscribed) => subscribed,
            Err(error) => return respond::refuse_stream(request, &error),
        };
        let preceding = subscribed.preceding.as_ref();
        let answered = self
            .watch(id, request, &source)
            .and_then(|()| respond::event_stream(Some(&stream), parsed.dialect(), preceding));
        if answered.is_err() {
            self.ended(id, CloseReason::ClientGone);
        }
        answered
    }

    /// Where the stream of this request would begin.
    fn preceding(&self, subscriber: Subscriber<'_>) -> Result<Option<Place>, Error> {
        self.history_answers()?;
        let preceding = self.hub.borrow().preceding(subscriber, clock::now());
        preceding.map_err(|error| self.history_failed(&error))
    }

    /// A connection whose chunks go to Rust.
    pub(crate) fn subscribe_chunks(
        &self,
        application: K::State,
        request: &SubscribeRequest,
        access: &Access,
    ) -> Result<Chunks<K::State>, Error> {
        let id = clock::connection_id().map_err(|_| Error::Internal)?;
        let transport = Rc::new(Transport::Chunks(Slot::default()));
        let attached = Rc::new(Attached {
            transport: Rc::clone(&transport),
            application,
            address: None,
            subscriptions: OnceCell::new(),
        });
        self.admit(id, None)?;
        self.register(id, &attached, request, access)?;
        let connection = Connection::new(id, &attached, self.streams());
        Ok(Chunks::new(connection, transport))
    }

    /// Makes the connection that has a place, or gives the place back.
    fn register(
        &self,
        id: ConnectionId,
        attached: &Rc<Attached<K::State>>,
        request: &SubscribeRequest,
        access: &Access,
    ) -> Result<Subscribed, Error> {
        // Not before there is a place, since they are charged to the hub.
        let told =
            attached.subscriptions.get_or_init(|| self.subscriptions_of(id, request, access));
        let state = Rc::clone(attached);
        let now = clock::now();
        let subscribed = self.hub.borrow_mut().subscribe(id, state, request, access, now);
        let subscribed = subscribed.map_err(|error| {
            // In the turn in which it was taken: nobody has waited for this place.
            self.limits.admissions.borrow_mut().let_go(id);
            match error {
                SubscribeError::Draining(retry) => Error::Draining(retry),
                SubscribeError::NoPlace(place) => TooManyConnections::from(place).into(),
                error => self.history_failed(&error),
            }
        })?;
        self.wind_up(subscribed.expires);
        if self.logs(Level::Debug) {
            let record = Record::of_subscription("connection registered", request, access);
            self.log(&record.with_connection(id));
        }
        self.tell(told, Change::Made);
        if subscribed.is_registered {
            self.registered(id, attached);
        }
        Ok(subscribed)
    }

    /// Takes the abort of the request as a second sign that the client is gone.
    fn watch(&self, id: ConnectionId, request: &Request, source: &JsValue) -> Result<(), JsValue> {
        let signal = request.signal();
        if signal.aborted() {
            self.ended(id, CloseReason::ClientGone);
        }
        signal.add_event_listener_with_event_listener("abort", source.unchecked_ref())
    }

    /// A stream may begin without anything being read, so a history that is lost is noticed here.
    pub(crate) fn history_answers(&self) -> Result<(), Error> {
        if self.failure.has_happened() {
            return Err(Error::History);
        }
        let newest = self.hub.borrow().log().history().newest();
        newest.map(|_| ()).map_err(|error| self.history_failed(&error))
    }

    fn history_failed(&self, error: &dyn Display) -> Error {
        self.log(&Record::new(Level::Error, "history unreadable").with_detail(error));
        Error::History
    }
}

/// Who sends a request that was given this access.
pub(crate) fn sender(request: &Request, access: &Access) -> Sender {
    match access.dialect() {
        Some(_) => Sender::Admitted,
        None => Sender::Stranger(address(request)),
    }
}

/// Where the client is, if Cloudflare says so, whose requests tell in which data centre they came
/// in. Elsewhere the header is the client's own word.
fn address(request: &Request) -> Option<String> {
    let cf = Reflect::get(request, &"cf".into()).ok().filter(JsValue::is_object);
    let from_platform = cf
        .and_then(|cf| Reflect::get(&cf, &"colo".into()).ok())
        .is_some_and(|colo| colo.is_string());
    let address = request.headers().get("CF-Connecting-IP").ok().flatten();
    address.filter(|_| from_platform).map(|address| admission::network(&address))
}

/// An `EventSource` sends its last event ID as UTF-8, which the standard's headers hand on byte by
/// byte.
pub(crate) fn from_header(value: String) -> String {
    let is_text = value.is_ascii() || Headers::new().is_ok_and(|own| respond::takes_text(&own));
    if is_text {
        return value;
    }
    let bytes: Option<Vec<u8>> =
        value.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect();
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or(value)
}
