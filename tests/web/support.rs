//! What every test here needs: deadlines, requests, readers and an application that keeps notes.

mod application;
mod deadline;
mod reader;
mod requests;
mod sys;

use millstream::{
    authorization::Authorization,
    config::Config,
    event::Event,
    heartbeat::Heartbeat,
    topic::Topic,
    update::Update,
    web::{Handler, Hooks, Storage},
};

pub(crate) use application::{Application, Notes};
pub(crate) use deadline::{after, pending, turn, within};
pub(crate) use reader::{Reader, Received, chunk_of};
pub(crate) use requests::{FORM, form, get, headers, hosted, post, request, with_signal};
pub(crate) use sys::{
    AbortController, Controllers, EventSource, broken, endless, fetch, object_url, pipe_as_text,
};

/// What a stream of a hub begins with to which nothing was published.
pub(crate) const OPENING: &str = ":\n\nid: earliest\n\n";

/// A hub that anybody may publish and subscribe to and that has no heartbeat.
pub(crate) fn open() -> Config {
    let authorization = Authorization {
        anonymous_publish: true,
        anonymous_subscribe: true,
        ..Authorization::default()
    };
    Config { authorization, heartbeat: Heartbeat::off(), ..Config::default() }
}

/// Such a hub without an application.
pub(crate) fn hub() -> Handler {
    Handler::in_memory(open(), ())
}

/// Such a hub with an application, and the application's notes.
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
    let response = handler.handle(&get(query)).await.unwrap();
    assert_eq!(response.status(), 200);
    Reader::of(&response)
}
