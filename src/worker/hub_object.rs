//! The Durable Object: one hub.

use std::{fmt::Display, rc::Rc, time::Duration};

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{Request, Response};

use super::{
    alarm::Alarm,
    config,
    history::SqlHistory,
    message,
    rows::SqlError,
    sys::{DurableObjectState, Env},
    zlib::Zlib,
};
use crate::{
    base::{hub_name::OwnPath, limits::PRUNE_SLACK, timestamp::Timestamp, url_parts},
    door::granted::{Granted, InvalidGranted},
    http::{drain_within, error::Error, hub_path::HubPath, topic_status},
    hub::{close_reason::CloseReason, whom::Whom},
    link::opening::Opening,
    log::tally::Sight,
    settings::{compression::Compression, invalid_config::InvalidConfig, level::Level},
    topics::topic::Topic,
    web::{
        Handler, Record,
        host::{cf, clock, link_socket::LinkSocket, task},
        http::{link::Upgrade, respond},
    },
};

/// The interval of alarms while there are connections. Only incoming events renew an object's allowance
/// of CPU time, and a hub may run by its timer for hours.
const ALARM_EVERY: Duration = Duration::from_mins(5);

/// How long a hub is in use before that alarm is set. The runtime stores an alarm in a table of its own,
/// and a short visit must leave none. A client that has gone is noticed within two heartbeats.
const ALARM_AFTER: Duration = Duration::from_mins(1);

/// The pause before an alarm continues to remove old updates.
const PRUNE_AGAIN: Duration = Duration::from_secs(1);

type Hub = Handler<(), SqlHistory>;

/// A hub in a Durable Object.
#[allow(unnameable_types, reason = "JavaScript names it")]
#[wasm_bindgen]
#[derive(Debug)]
pub struct HubObject {
    pub(super) hub: Result<Hub, InvalidConfig>,
    alarm: Rc<Alarm>,
    since: Timestamp,
}

#[wasm_bindgen]
impl HubObject {
    /// Opens the hub over the object's storage, with the variables of its name. It calls `kept` when updates
    /// are durable.
    ///
    /// # Errors
    /// The storage throws, or the runtime does not know the name. It then makes the object anew for the
    /// next request.
    #[wasm_bindgen(constructor)]
    pub fn new(state: &DurableObjectState, env: &Env, kept: Function) -> Result<Self, JsError> {
        let storage = state.storage().map_err(SqlError::from)?;
        let name = state.id().and_then(|id| id.name()).map_err(SqlError::from)?;
        let name =
            name.ok_or_else(|| JsError::new("the runtime does not tell the hub its name"))?;
        let hub = match config::of_hub(env, &name) {
            Ok(config) => {
                let history = SqlHistory::open(storage.clone(), name, kept)?;
                Ok(compressing(Handler::new(config, history, ())?))
            }
            Err(invalid) => Err(invalid),
        };
        let alarm = Rc::new(Alarm::new(storage));
        Ok(Self { hub, alarm, since: clock::now() })
    }

    /// The place of the hub's level of the log among all levels.
    #[wasm_bindgen(getter, js_name = logLevel)]
    #[must_use]
    pub fn log_level(&self) -> u8 {
        self.hub.as_ref().map_or_else(|_| Level::default(), |hub| hub.config().log_level) as u8
    }

    /// Answers a request to this hub, with the right that the door has granted.
    pub fn fetch(&self, request: Request) -> Promise {
        self.answered(request, granted)
    }

    /// Answers a publication of a Worker of the same account: whatever it publishes is granted.
    pub fn publish(&self, request: Request) -> Promise {
        self.answered(request, |_| Ok(Granted::of_own_worker()))
    }

    /// Answers the request of a Worker that is to hold the client's stream. If the answer has the header
    /// `Millstream-Link`, the link is open once `socket` is accepted and [`opened`](Self::opened) is called.
    /// A Worker that speaks another version gets the client's answer.
    pub fn link(&self, request: Request, opening: &str, socket: LinkSocket) -> Promise {
        match Opening::parse(opening) {
            Some(opening) => self.answer_over(request, granted, Some(Upgrade { opening, socket })),
            None => self.fetch(request),
        }
    }

    /// Gives a new link what there is for it; returns whether its connection is still there.
    pub fn opened(&self, id: &str) -> bool {
        let (Ok(hub), Ok(id)) = (&self.hub, id.parse()) else { return false };
        hub.opened(id)
    }

    /// Takes up a link again that an earlier life of the object has had; returns whether it goes on. Else its
    /// Worker has to open another.
    pub fn woke(&self, socket: LinkSocket, attachment: &[u8]) -> bool {
        self.hub.as_ref().is_ok_and(|hub| hub.woke(socket, attachment))
    }

    /// A Worker has sent a text; returns whether it could be read.
    pub fn said(&self, attachment: &[u8], text: &str) -> bool {
        self.hub.as_ref().is_ok_and(|hub| hub.said(attachment, text))
    }

    /// The socket of a link was closed with this code; returns whether its connection is kept, since its
    /// Worker may open another link. If that has not happened after a while, call this again with 1000.
    pub fn left(&self, attachment: &[u8], code: u16) -> bool {
        self.hub.as_ref().is_ok_and(|hub| hub.left(attachment, code))
    }

    /// Ends connections at once: those of a `subscriber`, those that ask for a `topic`, or one `connection`,
    /// by its id. Resolves to their number. Rejects with an error with the members `status` and `field`.
    pub fn disconnect(&self, kind: &str, value: &str) -> Promise {
        let hub = match &self.hub {
            Ok(hub) => hub,
            Err(invalid) => return refused(500, invalid.variable(), invalid),
        };
        match Whom::parse(kind, value) {
            Ok(whom) => Promise::resolve(&message::number(hub.registry().disconnect(&whom))),
            Err(invalid) => refused(400, kind, &invalid),
        }
    }

    /// Tells the state of a topic, private updates included. Resolves to JSON: `state`, `reason`, `first`,
    /// `last`, `count`. Rejects with an error with the members `status` and `field`.
    pub fn status(&self, topic: &str) -> Promise {
        let hub = match &self.hub {
            Ok(hub) => hub,
            Err(invalid) => return refused(500, invalid.variable(), invalid),
        };
        let topic = match topic.parse::<Topic>() {
            Ok(topic) => topic,
            Err(invalid) => return refused(400, "topic", &invalid),
        };
        match hub.topic_state(&topic, Sight::Granted) {
            Ok(state) => Promise::resolve(&JsValue::from(topic_status::json(&state))),
            Err(error) => refused(503, "", &error),
        }
    }

    /// Sends all clients away, which come back within this time. Resolves to their number once they have
    /// gone. Rejects with an error with the members `status` and `field`.
    pub fn drain(&self, within: &str) -> Promise {
        let hub = match &self.hub {
            Ok(hub) => hub.clone(),
            Err(invalid) => return refused(500, invalid.variable(), invalid),
        };
        match drain_within::parse(within) {
            Ok(within) => {
                task::promise(async move { Ok(message::number(hub.drain(within).await)) })
            }
            Err(invalid) => refused(400, "within", &invalid),
        }
    }

    /// The figures of the hub as a JSON array, by the names of `npm/worker/metrics/figures.mjs`. A hub
    /// whose variables are wrong has none.
    pub fn figures(&self) -> String {
        let figures = self.hub.as_ref().map(Handler::figures).unwrap_or_default();
        ["[", figures.text(), "]"].concat()
    }

    /// Resolves to true once a write was not confirmed: the memory may be ahead of the storage.
    /// `npm/worker/object_life.mjs` then ends the object, since wasm must not end it from within.
    pub fn failed(&self) -> Promise {
        let failed = self.hub.as_ref().ok().map(Handler::failed);
        task::promise(async move {
            let failed = match failed {
                Some(failed) => failed.await,
                None => false,
            };
            Ok(failed.into())
        })
    }

    /// Removes updates that the history no longer keeps, and sets the next alarm if it is needed.
    pub fn alarm(&self) -> Promise {
        let (hub, alarm) = (self.hub.clone(), Rc::clone(&self.alarm));
        alarm.went_off();
        task::promise(async move {
            let Ok(hub) = hub else { return Ok(JsValue::UNDEFINED) };
            let unfinished = hub.prune().map_err(|error| error.to_string())?;
            let again = unfinished.then(|| clock::now().saturating_add(PRUNE_AGAIN));
            alarm.set_by(again.or(next_alarm(&hub)?))?;
            Ok(JsValue::UNDEFINED)
        })
    }
}

impl Drop for HubObject {
    fn drop(&mut self) {
        if let Ok(hub) = &self.hub {
            hub.empty();
        }
    }
}

impl HubObject {
    fn answered(
        &self,
        request: Request,
        granted: fn(&Request) -> Result<Granted, String>,
    ) -> Promise {
        self.answer_over(request, granted, None)
    }

    fn answer_over(
        &self,
        request: Request,
        granted: fn(&Request) -> Result<Granted, String>,
        upgrade: Option<Upgrade>,
    ) -> Promise {
        let (hub, since) = (self.hub.clone(), self.since);
        let alarm = Rc::clone(&self.alarm);
        task::promise(async move {
            let response = match &hub {
                Ok(hub) => {
                    let asked = Asked { request: &request, upgrade: upgrade.as_ref(), since };
                    answer(hub, asked, granted(&request)).await?
                }
                Err(invalid) => respond::refuse_stream(&request, &invalid.clone().into())?,
            };
            let Ok(hub) = hub else { return Ok(response.into()) };
            // The answer does not depend on the alarm: a later request sets it if this one cannot.
            let _ = prune_at(&hub).and_then(|prune| alarm.set_by(prune));
            set_while_in_use(&hub, &alarm);
            Ok(response.into())
        })
    }
}

/// The hub with the runtime's deflate, if it compresses streams.
fn compressing(hub: Hub) -> Hub {
    if hub.config().compression == Compression::Off {
        return hub;
    }
    let Some(zlib) = Zlib::find() else {
        if hub.config().log_level <= Level::Warning {
            let lacks =
                "the runtime has no node:zlib; remove the compatibility flag no_nodejs_compat";
            let record = Record::new(Level::Warning, "compression impossible").with_detail(lacks);
            record.with_hub(hub.config().hub_path.name()).to_console();
        }
        return hub;
    };
    hub.with_deflate(zlib)
}

/// The rejection of a call by RPC. The members are those of a problem document.
fn refused(status: u16, field: &str, why: &dyn Display) -> Promise {
    let error = js_sys::Error::new(&why.to_string());
    for (name, value) in [("status", status.into()), ("field", field.into())] {
        // A new object takes any member.
        let _ = Reflect::set(&error, &name.into(), &value);
    }
    Promise::reject(&error)
}

/// The time of the next alarm. A hub in use has one at its interval; any hub has one when updates become
/// too old. A hub that only links keep in use wakes for it, at most once in [`PRUNE_SLACK`].
fn next_alarm(hub: &Hub) -> Result<Option<Timestamp>, JsValue> {
    let in_use = is_in_use(hub).then(|| clock::now().saturating_add(ALARM_EVERY));
    Ok([in_use, prune_at(hub)?].into_iter().flatten().min())
}

fn prune_at(hub: &Hub) -> Result<Option<Timestamp>, JsValue> {
    let at = hub.prune_at().map_err(|error| error.to_string())?;
    let waits = hub.links() > 0 && !is_in_use(hub);
    let slack = if waits { PRUNE_SLACK } else { Duration::ZERO };
    Ok(at.map(|at| at.saturating_add(slack)))
}

/// Whether there are connections that need the object awake.
fn is_in_use(hub: &Hub) -> bool {
    hub.registry().connection_count() > hub.links()
}

/// Sets the alarm if the hub is still in use in a while.
fn set_while_in_use(hub: &Hub, alarm: &Rc<Alarm>) {
    let due = clock::now().saturating_add(ALARM_EVERY);
    if !is_in_use(hub) || alarm.is_set_by(due) {
        return;
    }
    let alarm = Rc::downgrade(alarm);
    hub.after(ALARM_AFTER, move || {
        // If it cannot be set, the next request tries again.
        let _ = alarm.upgrade().map(|alarm| alarm.set_by(Some(due)));
    });
}

/// A request, and the link that a Worker asks for.
#[derive(Clone, Copy)]
struct Asked<'a> {
    request: &'a Request,
    upgrade: Option<&'a Upgrade>,
    /// When this life of the object has begun.
    since: Timestamp,
}

async fn answer(
    hub: &Hub,
    asked: Asked<'_>,
    granted: Result<Granted, String>,
) -> Result<Response, JsValue> {
    let Asked { request, upgrade, since } = asked;
    let granted = match granted {
        Ok(granted) => granted,
        Err(why) => return hub.misgranted(&why),
    };
    let url = request.url();
    let path = HubPath::parse(url_parts::path(&url));
    let name = path.as_ref().ok().and_then(HubPath::hub);
    if name.is_none_or(|name| OwnPath::of_name(name) != hub.config().hub_path) {
        return hub.misgranted("it is not for a path of this hub");
    }
    let is_operator = granted == Granted::Operator;
    match path {
        Ok(HubPath::HubHealth(_)) if is_operator => {
            if hub.is_healthy() {
                respond::json(&health(hub, since))
            } else {
                respond::error(&Error::History)
            }
        }
        Ok(HubPath::Hub(_) | HubPath::Subscriptions(_)) => {
            hub.answer_over(request, &granted, upgrade).await
        }
        _ => hub.misgranted("it is not for this path"),
    }
}

/// The right that the Worker's door has granted. No client can forge it: `npm/worker/handler.mjs` replaces the
/// member on every way to an object.
fn granted(request: &Request) -> Result<Granted, String> {
    let text = cf::text(request, "millstream")
        .ok_or("the request came to the object by another way than the door")?;
    text.parse().map_err(|invalid: InvalidGranted| invalid.to_string())
}

/// The health of a hub, for its operator: when it was made, its connections and how many of them are over a
/// link, the ended ones that are not released yet, the
/// ended ones by reason, and the updates that slow ones did not get. These counts are private.
fn health(hub: &Hub, since: Timestamp) -> String {
    let ended = CloseReason::ALL
        .map(|reason| format!(r#""{}":{}"#, reason.as_str(), hub.ended(reason)))
        .join(",");
    let (connections, leaving) = (hub.registry().connection_count(), hub.leaving());
    let (links, since) = (hub.links(), since.as_millis());
    let conflated = hub.conflated();
    format!(
        r#"{{"status":"ok","since":{since},"connections":{connections},"links":{links},"leaving":{leaving},"ended":{{{ended}}},"conflated":{conflated}}}"#
    )
}
