//! Hooks that call back into the hub that called them.

use millstream::{
    Event,
    web::{HookFailed, Polled},
};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{
    Application, OPENING, chunk_of, hub_of, publish, subscribe, subscribe_to, within,
};

#[wasm_bindgen_test]
async fn a_registered_hook_may_send_to_all() {
    let (hub, _) = hub_of(Application::new().on_registered(|connection| {
        let registry = connection.registry().unwrap();
        let count = registry.connection_count();
        registry.send_all(&Event::new(format!("now we are {count}"))).unwrap();
        Ok(())
    }));
    let mut one = subscribe(&hub).await;
    let mut two = subscribe(&hub).await;
    assert_eq!(one.data(2).await, ["now we are 1", "now we are 2"]);
    assert_eq!(two.data(1).await, ["now we are 2"]);
}

#[wasm_bindgen_test]
async fn a_registered_hook_that_runs_within_a_pull_may_send_to_all() {
    let (hub, _) = hub_of(Application::new().on_registered(|connection| {
        connection.registry().unwrap().send_all(&Event::new("hello")).unwrap();
        Ok(())
    }));
    publish(&hub, &["1"]).await;
    let mut reader = subscribe_to(&hub, "topic=books&lastEventID=earliest").await;
    assert_eq!(reader.data(2).await, ["1", "hello"]);
}

#[wasm_bindgen_test]
async fn a_registered_hook_may_stop_its_own_connection() {
    let (hub, notes) = hub_of(Application::new().on_registered(|connection| {
        connection.send(&Event::new("never sent")).unwrap();
        connection.registry().unwrap().stop_one(connection.id()).unwrap();
        Ok(())
    }));
    assert_eq!(subscribe(&hub).await.rest().await, "");
    publish(&hub, &["1"]).await;
    let replayed = subscribe_to(&hub, "topic=books&lastEventID=earliest").await;
    assert_eq!(replayed.rest().await, ":\nid: 1\ndata: 1\n\n");
    assert_eq!(notes.closed(), ["closed reader: stopped"; 2]);
    assert_eq!(hub.registry().connection_count(), 0);
}

#[wasm_bindgen_test]
async fn a_registered_hook_may_close_its_own_connection_behind_a_last_word() {
    let (hub, notes) = hub_of(Application::new().on_registered(|connection| {
        connection.send(&Event::new("come back later")).unwrap();
        connection.close().map_err(|error| HookFailed(error.to_string()))
    }));
    assert_eq!(subscribe(&hub).await.rest().await, ":\ndata: come back later\n\n");
    assert_eq!(notes.closed(), ["closed reader: stopped"]);
}

#[wasm_bindgen_test]
async fn a_registered_hook_may_stop_everybody_and_fail_too() {
    let application = Application::new()
        .on_request(|request| Ok(request.url().split_once("user=").unwrap().1.to_owned()))
        .on_registered(|connection| match connection.with_state(|name| name == "last") {
            Some(true) => {
                connection.registry().unwrap().stop_all();
                Err(HookFailed("and that was that".to_owned()))
            }
            _ => Ok(()),
        });
    let (hub, notes) = hub_of(application);
    let first = subscribe_to(&hub, "topic=books&user=first").await.opened().await;
    let last = subscribe_to(&hub, "topic=books&user=last").await;
    assert_eq!((first.rest().await, last.rest().await), (String::new(), String::new()));
    let mut closed = notes.closed();
    closed.sort();
    assert_eq!(closed, ["closed first: stopped", "closed last: stopped"]);
}

#[wasm_bindgen_test]
async fn a_registered_hook_may_poll_and_take_nothing() {
    let (hub, _) = hub_of(Application::new().on_registered(|connection| {
        let opening = connection.poll_data();
        let nothing = connection.poll_data_immediate();
        let polled = (opening, nothing) == (Polled::Chunk(OPENING.into()), Polled::Nothing);
        polled.then_some(()).ok_or(HookFailed("polled something else".to_owned()))
    }));
    let mut reader = subscribe(&hub).await;
    publish(&hub, &["1"]).await;
    assert_eq!(reader.data(1).await, ["1"]);
}

#[wasm_bindgen_test]
async fn the_others_are_told_when_one_has_gone() {
    let application = Application::new()
        .on_closed(|registry| registry.send_all(&Event::new("one has left")).unwrap());
    let (hub, _) = hub_of(application);
    let gone = subscribe(&hub).await.opened().await;
    let mut other = subscribe(&hub).await.opened().await;
    gone.cancel().await;
    assert_eq!(other.data(1).await, ["one has left"]);
}

#[wasm_bindgen_test]
async fn an_end_may_end_the_others_while_all_are_stopped() {
    let (hub, notes) = hub_of(Application::new().on_closed(|registry| {
        if let Some(id) = registry.connection_ids().first() {
            registry.stop_one(*id).unwrap();
        }
        registry.stop_all();
    }));
    let readers = [subscribe(&hub).await, subscribe(&hub).await, subscribe(&hub).await];
    hub.registry().stop_one(notes.connection().id()).unwrap();
    for reader in readers {
        assert_eq!(reader.rest().await, "");
    }
    assert_eq!(notes.closed(), ["closed reader: stopped"; 3]);
}

#[wasm_bindgen_test]
async fn an_end_within_a_broadcast_may_broadcast_itself() {
    let application = Application::new()
        .on_closed(|registry| registry.send_all(&Event::new("too slow")).unwrap());
    let (hub, notes) = hub_of(application);
    let _stuck = subscribe(&hub).await.opened().await;
    let stuck = notes.connection();
    while stuck.send(&Event::new("")).is_ok() {}
    let mut other = subscribe(&hub).await.opened().await;
    let ahead = other.read();
    hub.registry().send_all(&Event::new("news")).unwrap();
    let ahead = within("the first", ahead).await.unwrap();
    assert_eq!(chunk_of(&ahead).unwrap(), b"data: news\n\n");
    assert_eq!(other.data(1).await, ["too slow"]);
}
