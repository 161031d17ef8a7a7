//! Private updates reach those with a grant and nobody else.

use millstream::web::Handler;
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{closed, form, get, read, subscribe_to, token, with_token};

/// A hub whose public updates everybody may see.
fn hub() -> Handler {
    Handler::in_memory(closed(&[("ANONYMOUS_SUBSCRIBE", "true")]), ())
}

async fn publish(hub: &Handler, forms: &[&str]) {
    let publisher = token(json!({ "publish": ["*"] })).await;
    for publication in forms {
        let request = with_token(form(publication), &publisher);
        assert_eq!(hub.handle(&request).await.unwrap().status(), 200, "{publication}");
    }
}

#[wasm_bindgen_test]
async fn live_a_private_update_reaches_the_reader_with_the_grant_alone() {
    let hub = hub();
    let granted = token(json!({ "subscribe": ["books"] })).await;
    let elsewhere = token(json!({ "subscribe": ["films"] })).await;
    let mut reader = read(&hub, &with_token(get("topic=books"), &granted)).await.opened().await;
    let others = [get("topic=books&topic=*"), with_token(get("topic=books&topic=*"), &elsewhere)];
    publish(&hub, &["topic=books&data=before"]).await;
    assert_eq!(reader.data(1).await, ["before"]);
    let mut strangers = Vec::new();
    for other in &others {
        strangers.push(read(&hub, other).await.opened().await);
    }
    publish(&hub, &["topic=books&data=secret&private=on", "topic=books&data=public"]).await;
    assert_eq!(reader.data(2).await, ["secret", "public"]);
    for stranger in &mut strangers {
        assert_eq!(stranger.data(1).await, ["public"]);
    }
}

#[wasm_bindgen_test]
async fn replayed_a_private_update_reaches_the_reader_with_the_grant_alone() {
    let hub = hub();
    publish(
        &hub,
        &[
            "topic=books&id=1&data=1",
            "topic=books&id=2&data=2&private=on",
            "topic=books&id=3&data=3",
        ],
    )
    .await;
    let granted = token(json!({ "subscribe": ["{any}"] })).await;
    for query in ["topic=books&lastEventID=earliest", "topic=books&lastEventID=1"] {
        let skipped = usize::from(query.ends_with('1'));
        let mut reader = read(&hub, &with_token(get(query), &granted)).await;
        assert_eq!(reader.data(3 - skipped).await, ["1", "2", "3"][skipped..], "{query}");
        let mut stranger = subscribe_to(&hub, query).await;
        assert_eq!(stranger.data(2 - skipped).await, ["1", "3"][skipped..], "{query}");
    }
}

#[wasm_bindgen_test]
async fn a_grant_shows_nothing_that_is_not_asked_for() {
    let hub = hub();
    let granted = token(json!({ "subscribe": ["*"] })).await;
    let mut reader = read(&hub, &with_token(get("topic=films"), &granted)).await.opened().await;
    publish(&hub, &["topic=books&data=a&private=on", "topic=films&data=b&private=on"]).await;
    assert_eq!(reader.data(1).await, ["b"]);
}

#[wasm_bindgen_test]
async fn the_id_of_a_private_update_is_unknown_to_who_may_not_see_it() {
    let hub = hub();
    publish(&hub, &["topic=books&id=s&data=secret&private=on"]).await;
    let gap = "{\"requested\":\"s\",\"first\":null,\"missed\":null}";
    let mut stranger = subscribe_to(&hub, "topic=books&lastEventID=s").await;
    assert_eq!(stranger.data(1).await, [gap]);
    let granted = token(json!({ "subscribe": ["books"] })).await;
    let request = with_token(get("topic=books&lastEventID=s"), &granted);
    let mut reader = read(&hub, &request).await;
    publish(&hub, &["topic=books&data=next"]).await;
    assert_eq!(reader.data(1).await, ["next"], "there is no gap");
}
