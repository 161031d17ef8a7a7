//! The application's part in the life of a connection, and its order.

use millstream::{
    Event,
    web::{HookFailed, Level},
};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{Application, Reader, get, hub_of, pending, publish, subscribe, subscribe_to};

fn welcoming() -> Application {
    Application::new().on_registered(|connection| {
        connection.send(&Event::new("welcome")).map_err(|error| HookFailed(error.to_string()))
    })
}

#[wasm_bindgen_test]
async fn the_order_is_factory_registry_replay_registered_live() {
    let (hub, notes) = hub_of(welcoming());
    publish(&hub, &["1", "2"]).await;
    let mut reader = subscribe_to(&hub, "topic=books&lastEventID=earliest").await;
    assert_eq!(hub.registry().connection_count(), 1, "it is in the registry before its replay");
    publish(&hub, &["3"]).await;
    assert_eq!(notes.calls(), ["connection"]);
    assert_eq!(reader.data(2).await, ["1", "2"]);
    assert_eq!(notes.calls(), ["connection"], "what it missed comes ahead of the hook");
    assert_eq!(reader.data(2).await, ["welcome", "3"]);
    assert_eq!(notes.calls(), ["connection", "registered reader"]);
    publish(&hub, &["4"]).await;
    assert_eq!(reader.data(1).await, ["4"]);
}

#[wasm_bindgen_test]
async fn with_nothing_to_replay_the_welcome_comes_first() {
    let (hub, notes) = hub_of(welcoming());
    let mut reader = subscribe(&hub).await;
    assert_eq!(notes.calls(), ["connection", "registered reader"]);
    publish(&hub, &["1"]).await;
    assert_eq!(reader.data(2).await, ["welcome", "1"]);
}

#[wasm_bindgen_test]
async fn a_broadcast_does_not_overtake_a_replay() {
    let (hub, _) = hub_of(Application::new());
    publish(&hub, &["1"]).await;
    let mut reader = subscribe_to(&hub, "topic=books&lastEventID=earliest").await;
    hub.registry().send_all(&Event::new("broadcast")).unwrap();
    assert_eq!(reader.data(2).await, ["1", "broadcast"]);
}

#[wasm_bindgen_test]
async fn the_application_reaches_what_it_keeps_with_a_connection() {
    let application = Application::new().on_request(|request| Ok(request.url()));
    let (hub, notes) = hub_of(application);
    let reader = subscribe_to(&hub, "topic=books&user=ada").await;
    let connection = notes.connection();
    let has_ada = connection.with_state(|url| url.ends_with("user=ada"));
    assert_eq!(has_ada, Some(true));
    let registry = connection.registry().unwrap();
    assert_eq!(registry.connection_ids(), [connection.id()]);
    reader.cancel().await;
    assert_eq!(connection.with_state(String::len), None, "it has gone with the connection");
}

#[wasm_bindgen_test]
async fn a_hook_that_fails_ends_its_own_connection_alone() {
    let application = Application::new()
        .on_request(|request| Ok(request.url().split_once("user=").unwrap().1.to_owned()))
        .on_registered(|connection| match connection.with_state(|name| name == "eve") {
            Some(true) => {
                connection.send(&Event::new("half a welcome")).unwrap();
                Err(HookFailed("no room for eve".to_owned()))
            }
            _ => Ok(()),
        });
    let (hub, notes) = hub_of(application);
    let mut ada = subscribe_to(&hub, "topic=books&user=ada").await.opened().await;
    let id = hub.registry().connection_ids();
    publish(&hub, &["1"]).await;

    let eve = subscribe_to(&hub, "topic=books&user=eve").await;
    assert_eq!(hub.registry().connection_ids(), id, "the registry holds nothing of it");
    assert_eq!(eve.rest().await, "");
    let replayed = hub.handle(&get("topic=books&lastEventID=earliest&user=eve")).await.unwrap();
    let mut replayed = Reader::of(&replayed);
    assert_eq!(replayed.data(1).await, ["1"]);
    assert_eq!(replayed.event().await, None);
    assert_eq!(hub.registry().connection_ids(), id);

    assert_eq!(notes.closed(), ["closed eve: failed", "closed eve: failed"]);
    let records = notes.records(Level::Error);
    let expected = Some(notes.connection().id().to_string());
    assert_eq!(records.len(), 2);
    assert_eq!(records.last().unwrap().connection, expected);
    assert_eq!(records.last().unwrap().event, "registered hook failed");
    assert_eq!(records.last().unwrap().hub.as_deref(), Some("default"));
    assert!(records.last().unwrap().time.ends_with('Z'));
    assert!(records.last().unwrap().detail.as_ref().unwrap().contains("no room for eve"));

    publish(&hub, &["2"]).await;
    assert_eq!(ada.data(2).await, ["1", "2"]);
    assert!(pending(&mut ada.read()).await);
}
