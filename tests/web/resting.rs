//! Streams that rest: they are fed without being asked, until they are not read.

use millstream::{Event, Heartbeat, Topic, Update};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{Application, Controllers, hub, hub_of, publish, subscribe, subscribe_to};

#[wasm_bindgen_test]
async fn a_stream_that_is_not_read_holds_one_chunk_and_the_log_the_rest() {
    let hub = hub();
    hub.registry().set_heartbeat(Heartbeat::off());
    let controllers = Controllers::watch();
    let mut reader = subscribe(&hub).await.opened().await;
    let pending = reader.read();
    publish(&hub, &["1"]).await;
    pending.await.unwrap();
    publish(&hub, &["2", "3", "4"]).await;
    controllers.stop();
    let controller = controllers.seen().get(0);
    let controller = web_sys::ReadableStreamDefaultController::from(controller);
    assert_eq!(controller.desired_size(), Some(-1.0), "one chunk lies on the stream");
    assert_eq!(reader.data(3).await, ["2", "3", "4"]);
    publish(&hub, &["5"]).await;
    assert_eq!(reader.data(1).await, ["5"]);
}

#[wasm_bindgen_test]
async fn a_stream_that_rests_has_flushed_only_what_was_read() {
    let (hub, notes) = hub_of(Application::new());
    let mut reader = subscribe(&hub).await.opened().await;
    let pending = reader.read();
    publish(&hub, &["1"]).await;
    pending.await.unwrap();
    publish(&hub, &["2"]).await;
    let connection = notes.connection();
    let flushed = std::rc::Rc::new(std::cell::Cell::new(false));
    let seen = std::rc::Rc::clone(&flushed);
    wasm_bindgen_futures::spawn_local(async move {
        connection.flush().await;
        seen.set(true);
    });
    publish(&hub, &["3"]).await;
    assert!(!flushed.get(), "nobody has read it yet");
    assert_eq!(reader.data(2).await, ["2", "3"]);
    let read = reader.read();
    hub.registry().send_all(&Event::new("last")).unwrap();
    read.await.unwrap();
    assert!(flushed.get());
}

#[wasm_bindgen_test]
async fn a_stream_that_came_late_to_the_tail_holds_no_more_than_any_other() {
    let hub = hub();
    hub.registry().set_heartbeat(Heartbeat::off());
    for number in 0..2_100 {
        let topic: Topic = "other".parse().unwrap();
        let id = format!("other {number}").parse().unwrap();
        hub.publish(&Update::new(topic.into(), id, Event::new(""))).await.unwrap();
    }
    let controllers = Controllers::watch();
    let mut reader = subscribe_to(&hub, "topic=books&lastEventID=other%200").await;
    reader = reader.opened().await;
    let pending = reader.read();
    wasm_bindgen_futures::spawn_local(async move {
        pending.await.unwrap();
    });
    publish(&hub, &["1"]).await;
    publish(&hub, &["2", "3", "4"]).await;
    controllers.stop();
    let controller = controllers.seen().get(0);
    let controller = web_sys::ReadableStreamDefaultController::from(controller);
    assert!(controller.desired_size().unwrap() >= -1.0, "{:?}", controller.desired_size());
    assert_eq!(reader.data(3).await, ["2", "3", "4"]);
}
