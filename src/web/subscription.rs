//! What a request asks to be subscribed to.

use std::rc::Rc;

use web_sys::Request;

use super::{
    authorize::{Addressed, Admission, Gate},
    body,
    host_url_parser::HostUrlParser,
    subscribe,
};
use crate::{
    body_kind::BodyKind, cache_control::CacheControl, error::Error, media_type,
    subscribe_request::SubscribeRequest, verifier::Role,
};

/// Reads a GET, HEAD or QUERY request, once it is known that its sender may subscribe at all.
pub(super) async fn read(
    request: &Request,
    addressed: &Addressed,
    gate: &Gate,
    urls: &Rc<HostUrlParser>,
) -> Result<(SubscribeRequest, Admission), Error> {
    let header = |name: &str| request.headers().get(name).ok().flatten();
    if !media_type::accepts_event_stream(&header("Accept").unwrap_or_default()) {
        return Err(Error::NotAcceptable);
    }
    let is_query = request.method() == "QUERY";
    let dialect = SubscribeRequest::dialect_of(&addressed.query, is_query);
    let admission = gate.admit(request, addressed, Role::Subscriber, Some(dialect), urls).await?;
    let form = if is_query { Some(form(request).await?) } else { None };
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

async fn form(request: &Request) -> Result<Vec<u8>, Error> {
    let header = |name: &str| request.headers().get(name).ok().flatten();
    let (typed, encoding) = (header("Content-Type"), header("Content-Encoding"));
    BodyKind::of_query(typed.as_deref(), encoding.as_deref())?;
    body::read(request, Error::BodyTooLarge).await
}
