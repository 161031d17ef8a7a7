//! Beginning after the last event ID.

use millstream::web::Handler;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{
    Reader, get, hub, open_with, pending, publish, read, request, subscribe, subscribe_to,
};

/// An id as the bytes of its UTF-8, one character each: how a header carries it.
fn byte_string(text: &str) -> String {
    text.bytes().map(char::from).collect()
}

#[wasm_bindgen_test]
async fn who_comes_back_is_given_exactly_what_it_missed_and_then_what_comes() {
    let hub = hub();
    let mut reader = subscribe(&hub).await;
    publish(&hub, &["1", "2"]).await;
    assert_eq!(reader.data(2).await, ["1", "2"]);
    reader.cancel().await;
    publish(&hub, &["3", "4"]).await;
    let request = request("GET", "topic=books", &[("Last-Event-ID", "2")]);
    let response = hub.handle(&request).await.unwrap();
    assert_eq!(response.headers().get("Last-Event-ID").unwrap().as_deref(), Some("2"));
    let mut reader = Reader::of(&response);
    publish(&hub, &["5"]).await;
    assert_eq!(reader.data(3).await, ["3", "4", "5"]);
    assert!(pending(&mut reader.read()).await);
}

#[wasm_bindgen_test]
async fn the_header_wins_over_the_query() {
    let hub = hub();
    publish(&hub, &["1", "2", "3"]).await;
    let request = request("GET", "topic=books&lastEventID=1", &[("Last-Event-ID", "2")]);
    let mut reader = Reader::of(&hub.handle(&request).await.unwrap());
    assert_eq!(reader.data(1).await, ["3"]);
}

#[wasm_bindgen_test]
async fn the_query_has_three_names_for_it() {
    let hub = hub();
    publish(&hub, &["1", "2"]).await;
    for name in ["lastEventID", "last_event_id", "Last-Event-ID"] {
        let mut reader = subscribe_to(&hub, &format!("topic=books&{name}=1")).await;
        assert_eq!(reader.data(1).await, ["2"], "{name}");
    }
}

#[wasm_bindgen_test]
async fn earliest_is_everything_that_is_held() {
    let hub = hub();
    publish(&hub, &["1", "2"]).await;
    let response = hub.handle(&get("topic=books&lastEventID=earliest")).await.unwrap();
    let header = response.headers().get("Last-Event-ID").unwrap();
    assert_eq!(header.as_deref(), Some("earliest"));
    assert_eq!(Reader::of(&response).data(2).await, ["1", "2"]);
}

#[wasm_bindgen_test]
async fn head_says_where_a_subscription_would_begin() {
    let hub = hub();
    publish(&hub, &["1"]).await;
    let head = async |asked: &str| {
        let request = request("HEAD", "topic=books", &[("Last-Event-ID", asked)]);
        let response = hub.handle(&request).await.unwrap();
        response.headers().get("Last-Event-ID").unwrap().unwrap()
    };
    for asked in ["1", "earliest"] {
        assert_eq!(head(asked).await, asked);
    }
    for asked in ["unknown", ""] {
        let place = head(asked).await;
        assert!(place.starts_with('#') && place != head(asked).await, "{place} is like no other");
        assert_eq!(head(&place).await, place, "it is a place to begin at");
    }
}

#[wasm_bindgen_test]
async fn an_id_that_is_not_held_is_answered_with_a_gap() {
    let hub = hub();
    publish(&hub, &["1"]).await;
    let mut reader = subscribe_to(&hub, "topic=books&lastEventID=unknown").await;
    let gap = reader.event().await.unwrap();
    assert_eq!(gap.event_type, "gap");
    assert!(gap.data.contains("\"requested\":\"unknown\""), "{}", gap.data);
    publish(&hub, &["2"]).await;
    assert_eq!(reader.data(1).await, ["2"]);
    let back = request("GET", "topic=books", &[("Last-Event-ID", &gap.id)]);
    assert_eq!(read(&hub, &back).await.data(1).await, ["2"], "its id is a place to come back to");
}

#[wasm_bindgen_test]
async fn a_reader_too_slow_for_the_history_is_told_of_the_gap_and_goes_on() {
    let config = open_with(&[("HISTORY_UPDATES", "2"), ("HISTORY_BYTES", "1048576")]);
    let hub = Handler::in_memory(config, ());
    let mut reader = subscribe(&hub).await.opened().await;
    publish(&hub, &["1", "2", "3", "4"]).await;
    let gap = reader.event().await.unwrap();
    assert_eq!(gap.event_type, "gap");
    assert_eq!(gap.data, "{\"requested\":null,\"first\":\"3\",\"missed\":null}");
    assert_eq!(reader.data(2).await, ["3", "4"]);
}

#[wasm_bindgen_test]
async fn a_header_beyond_ascii_is_read_as_utf_8_or_else_as_latin_1() {
    let hub = hub();
    let as_utf_8 = |id: &str| (byte_string(id), id.to_owned());
    let as_latin_1 = |id: &str| (id.to_owned(), id.to_owned());
    for (header, id) in [as_utf_8("größe-1-✓"), as_utf_8("größe"), as_latin_1("größe")] {
        let request = request("GET", "topic=books", &[("Last-Event-ID", &header)]);
        let mut reader = Reader::of(&hub.handle(&request).await.unwrap());
        let gap = reader.event().await.unwrap();
        let told = format!("{{\"requested\":\"{id}\",\"first\":null,\"missed\":null}}");
        assert_eq!((gap.event_type.as_str(), gap.data), ("gap", told));
    }
}
