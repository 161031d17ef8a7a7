//! The subscription that a request asks for.

use web_sys::Request;

use crate::{
    base::limits::MAX_QUERY_BYTES,
    http::{body_kind::BodyKind, error::Error},
    hub::{subscribe_parts::SubscribeParts, subscribe_request::SubscribeRequest},
    log::cache_control::CacheControl,
    publishing::bodies::Missing,
    web::http::{
        body::{self, Bound},
        limits::Limits,
        permit::Permit,
        subscribe,
    },
};

/// The body of a QUERY request.
#[derive(Clone, Copy)]
pub(crate) enum Body<'a> {
    /// It is the request's own.
    Arrives(&'a Limits),
    /// A Worker has told it.
    Told(Option<&'a str>),
}

/// Reads a GET, HEAD or QUERY request that was let in.
pub(crate) async fn read(
    request: &Request,
    permit: &Permit,
    body: Body<'_>,
) -> Result<SubscribeRequest, Error> {
    let header = |name: &str| request.headers().get(name).ok().flatten();
    let form = match (body, request.method().as_str()) {
        (Body::Told(form), _) => form.map(|form| told(request, form)).transpose()?,
        (Body::Arrives(limits), "QUERY") => Some(form(request, permit, limits).await?),
        _ => None,
    };
    let last_event_id = header("Last-Event-ID").map(subscribe::from_header);
    let parts = SubscribeParts {
        query: &permit.addressed().query,
        form: form.as_deref(),
        header: last_event_id.as_deref(),
    };
    let parsed = SubscribeRequest::parse(parts, permit.urls())?;
    parsed.check_granted(permit.access(), permit.urls())?;
    let said = CacheControl::read(&header("Cache-Control").unwrap_or_default());
    let accept = header("Accept").unwrap_or_default();
    parsed.with_cache_control(said).accepting(&accept).ok_or(Error::NotAcceptable)
}

fn told(request: &Request, form: &str) -> Result<Vec<u8>, Error> {
    check_kind(request)?;
    if form.len() > MAX_QUERY_BYTES {
        return Err(Error::BodyTooLarge(MAX_QUERY_BYTES));
    }
    Ok(form.into())
}

async fn form(request: &Request, permit: &Permit, limits: &Limits) -> Result<Vec<u8>, Error> {
    check_kind(request)?;
    let place = limits.enter(subscribe::sender(request, permit.access()), Missing::Rest)?;
    let bound = Bound { bytes: MAX_QUERY_BYTES, refusal: Error::BodyTooLarge };
    body::read(request, bound, place).await
}

fn check_kind(request: &Request) -> Result<(), Error> {
    let header = |name: &str| request.headers().get(name).ok().flatten();
    let (typed, encoding) = (header("Content-Type"), header("Content-Encoding"));
    BodyKind::of_query(typed.as_deref(), encoding.as_deref())?;
    Ok(())
}
