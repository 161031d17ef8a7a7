//! The subscription API: which subscriptions are active.

use wasm_bindgen::JsValue;
use web_sys::{Request, Response};

use crate::{
    base::dialect::Dialect,
    http::error::Error,
    presence::{
        resource_headers,
        subscription_document::Collection,
        subscription_path::{InvalidSubscriptionPath, SubscriptionPath},
    },
    topics::{resolved_topics::ResolvedTopics, topic::Topic, topics::Topics},
    web::{
        engine::engine::Engine,
        host::storage::Storage,
        http::{permit::Permit, resource::Resource, respond},
        streams::hooks::Hooks,
    },
};

/// A part of the hub's subscriptions, for a request that was let in.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) permit: &'a Permit,
    /// The path below the hub's subscriptions.
    pub(crate) below: &'a str,
}

/// Answers a request for a part of the hub's subscriptions.
pub(crate) fn answer<K: Hooks, S: Storage>(
    engine: &Engine<K, S>,
    request: &Request,
    asked: Asked<'_>,
) -> Result<Response, JsValue> {
    let resource = match resource(engine, asked) {
        Ok(resource) => resource,
        Err(error) => return respond::error(&error),
    };
    let response = respond::subscriptions(&resource, resource.shown_to(request)?)?;
    if resource.dialect == Dialect::V1 {
        let link = resource_headers::link(&asked.permit.addressed().url, &resource.since.place);
        respond::set_text(&response.headers(), "Link", &link)?;
    }
    Ok(response)
}

fn resource<K: Hooks, S: Storage>(
    engine: &Engine<K, S>,
    Asked { permit, below }: Asked<'_>,
) -> Result<Resource, Error> {
    let access = permit.access();
    // The door refuses a request without a token.
    let dialect = access.dialect().ok_or(Error::Internal)?;
    let paths = permit.addressed().subscription_paths(below);
    if !is_granted(permit, dialect, &paths) {
        return Err(permit.insufficient(dialect, paths.into_iter().next().unwrap_or_default()));
    }
    let asked = SubscriptionPath::parse(dialect, below)?;
    let since = engine.since(access)?;
    let place = &since.place;
    let shown = engine.active(&|active| asked.shows(dialect, active));
    let document = match (&asked, shown.as_slice()) {
        (SubscriptionPath::One(..), []) => {
            return Err(InvalidSubscriptionPath::NoSubscription.into());
        }
        (SubscriptionPath::One(..), [one, ..]) => one.document(place),
        (_, shown) => {
            let url = paths.first().map_or("", String::as_str);
            Collection { dialect, url, place }.document(shown)
        }
    };
    Ok(Resource { dialect, document, since })
}

/// Whether one of the paths of the resource is granted. In 0.x a path counts with its query and
/// without, in 1.0 without.
fn is_granted(permit: &Permit, dialect: Dialect, paths: &[String]) -> bool {
    let query = &permit.addressed().query;
    let with_query = paths
        .iter()
        .filter(|_| dialect == Dialect::V0 && !query.is_empty())
        .map(|path| format!("{path}?{query}"));
    let topics: Vec<Topic> =
        paths.iter().cloned().chain(with_query).filter_map(|path| path.parse().ok()).collect();
    let Ok(topics) = Topics::try_from(topics) else { return false };
    let topics = ResolvedTopics::new(&topics, permit.urls());
    permit.access().granted().any(|selector| selector.selects_any(&topics))
}
