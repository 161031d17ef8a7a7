//! The comment for connections that were sent nothing. Times are those of the page's clock, which
//! may be late but is never early, so that every bound here is a lower one.

use std::{cell::Cell, rc::Rc, time::Duration};

use millstream::{Event, Heartbeat};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{Application, after, chunk_of, hub_of, pending, subscribe, within};

const INTERVAL: Duration = Duration::from_millis(80);

/// Heartbeats may come an eighth of the interval early, to share a beat.
const SOONEST_MILLIS: f64 = 70.0;

#[wasm_bindgen_test]
async fn an_idle_connection_is_given_an_empty_comment_after_the_interval() {
    let (hub, _) = hub_of(Application::new());
    hub.registry().set_heartbeat(Heartbeat::every(INTERVAL));
    assert_eq!(hub.registry().heartbeat(), Heartbeat::every(INTERVAL));
    let begin = js_sys::Date::now();
    let reader = subscribe(&hub).await.opened().await;
    for heartbeats in 1..=3 {
        assert_eq!(reader.text().await.unwrap(), ":\n");
        let elapsed = js_sys::Date::now() - begin;
        assert!(elapsed >= SOONEST_MILLIS * f64::from(heartbeats), "after {elapsed} ms");
    }
}

#[wasm_bindgen_test]
async fn everything_that_is_sent_restarts_the_interval() {
    let (hub, notes) = hub_of(Application::new());
    hub.registry().set_heartbeat(Heartbeat::every(INTERVAL));
    let reader = subscribe(&hub).await.opened().await;
    let (connection, sent) = (notes.connection(), Rc::new(Cell::new(js_sys::Date::now())));
    for _ in 0..3 {
        let (connection, last) = (connection.clone(), Rc::clone(&sent));
        // The application has something to say when the heartbeat is nearly due.
        after(60, move || {
            last.set(js_sys::Date::now());
            connection.send(&Event::new("tick")).unwrap();
        });
        let mut ticked = false;
        loop {
            match reader.text().await.unwrap().as_str() {
                ":\n" if ticked => break,
                // The timer was late.
                ":\n" => {}
                tick => {
                    assert_eq!(tick, "data: tick\n\n");
                    ticked = true;
                }
            }
        }
        let elapsed = js_sys::Date::now() - sent.get();
        assert!(elapsed >= SOONEST_MILLIS, "after {elapsed} ms");
    }
}

#[wasm_bindgen_test]
async fn a_change_reaches_connections_that_are_open() {
    let (hub, _) = hub_of(Application::new());
    let registry = hub.registry();
    registry.set_heartbeat(Heartbeat::every(Duration::from_secs(100)));
    let reader = subscribe(&hub).await.opened().await;
    let mut read = reader.read();
    assert!(pending(&mut read).await);
    registry.set_heartbeat(Heartbeat::every(INTERVAL).with_comment(&"still\nhere".into()));
    let read = within("the heartbeat", read).await.unwrap();
    assert_eq!(chunk_of(&read).unwrap(), b": still\n: here\n");
}

#[wasm_bindgen_test]
async fn one_connection_may_have_a_comment_of_its_own() {
    let (hub, notes) = hub_of(Application::new());
    let own = subscribe(&hub).await.opened().await;
    notes.connection().set_heartbeat_comment(&"for you".into()).unwrap();
    let common = subscribe(&hub).await.opened().await;
    hub.registry().set_heartbeat(Heartbeat::every(INTERVAL));
    let reads = futures::future::join(own.text(), common.text()).await;
    assert_eq!(reads, (Some(": for you\n".to_owned()), Some(":\n".to_owned())));
}

#[wasm_bindgen_test]
async fn switched_off_there_is_none() {
    let (hub, _) = hub_of(Application::new());
    let registry = hub.registry();
    let interval = Duration::from_millis(5);
    registry.set_heartbeat(Heartbeat::every(interval));
    let reader = subscribe(&hub).await.opened().await;
    assert_eq!(reader.text().await.unwrap(), ":\n");
    registry.set_heartbeat(Heartbeat::every(Duration::ZERO));
    assert_eq!(registry.heartbeat().interval(), None);
    let mut read = reader.read();
    let end = js_sys::Date::now() + 4.0 * interval.as_secs_f64() * 1_000.0;
    while js_sys::Date::now() < end {
        assert!(pending(&mut read).await);
    }
    registry.set_heartbeat(Heartbeat::every(interval));
    assert!(within("the heartbeat", read).await.is_ok());
}
