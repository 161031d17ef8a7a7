//! A stream ends with the token that has opened it.

use millstream::{Heartbeat, web::Handler};
use serde_json::json;
use std::time::Duration;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{
    Application, Notes, Reader, closed, form, get, read, token, token_until, with_token,
};

/// How long the tokens of these tests last: long enough for a stream to begin on a busy machine.
const MILLIS: f64 = 500.0;

fn hub() -> (Handler<Application>, Notes) {
    hub_of(Application::new())
}

fn hub_of(application: Application) -> (Handler<Application>, Notes) {
    let notes = application.notes.clone();
    (Handler::in_memory(closed(&[]), application), notes)
}

/// A connection whose token ends soon, and when.
async fn short(hub: &Handler<Application>, millis: f64) -> (Reader, f64) {
    let end = js_sys::Date::now() + millis;
    let token = token_until(end, json!({ "subscribe": ["*"] })).await;
    (read(hub, &with_token(get("topic=books"), &token)).await.opened().await, end)
}

async fn ends(reader: &Reader, end: f64, notes: &Notes) {
    assert_eq!(reader.rest().await, ": expired\n");
    assert!(js_sys::Date::now() >= end, "it lasts as long as its token");
    assert_eq!(notes.closed().first().map(String::as_str), Some("closed reader: expired"));
}

#[wasm_bindgen_test]
async fn a_stream_ends_when_its_token_does_and_others_go_on() {
    let (hub, notes) = hub();
    let lasting = token(json!({ "publish": ["*"] })).await;
    let request = with_token(get("topic=books"), &lasting);
    let mut other = read(&hub, &request).await.opened().await;
    let (reader, end) = short(&hub, MILLIS).await;
    ends(&reader, end, &notes).await;
    assert_eq!((notes.closed().len(), hub.registry().connection_count()), (1, 1));
    hub.handle(&with_token(form("topic=books&data=x"), &lasting)).await.unwrap();
    assert_eq!(other.data(1).await, ["x"]);
}

#[wasm_bindgen_test]
async fn a_change_of_the_heartbeat_does_not_put_off_the_end() {
    for heartbeat in [Heartbeat::off(), Heartbeat::every(Duration::from_mins(1))] {
        let (hub, notes) = hub();
        let (reader, end) = short(&hub, MILLIS).await;
        hub.registry().set_heartbeat(heartbeat);
        ends(&reader, end, &notes).await;
    }
}

#[wasm_bindgen_test]
async fn a_heartbeat_that_begins_at_one_end_does_not_put_off_the_next() {
    let minute = Duration::from_mins(1);
    let (hub, notes) = hub_of(
        Application::new().on_closed(move |rest| rest.set_heartbeat(Heartbeat::every(minute))),
    );
    let (first, end) = short(&hub, MILLIS).await;
    let (second, later) = short(&hub, 2.0 * MILLIS).await;
    assert!(end < later);
    ends(&first, end, &notes).await;
    ends(&second, later, &notes).await;
}

#[wasm_bindgen_test]
async fn a_token_that_has_ended_opens_nothing() {
    let (hub, notes) = hub();
    let token = token_until(js_sys::Date::now() - 1.0, json!({ "publish": ["*"] })).await;
    for request in [get("topic=books"), form("topic=books")] {
        let response = hub.handle(&with_token(request, &token)).await.unwrap();
        assert_eq!(response.status(), 401);
    }
    assert!(notes.calls().is_empty());
}
