//! A connection whose chunks go to Rust.

use futures::{FutureExt, StreamExt, channel::oneshot};
use millstream::{
    Access, Dialect, Event, Heartbeat, LastEventId, Selectable, SubscribeRequest, Subscription,
    Topic, Update,
    web::{Chunks, Handler, Polled},
};
use std::{pin::pin, time::Duration};
use wasm_bindgen_futures::spawn_local;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{Application, OPENING, hub_of, pending, publish, turn, within};

fn books() -> SubscribeRequest {
    SubscribeRequest::live(Dialect::V0, vec![Subscription::topic("books").unwrap()])
}

fn chunks(hub: &Handler<Application>) -> Chunks<String> {
    hub.subscribe("in rust".to_owned(), &books(), &Access::default()).unwrap()
}

async fn next(chunks: &mut Chunks<String>) -> String {
    let chunk = within("a chunk", chunks.next()).await.unwrap();
    String::from_utf8(chunk).unwrap()
}

#[wasm_bindgen_test]
async fn chunks_are_a_stream_that_wakes_its_task() {
    let (hub, notes) = hub_of(Application::new());
    let mut chunks = chunks(&hub);
    assert_eq!(notes.calls(), ["registered in rust"], "there is no request for the factory");
    assert_eq!(next(&mut chunks).await, OPENING);
    let mut first = pin!(chunks.next());
    assert!(pending(&mut first).await);
    publish(&hub, &["1"]).await;
    assert_eq!(within("the update", first).await.unwrap(), b"id: 1\ndata: 1\n\n");
    publish(&hub, &["2", "3", "4"]).await;
    assert_eq!(next(&mut chunks).await, "id: 2\ndata: 2\n\n");
    assert_eq!(next(&mut chunks).await, "id: 3\ndata: 3\n\nid: 4\ndata: 4\n\n");
    chunks.connection().send(&Event::new("alone")).unwrap();
    assert_eq!(next(&mut chunks).await, "data: alone\n\n");
}

#[wasm_bindgen_test]
async fn chunks_of_more_than_the_access_allows_are_refused() {
    let (hub, notes) = hub_of(Application::new());
    let narrow = Access::default().with_selectable(Selectable::Granted);
    let refused = hub.subscribe("narrow".to_owned(), &books(), &narrow).unwrap_err();
    assert_eq!(refused.problem().status(), 403);
    assert_eq!(
        refused.to_string(),
        r#"the selector "books" of the parameter "topic" is not granted"#
    );
    assert_eq!(hub.registry().connection_count(), 0);
    assert_eq!(notes.calls(), [""; 0]);
}

#[wasm_bindgen_test]
async fn chunks_begin_where_they_are_asked_to() {
    let (hub, _) = hub_of(Application::new());
    publish(&hub, &["1", "2"]).await;
    let after = LastEventId::After("1".parse().unwrap());
    let mut chunks =
        hub.subscribe("late".to_owned(), &books().after(after), &Access::default()).unwrap();
    assert_eq!(next(&mut chunks).await, ":\nid: 2\ndata: 2\n\n");
}

#[wasm_bindgen_test]
async fn dropping_the_chunks_ends_the_connection() {
    let (hub, notes) = hub_of(Application::new());
    let chunks = chunks(&hub);
    let connection = chunks.connection().clone();
    assert_eq!(connection.with_state(String::clone).as_deref(), Some("in rust"));
    drop(chunks);
    assert_eq!(notes.closed(), ["closed in rust: client gone"]);
    assert_eq!(connection.poll_data(), Polled::Ended);
    assert_eq!(hub.registry().connection_count(), 0);
}

#[wasm_bindgen_test]
async fn chunks_end_when_the_connection_is_stopped_and_stay_ended() {
    let (hub, notes) = hub_of(Application::new());
    let mut chunks = chunks(&hub);
    assert_eq!(next(&mut chunks).await, OPENING);
    let mut end = pin!(chunks.next());
    assert!(pending(&mut end).await);
    hub.registry().stop_all();
    assert_eq!(within("the end", end).await, None);
    assert_eq!(chunks.next().now_or_never(), Some(None));
    drop(chunks);
    assert_eq!(notes.closed(), ["closed in rust: stopped"]);
}

#[wasm_bindgen_test]
async fn chunks_end_behind_what_there_was_when_the_connection_is_closed() {
    let (hub, notes) = hub_of(Application::new());
    let chunks = chunks(&hub);
    publish(&hub, &["1"]).await;
    chunks.connection().close().unwrap();
    publish(&hub, &["2"]).await;
    let all: Vec<_> = within("the end", chunks.collect()).await;
    assert_eq!(all.concat(), b":\nid: 1\ndata: 1\n\n");
    assert_eq!(notes.closed(), ["closed in rust: stopped"]);
}

#[wasm_bindgen_test]
async fn polls_take_what_is_there_with_and_without_waiting() {
    let (hub, _) = hub_of(Application::new());
    let chunks = chunks(&hub);
    let connection = chunks.connection();
    assert_eq!(connection.poll_data_immediate(), Polled::Chunk(OPENING.into()));
    assert_eq!(connection.poll_data_immediate(), Polled::Nothing);
    publish(&hub, &["1"]).await;
    let chunk = Polled::Chunk(b"id: 1\ndata: 1\n\n".to_vec());
    assert_eq!(connection.poll_data(), chunk);
    assert_eq!(connection.poll_data(), Polled::Nothing);
    connection.stop().unwrap();
    assert_eq!(connection.poll_data(), Polled::Ended);
    assert_eq!(connection.poll_data_immediate(), Polled::Ended);
}

#[wasm_bindgen_test]
async fn an_immediate_poll_does_not_put_a_waiting_task_to_sleep() {
    let (hub, _) = hub_of(Application::new());
    let mut chunks = chunks(&hub);
    assert_eq!(next(&mut chunks).await, OPENING);
    let connection = chunks.connection().clone();
    let (sender, update) = oneshot::channel();
    // Without a deadline of its own, which would wake it too.
    spawn_local(async move { sender.send(chunks.next().await).unwrap() });
    turn().await;
    assert_eq!(connection.poll_data_immediate(), Polled::Nothing);
    publish(&hub, &["1"]).await;
    let update = within("the update", update).await.unwrap();
    assert_eq!(update.unwrap(), b"id: 1\ndata: 1\n\n");
}

#[wasm_bindgen_test]
async fn a_task_that_waits_is_given_heartbeats() {
    let (hub, _) = hub_of(Application::new());
    hub.registry().set_heartbeat(Heartbeat::every(Duration::from_millis(10)));
    let mut chunks = chunks(&hub);
    assert_eq!(next(&mut chunks).await, OPENING);
    for _ in 0..3 {
        assert_eq!(next(&mut chunks).await, ":\n");
    }
    assert_eq!(chunks.next().now_or_never(), None);
}

/// A hub whose history is long, with one update of `books` at its end, and a reader of it.
async fn long_history() -> (Handler<Application>, Chunks<String>) {
    let (hub, _) = hub_of(Application::new());
    let films: Topic = "films".parse().unwrap();
    for number in 0..5_000 {
        let id = number.to_string().parse().unwrap();
        hub.publish(&Update::new(films.clone().into(), id, Event::new(""))).await.unwrap();
    }
    publish(&hub, &["found"]).await;
    let request = books().after(LastEventId::Earliest);
    let chunks = hub.subscribe("patient".to_owned(), &request, &Access::default()).unwrap();
    (hub, chunks)
}

#[wasm_bindgen_test]
async fn a_long_history_of_others_is_read_in_turns() {
    let (_hub, mut chunks) = long_history().await;
    assert_eq!(chunks.next().now_or_never(), None, "others have their turn");
    assert_eq!(next(&mut chunks).await, ":\nid: found\ndata: found\n\n");
}

#[wasm_bindgen_test]
async fn an_immediate_poll_reads_a_long_history_only_as_far_as_it_is_polled() {
    let (_hub, chunks) = long_history().await;
    let connection = chunks.connection();
    assert_eq!(connection.poll_data_immediate(), Polled::Nothing);
    assert_eq!(connection.poll_data_immediate(), Polled::Nothing);
    turn().await;
    let found = Polled::Chunk(b":\nid: found\ndata: found\n\n".to_vec());
    assert_eq!(connection.poll_data_immediate(), found);
}
