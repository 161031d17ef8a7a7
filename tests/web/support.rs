//! What every test here needs: deadlines, requests, readers and an application that keeps notes.

mod application;
mod deadline;
mod reader;
mod requests;
mod sys;
mod tokens;

use millstream::{
    Config, Event, Topic, Update,
    web::{Handler, Hooks, Storage},
};
use web_sys::Request;

pub(crate) use application::{Application, Notes};
pub(crate) use deadline::{after, pending, turn, within};
pub(crate) use reader::{Reader, Received, chunk_of};
pub(crate) use requests::{
    FORM, HUB, form, get, headers, hosted, post, query, request, with_signal,
};
pub(crate) use sys::{
    AbortController, Controllers, EventSource, broken, endless, fetch, object_url, pipe_as_text,
};
pub(crate) use tokens::{ISSUER, SECRET, access_token, forged, token, token_until, with_token};

/// What a stream begins with.
pub(crate) const OPENING: &str = ":\n";

/// A hub that anybody may publish and subscribe to and that has no heartbeat.
pub(crate) fn open() -> Config {
    open_with(&[])
}

/// The same hub with more variables.
pub(crate) fn open_with(variables: &[(&str, &str)]) -> Config {
    let own = [("HEARTBEAT", "0"), ("ANONYMOUS_PUBLISH", "true"), ("ANONYMOUS_SUBSCRIBE", "true")];
    read_config(&[&own, variables].concat())
}

/// A hub without a heartbeat that trusts tokens of 0.x by [`SECRET`], with more variables.
pub(crate) fn closed(variables: &[(&str, &str)]) -> Config {
    let own = [
        ("HEARTBEAT", "0"),
        ("DEVELOPMENT", "true"),
        ("MERCURE_PUBLISHER_JWT_KEY", SECRET),
        ("MERCURE_SUBSCRIBER_JWT_KEY", SECRET),
    ];
    read_config(&[&own, variables].concat())
}

fn read_config(variables: &[(&str, &str)]) -> Config {
    let find = |name: &str| variables.iter().rfind(|(known, _)| *known == name);
    Config::read(|name| find(name).map(|(_, value)| (*value).to_owned())).unwrap()
}

/// An open hub without an application.
pub(crate) fn hub() -> Handler {
    Handler::in_memory(open(), ())
}

/// An open hub with an application, and the application's notes.
pub(crate) fn hub_of(application: Application) -> (Handler<Application>, Notes) {
    let notes = application.notes.clone();
    (Handler::in_memory(open(), application), notes)
}

/// A public update of the topic `books`.
pub(crate) fn update(id: &str, data: &str) -> Update {
    let topic: Topic = "books".parse().unwrap();
    Update::new(topic.into(), id.parse().unwrap(), Event::new(data))
}

/// Publishes updates to `books`, each with its id as its data.
pub(crate) async fn publish<K: Hooks, S: Storage>(handler: &Handler<K, S>, ids: &[&str]) {
    for id in ids {
        handler.publish(&update(id, id)).await.unwrap();
    }
}

/// A connection to the topic `books`, and its reader.
pub(crate) async fn subscribe<K: Hooks, S: Storage>(handler: &Handler<K, S>) -> Reader {
    subscribe_to(handler, "topic=books").await
}

/// The connection that this query asks for, and its reader.
pub(crate) async fn subscribe_to<K: Hooks, S: Storage>(
    handler: &Handler<K, S>,
    query: &str,
) -> Reader {
    read(handler, &get(query)).await
}

/// The reader of the connection that this request is answered with.
pub(crate) async fn read<K: Hooks, S: Storage>(
    handler: &Handler<K, S>,
    request: &Request,
) -> Reader {
    let response = handler.handle(request).await.unwrap();
    assert_eq!(response.status(), 200);
    Reader::of(&response)
}
