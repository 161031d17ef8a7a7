//! From a GET to an event stream, or to a document of what is held.

use std::rc::Rc;

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Headers, Request, Response};

use crate::{
    http::{error::Error, topic_status},
    hub::{
        admission, close_reason::CloseReason, subscribe_request::SubscribeRequest,
        subscriber::Subscriber,
    },
    log::{place::Place, topic_state::TopicState},
    publishing::bodies::Sender,
    tokens::access::Access,
    web::{
        engine::engine::Engine,
        host::{cf, clock, selection::SelectionTexts, storage::Storage},
        http::{
            coding::Coding,
            link::{self, Upgrade},
            producers::Producers,
            respond::{self, Subscription},
        },
        streams::{
            attached::Attached,
            controller::Controller,
            hooks::{Hooks, Refusal},
            underlying_source,
        },
    },
};

/// The updates that a request asks for, and its rights.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) request: &'a SubscribeRequest,
    pub(crate) access: &'a Access,
    pub(crate) producers: &'a Producers,
    /// The link that a Worker asks for, and the texts of its selection.
    pub(crate) link: Option<(&'a Upgrade, &'a SelectionTexts)>,
    pub(crate) coding: &'a Coding,
}

impl<'a> Asked<'a> {
    fn told(&self, preceding: Option<&'a Place>) -> Subscription<'a> {
        Subscription { request: self.request, preceding, coding: self.coding }
    }
}

/// Answers with the updates that are asked for, or without the body for HEAD.
pub(crate) async fn answer<K: Hooks, S: Storage>(
    engine: &Engine<K, S>,
    request: &Request,
    asked: Asked<'_>,
) -> Result<Response, JsValue> {
    let reopens = asked.link.and_then(|(upgrade, _)| upgrade.opening.reopens);
    let id = reopens.map_or_else(clock::connection_id, |reopens| Ok(reopens.id))?;
    let application = match engine.application().hooks().connection(request, id) {
        Ok(application) => application,
        Err(Refusal::StopReconnecting) => return respond::empty(),
        Err(Refusal::Problem(problem)) => return respond::problem(&problem),
        Err(Refusal::Response(response)) => return respond::of_application(&response),
    };
    let newcomer = Subscriber { id, request: asked.request, access: asked.access, resumes: None };
    // A stream that has begun is told of its end.
    let is_over = reopens.is_none()
        && match engine.has_nothing_left(newcomer).await {
            Ok(is_over) => is_over,
            Err(error) => return respond::refuse_stream(request, &error),
        };
    if request.method() == "HEAD" {
        return match head(engine, newcomer, asked.producers) {
            Ok(head) if is_over => head.tell(respond::empty()?),
            Ok(head) => {
                let told = asked.told(head.preceding.as_ref());
                head.tell(respond::subscription(None, told)?)
            }
            Err(error) => respond::refuse_stream(request, &error),
        };
    }
    if is_over {
        return respond::empty();
    }
    let is_counted = engine.counts_addresses();
    let address = address(request).filter(|_| is_counted).map(Into::into);
    if let Some((upgrade, texts)) = asked.link {
        let subscriber = newcomer;
        let coding = asked.coding;
        let held = link::Held { upgrade, texts, subscriber, application, address, coding };
        return link::answer(engine, request, held).await;
    }
    let controller = Rc::new(Controller::new(asked.coding.gzip()));
    let (stream, source) = underlying_source::stream(id, engine.weak(), &controller)?;
    let attached = Rc::new(Attached::new(controller, application).at(address));
    let subscribed = match engine.subscribe(newcomer, &attached).await {
        Ok(subscribed) => subscribed,
        Err(error) => return respond::refuse_stream(request, &error),
    };
    let preceding = subscribed.preceding.as_ref();
    let answered = watch(request, &source, || engine.end(id, CloseReason::ClientGone))
        .and_then(|()| respond::subscription(Some(&stream), asked.told(preceding)));
    if answered.is_err() {
        engine.end(id, CloseReason::ClientGone);
    }
    answered
}

/// The headers of a subscription.
struct Head {
    preceding: Option<Place>,
    state: Option<TopicState>,
}

fn head<K: Hooks, S: Storage>(
    engine: &Engine<K, S>,
    newcomer: Subscriber<'_>,
    producers: &Producers,
) -> Result<Head, Error> {
    let state = engine.state_for(newcomer, &|topic, sight| producers.has(topic, sight))?;
    Ok(Head { preceding: engine.preceding(newcomer)?, state })
}

impl Head {
    /// The same answer with the state of the topic.
    fn tell(&self, response: Response) -> Result<Response, JsValue> {
        if let Some(state) = &self.state {
            response.headers().set("Topic-Status", &topic_status::header(state))?;
        }
        Ok(response)
    }
}

/// Ends the connection also when the request is aborted: a second sign that the client is gone.
fn watch(request: &Request, source: &JsValue, gone: impl FnOnce()) -> Result<(), JsValue> {
    let signal = request.signal();
    if signal.aborted() {
        gone();
    }
    signal.add_event_listener_with_event_listener("abort", source.unchecked_ref())
}

/// The sender of a request with this access.
pub(crate) fn sender(request: &Request, access: &Access) -> Sender {
    match access.dialect() {
        Some(_) => Sender::Admitted,
        None => Sender::Stranger(address(request)),
    }
}

/// The network of the client, as Cloudflare names it. A request through Cloudflare has the name of a
/// data centre in `cf`; on any other host the client can write the header itself.
fn address(request: &Request) -> Option<String> {
    let from_platform = cf::text(request, "colo").is_some();
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
