//! What a request asks to be subscribed to.

use std::rc::Rc;

use web_sys::Request;

use super::{
    authorize::{Addressed, Admission, Gate},
    bodies::Bodies,
    body::{self, Bound},
    host_url_parser::HostUrlParser,
    subscribe,
};
use crate::{
    bodies::Missing, body_kind::BodyKind, cache_control::CacheControl, error::Error,
    limits::MAX_QUERY_BYTES, media_type, subscribe_request::SubscribeRequest, verifier::Role,
};

/// What a subscriber has to come through.
#[derive(Clone, Copy)]
pub(super) struct Entrance<'a> {
    pub(super) gate: &'a Gate,
    pub(super) urls: &'a Rc<HostUrlParser>,
    pub(super) bodies: &'a Rc<Bodies>,
}

/// Reads a GET, HEAD or QUERY request, once it is known that its sender may subscribe at all.
pub(super) async fn read(
    request: &Request,
    addressed: &Addressed,
    entrance: Entrance<'_>,
) -> Result<(SubscribeRequest, Admission), Error> {
    let Entrance { gate, urls, bodies } = entrance;
    let header = |name: &str| request.headers().get(name).ok().flatten();
    if !media_type::accepts_event_stream(&header("Accept").unwrap_or_default()) {
        return Err(Error::NotAcceptable);
    }
    let is_query = request.method() == "QUERY";
    let dialect = SubscribeRequest::dialect_of(&addressed.query, is_query);
    let admission = gate.admit(request, addressed, Role::Subscriber, Some(dialect), urls).await?;
    let form = if is_query { Some(form(request, &admission, bodies).await?) } else { None };
    let last_event_id = header("Last-Event-ID").map(subscribe::from_header);
    let parsed = SubscribeRequest::parse(
        &addressed.query,
        form.as_deref(),
        last_event_id.as_deref(),
        &**urls,
    )?;
    let said = CacheControl::read(&header("Cache-Control").unwrap_or_default());
    Ok((parsed.with_cache_control(said), admission))
}

async fn form(
    request: &Request,
    admission: &Admission,
    bodies: &Rc<Bodies>,
) -> Result<Vec<u8>, Error> {
    let header = |name: &str| request.headers().get(name).ok().flatten();
    let (typed, encoding) = (header("Content-Type"), header("Content-Encoding"));
    BodyKind::of_query(typed.as_deref(), encoding.as_deref())?;
    let place = bodies.enter(subscribe::sender(request, &admission.access), Missing::Rest)?;
    let bound = Bound { bytes: MAX_QUERY_BYTES, refusal: Error::BodyTooLarge };
    body::read(request, bound, place).await
}
