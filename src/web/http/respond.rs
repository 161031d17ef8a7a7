//! Answers: their headers and bodies.

use std::time::Duration;

use js_sys::{Array, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Headers, ReadableStream, Request, Response};

use crate::{
    base::{dialect::Dialect, media_type},
    event_stream::{comment::Comment, encoder, reconnection_time::ReconnectionTime},
    http::{
        error::Error,
        problem::{PROBLEM_JSON, Problem},
    },
    hub::{finite_read::ReadForm, subscribe_request::SubscribeRequest},
    log::place::Place,
    publishing::published::Published,
    settings::methods,
    web::{
        host::clock,
        http::{
            coding::Coding,
            protection::{self, OfKind, init},
            resource::{Resource, Shown},
        },
    },
};

const EVENT_STREAM: OfKind = &[
    ("Content-Type", "text/event-stream"),
    ("Cache-Control", "no-cache, no-transform"),
    ("X-Accel-Buffering", "no"),
];
/// Another client's may be compressed.
const NEGOTIATED_STREAM: OfKind = &[
    ("Content-Type", "text/event-stream"),
    ("Cache-Control", "no-cache, no-transform"),
    ("X-Accel-Buffering", "no"),
    ("Vary", "Accept-Encoding"),
];
const GZIP_STREAM: OfKind = &[
    ("Content-Type", "text/event-stream"),
    ("Cache-Control", "no-cache, no-transform"),
    ("X-Accel-Buffering", "no"),
    ("Content-Encoding", "gzip"),
    ("Vary", "Accept-Encoding"),
];
const PUBLISHED: OfKind =
    &[("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")];
const NDJSON: OfKind = &[
    ("Content-Type", "application/x-ndjson"),
    ("Cache-Control", "no-store, no-transform"),
    ("X-Accel-Buffering", "no"),
];
const JSON: OfKind = &[("Content-Type", "application/json"), ("Cache-Control", "no-store")];
const PROBLEM: OfKind = &[("Content-Type", PROBLEM_JSON), ("Cache-Control", "no-store")];
const SUBSCRIPTIONS: OfKind = &[("Cache-Control", "private, must-revalidate")];

/// What the answer to a subscription tells.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subscription<'a> {
    pub(crate) request: &'a SubscribeRequest,
    /// The place behind which it begins.
    pub(crate) preceding: Option<&'a Place>,
    pub(crate) coding: &'a Coding,
}

/// The answer to a subscription; without a body for HEAD.
pub(crate) fn subscription(
    stream: Option<&ReadableStream>,
    told: Subscription<'_>,
) -> Result<Response, JsValue> {
    let Subscription { request, preceding, coding } = told;
    let response = event_stream(stream, coding)?;
    let headers = response.headers();
    if request.finite_read().is_some() {
        headers.append("Vary", "Accept")?;
    }
    if request.form() == ReadForm::Json {
        headers.set("Content-Type", "application/json")?;
    }
    if let Some(preceding) = preceding {
        set_last_event_id(&headers, request.dialect(), preceding)?;
    }
    Ok(response)
}

/// An event stream, HTML § 9.2.5; without a body for HEAD.
fn event_stream(stream: Option<&ReadableStream>, coding: &Coding) -> Result<Response, JsValue> {
    let of_kind = match coding {
        Coding::Identity => EVENT_STREAM,
        Coding::Negotiated => NEGOTIATED_STREAM,
        Coding::Gzip(_) => GZIP_STREAM,
    };
    let init = init(200, of_kind)?;
    // It stays with the kind, all of whose streams have this coding.
    coding.mark(&init)?;
    Response::new_with_opt_readable_stream_and_init(stream, &init)
}

/// Refuses a subscription. A passing refusal must not end an `EventSource`, which names the type of
/// streams in `Accept`: HTML § 9.2.2. Any other request gets the error itself.
pub(crate) fn refuse_stream(request: &Request, refusal: &Error) -> Result<Response, JsValue> {
    let accept = request.headers().get("Accept")?.unwrap_or_default();
    let (method, retry) = (request.method(), refusal.comes_back(clock::random_byte()));
    let names_stream = media_type::names_event_stream(&accept);
    match retry.filter(|_| names_stream && methods::OF_STREAMS.contains(&method.as_str())) {
        Some(retry) if method != "HEAD" => mark(come_back(refusal, retry)?, refusal),
        Some(_) => mark(event_stream(None, &Coding::Identity)?, refusal),
        None => error(refusal),
    }
}

/// A stream that names the refusal in a comment, ends at once, and lets its client come back. An
/// `EventSource` that gets an error gives up for good: HTML § 9.2.3.
fn come_back(refusal: &Error, retry: Duration) -> Result<Response, JsValue> {
    let mut stream = Vec::new();
    encoder::encode_comment(&Comment::from(refusal.to_string()), &mut stream);
    // No blank line follows: widely used clients would dispatch an empty message. The field is valid
    // without it, HTML § 9.2.6.
    let retry = ReconnectionTime::from(retry).max(ReconnectionTime::MIN);
    stream.extend_from_slice(format!("retry: {retry}\n").as_bytes());
    Response::new_with_opt_u8_array_and_init(Some(&mut stream), &init(200, EVENT_STREAM)?)
}

/// The id of a new update, as text.
pub(crate) fn published(published: &Published) -> Result<Response, JsValue> {
    let (id, init) = (published.id.as_str(), init(200, PUBLISHED)?);
    let response = Response::new_with_opt_str_and_init(Some(id), &init)?;
    response.headers().set("Millstream-Connections", &published.connections.to_string())?;
    Ok(response)
}

/// A line of NDJSON for each update of a streamed body, as they are published.
pub(crate) fn ndjson(answers: &ReadableStream) -> Result<Response, JsValue> {
    Response::new_with_opt_readable_stream_and_init(Some(answers), &init(200, NDJSON)?)
}

/// A document about the hub's state.
pub(crate) fn json(body: &str) -> Result<Response, JsValue> {
    Response::new_with_opt_str_and_init(Some(body), &init(200, JSON)?)
}

/// The active subscriptions: draft-dunglas-mercure-07 § 7.2 and -08, "subscription API".
pub(crate) fn subscriptions(resource: &Resource, shown: Shown) -> Result<Response, JsValue> {
    let (status, document) = match shown {
        Shown::Whole => (200, Some(resource.document.as_str())),
        Shown::Headers => (200, None),
        Shown::NotModified => (304, None),
    };
    let response = Response::new_with_opt_str_and_init(document, &init(status, SUBSCRIPTIONS)?)?;
    let headers = response.headers();
    set_text(&headers, "ETag", &resource.etag())?;
    if shown != Shown::NotModified {
        let content_type = match resource.dialect {
            Dialect::V0 => "application/ld+json",
            Dialect::V1 => "application/json",
        };
        headers.set("Content-Type", content_type)?;
    }
    Ok(response)
}

/// Nothing: 204.
pub(crate) fn empty() -> Result<Response, JsValue> {
    Response::new_with_opt_str_and_init(None, &init(204, &[])?)
}

/// A refusal.
pub(crate) fn error(error: &Error) -> Result<Response, JsValue> {
    let response = problem(&error.problem())?;
    if let Some((name, value)) = error.header() {
        response.headers().set(name, &value)?;
    }
    mark(response, error)
}

/// Marks the answer as a refusal, for the log and the metrics of the host: the reason, the status, the text,
/// and whether the text is plain. No client sees the mark.
fn mark(response: Response, refusal: &Error) -> Result<Response, JsValue> {
    let (reason, status) = (refusal.reason(), refusal.problem().status());
    let (text, is_plain) = (refusal.to_string(), refusal.is_plain());
    let mark = Array::of4(&reason.into(), &status.into(), &text.into(), &is_plain.into());
    Reflect::set(&response, &"refused".into(), &mark)?;
    Ok(response)
}

/// A problem document.
pub(crate) fn problem(problem: &Problem) -> Result<Response, JsValue> {
    let init = init(problem.status(), PROBLEM)?;
    Response::new_with_opt_str_and_init(Some(&problem.to_json()), &init)
}

/// The answer of the application, protected, with headers that can be changed. The headers of a redirect,
/// and of an answer from `fetch`, cannot.
pub(crate) fn of_application(response: &Response) -> Result<Response, JsValue> {
    let (body, init) = (response.body(), response.unchecked_ref());
    let response = Response::new_with_opt_readable_stream_and_init(body.as_ref(), init)?;
    protection::add(&response)?;
    Ok(response)
}

/// An `EventSource` sends its last event ID as UTF-8. In the Fetch standard a header's value is a
/// string of bytes, so that UTF-8 is put there byte by byte; other hosts take text and encode it.
fn set_last_event_id(headers: &Headers, dialect: Dialect, place: &Place) -> Result<(), JsValue> {
    set_text(headers, dialect.last_event_id_header(), place.as_str())
}

/// Sets a header whose value is UTF-8.
pub(crate) fn set_text(headers: &Headers, name: &str, text: &str) -> Result<(), JsValue> {
    if text.is_ascii() || takes_text(headers) {
        return headers.set(name, text);
    }
    let byte_string: String = text.bytes().map(char::from).collect();
    headers.set(name, &byte_string)
}

/// Whether the host's headers take text. Headers by the standard refuse a character beyond a byte.
pub(crate) fn takes_text(headers: &Headers) -> bool {
    let takes = headers.set("Last-Event-ID", "\u{100}").is_ok();
    takes && headers.delete("Last-Event-ID").is_ok()
}
