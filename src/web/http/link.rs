//! From the request of a Worker that is to hold a client's stream to an open link.

use std::{rc::Rc, sync::Arc};

use wasm_bindgen::JsValue;
use web_sys::{Request, Response};

use crate::{
    base::sequence::Sequence,
    hub::close_reason::CloseReason,
    hub::{resumes::Resumes, subscriber::Subscriber},
    link::{attachment::Attachment, credit::Credit, opened::Opened, opening::Opening},
    web::{
        engine::engine::Engine,
        host::{clock, link_socket::LinkSocket, selection::SelectionTexts, storage::Storage},
        http::{
            coding::Coding,
            respond::{self, Subscription},
        },
        streams::{attached::Attached, hooks::Hooks, linked::Linked},
    },
};

/// The header that tells the Worker of its link.
const HEADER: &str = "Millstream-Link";

/// The request of a Worker for a link.
#[derive(Debug)]
pub(crate) struct Upgrade {
    pub(crate) opening: Opening,
    pub(crate) socket: LinkSocket,
}

/// A subscriber whose stream a Worker holds.
pub(crate) struct Held<'a, A> {
    pub(crate) upgrade: &'a Upgrade,
    pub(crate) texts: &'a SelectionTexts,
    pub(crate) subscriber: Subscriber<'a>,
    pub(crate) application: A,
    pub(crate) address: Option<Arc<str>>,
    pub(crate) coding: &'a Coding,
}

/// Answers with the headers for the client, and with what the Worker has to know of its link.
pub(crate) async fn answer<K: Hooks, S: Storage>(
    engine: &Engine<K, S>,
    request: &Request,
    held: Held<'_, K::State>,
) -> Result<Response, JsValue> {
    let Held { upgrade, texts, subscriber, application, address, coding } = held;
    let Upgrade { opening, socket } = upgrade;
    let id = subscriber.id;
    let state = Attachment {
        id,
        generation: clock::random_number(),
        selection: None,
        behind: Some(Sequence::START),
        credit: Credit::beside(opening.reopens.map_or(0, |reopens| reopens.unread)),
        expires: None,
        address: Option::clone(&address),
        is_compressed: coding.compressor().is_some(),
    };
    let link = engine.link(socket.clone(), state, coding.compressor().cloned());
    let attached = Rc::new(Attached::new(Rc::clone(&link) as _, application).at(address));
    let resumes = opening
        .reopens
        .map(|reopens| Resumes { has_begun: reopens.has_begun, ..Resumes::behind(reopens.cursor) });
    let opened = engine.open(Subscriber { resumes, ..subscriber }, &attached).await;
    let subscribed = match opened
        .and_then(|subscribed| engine.keep_selection(&link, texts).map(|()| subscribed))
    {
        Ok(subscribed) => subscribed,
        Err(error) => {
            engine.end(id, CloseReason::ClientGone);
            return respond::refuse_stream(request, &error);
        }
    };
    link.state().expires(subscribed.expires);
    let heartbeat = engine.heartbeat_interval();
    let opened = Opened { id, cursor: engine.given(id), expires: subscribed.expires, heartbeat };
    let preceding = subscribed.preceding.as_ref();
    let told = Subscription { request: subscriber.request, preceding, coding };
    let answered = respond::subscription(None, told)
        .and_then(|response| response.headers().set(HEADER, &opened.encode()).map(|()| response));
    if answered.is_err() {
        engine.end(id, CloseReason::ClientGone);
    }
    answered
}
