//! A reader that does not read costs its place in the log, and nothing else.

use std::fmt::Write;

use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{
    Application, Controllers, OPENING, chunk_of, hub, hub_of, publish, subscribe, update, within,
};

const UPDATES: usize = 10_000;

#[wasm_bindgen_test]
async fn a_reader_that_never_reads_holds_no_queue() {
    let (hub, notes) = hub_of(Application::new());
    let controllers = Controllers::watch();
    let reader = subscribe(&hub).await;
    for number in 0..UPDATES {
        hub.publish(&update(&number.to_string(), "an update of some length")).await.unwrap();
    }
    let connection = notes.connection();
    assert_eq!((connection.queue_len(), connection.queue_bytes()), (Ok(0), Ok(0)));
    assert_eq!(controllers.seen().length(), 0, "the stream was given nothing either");
    controllers.stop();
    connection.stop().unwrap();
    assert_eq!(reader.rest().await, "");
}

#[wasm_bindgen_test]
async fn a_reader_that_slept_is_given_everything_once_in_order_in_few_chunks() {
    let hub = hub();
    let reader = subscribe(&hub).await;
    for number in 0..UPDATES {
        hub.publish(&update(&number.to_string(), "an update of some length")).await.unwrap();
    }
    let (mut stream, mut chunks) = (Vec::new(), 0);
    let last = format!("id: {}\ndata: an update of some length\n\n", UPDATES - 1);
    while !stream.ends_with(last.as_bytes()) {
        let chunk = reader.chunk().await.unwrap();
        assert!(chunk.len() < (256 << 10) + last.len(), "a chunk is bounded");
        assert!(chunk.ends_with(b"\n\n"), "a chunk holds whole events");
        stream.extend_from_slice(&chunk);
        chunks += 1;
    }
    let mut expected = OPENING.to_owned();
    for number in 0..UPDATES {
        write!(expected, "id: {number}\ndata: an update of some length\n\n").unwrap();
    }
    assert_eq!(String::from_utf8(stream).unwrap(), expected);
    assert!(chunks <= 8, "{chunks} chunks");
}

#[wasm_bindgen_test]
async fn a_stream_asks_for_nothing_ahead_of_a_read() {
    let hub = hub();
    let controllers = Controllers::watch();
    let mut reader = subscribe(&hub).await.opened().await;
    publish(&hub, &["1", "2"]).await;
    assert_eq!(reader.data(1).await, ["1"]);
    publish(&hub, &["3"]).await;
    controllers.stop();
    let controller = controllers.seen().get(0);
    let controller = web_sys::ReadableStreamDefaultController::from(controller);
    assert_eq!(controller.desired_size(), Some(0.0), "nothing lies on the stream");
    assert_eq!(reader.data(2).await, ["2", "3"]);
}

#[wasm_bindgen_test]
async fn a_sleeping_reader_holds_nobody_else_back() {
    let hub = hub();
    let mut sleeping = subscribe(&hub).await.opened().await;
    let mut reading = subscribe(&hub).await.opened().await;
    for id in ["1", "2", "3"] {
        publish(&hub, &[id]).await;
        assert_eq!(reading.data(1).await, [id]);
    }
    assert_eq!(sleeping.data(3).await, ["1", "2", "3"]);
}

#[wasm_bindgen_test]
async fn reads_ahead_are_fed_one_by_one() {
    let hub = hub();
    let reader = subscribe(&hub).await.opened().await;
    let reads = [reader.read(), reader.read(), reader.read()];
    for (read, id) in reads.into_iter().zip(["1", "2", "3"]) {
        publish(&hub, &[id]).await;
        let read = within("an update", read).await.unwrap();
        assert_eq!(chunk_of(&read).unwrap(), format!("id: {id}\ndata: {id}\n\n").into_bytes());
    }
}
