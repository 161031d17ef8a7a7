//! Reads of what is held, which end there.

use std::{num::NonZeroU64, time::Duration};

use serde_json::{Value, json};

use super::{
    Host, Refused,
    host::{after, id, live, place, place_event, uncached},
    topics::{granted, private},
    update,
};
use crate::{
    base::{
        limits::{MAX_CHUNK_BYTES, MAX_SCAN_UPDATES, SLOW_AFTER_UPDATES},
        sequence::Sequence,
    },
    event_stream::event::Event,
    hub::{
        close_reason::CloseReason,
        connection::SendError,
        engine::deliver::PollError,
        finite_read::{FiniteRead, ReadForm},
        hub_events::HubEvents,
        slow_consumers::SlowConsumers,
        subscribe_request::SubscribeRequest,
    },
    log::update::{EncodedUpdate, Update},
    topics::topic::Topic,
};

pub(super) const FORMS: [ReadForm; 2] = [ReadForm::EventStream, ReadForm::Json];

pub(super) fn up_to(limit: u64, form: ReadForm) -> FiniteRead {
    FiniteRead { limit: NonZeroU64::new(limit), form }
}

/// A read of everything in this form.
pub(super) fn all(form: ReadForm) -> FiniteRead {
    up_to(0, form)
}

pub(super) fn held(topics: &[&str], form: ReadForm) -> SubscribeRequest {
    live(topics).with_finite_read(all(form))
}

pub(super) fn text(host: &Host, connection: u8) -> String {
    String::from_utf8(host.bytes(connection)).unwrap()
}

pub(super) fn document(host: &Host, connection: u8) -> Value {
    serde_json::from_slice(&host.bytes(connection)).unwrap()
}

pub(super) fn read(host: &mut Host, connection: u8, request: &SubscribeRequest) {
    host.connect(connection, request);
    assert_eq!(host.stream(connection).closed, Some(CloseReason::Read));
    assert_eq!(host.stream(connection).times_registered, 0);
}

/// The ids of the updates that were given, and the place behind them.
pub(super) fn page(host: &Host, connection: u8, form: ReadForm) -> (Vec<String>, String) {
    let own = |text: &Value| text.as_str().unwrap().to_owned();
    match form {
        ReadForm::Json => {
            let document = document(host, connection);
            let updates = document["updates"].as_array().unwrap();
            let ids = updates.iter().map(|update| own(&update["id"])).collect();
            (ids, own(&document["lastEventID"]))
        }
        ReadForm::EventStream => {
            let text = text(host, connection);
            let ids = text.lines().filter_map(|line| line.strip_prefix("id: "));
            let mut ids: Vec<_> = ids.map(str::to_owned).collect();
            let place = ids.pop().unwrap();
            (ids, place)
        }
    }
}

#[test]
fn a_stream_of_what_is_held_ends_with_its_place_and_the_reason() {
    let mut host = Host::default();
    host.publish("1", &["a"]);
    host.publish("2", &["b"]);
    host.publish("3", &["a"]);
    read(&mut host, 1, &uncached(held(&["a"], ReadForm::EventStream)));
    let updates = "id: 1\ndata: 1\n\nid: 3\ndata: 3\n\n";
    assert_eq!(text(&host, 1), format!(":\n{updates}{}", place_event(1, 3)));
    assert_eq!(host.hub.registry().ended(CloseReason::Read), 1);
    assert!(host.hub.registry().is_empty());
}

#[test]
fn a_document_has_each_update_with_its_topics_and_fields_and_the_place_behind_them() {
    let mut host = Host::default();
    let topic: Topic = "a".parse().unwrap();
    let event = Event::new("two\nlines \u{1}\"").with_event_type("t".parse().unwrap());
    let event = event.with_reconnection_time("9000".parse().unwrap());
    let full = Update::new(topic.into(), "1".parse().unwrap(), event).encode().unwrap();
    host.append(full);
    host.append(update("2", &["x", "b/2", "a", "c\td"]));
    host.commit();
    read(&mut host, 1, &held(&["a", "b/{id}", "c\td"], ReadForm::Json));
    let first = r#"{"id":"1","type":"t","topics":["a"],"data":"two\nlines \u0001\"","retry":9000}"#;
    let second = r#"{"id":"2","topics":["b/2","a","c\td"],"data":"2"}"#;
    let end = place(1, 2);
    let expected = format!(r#"{{"updates":[{first},{second}],"lastEventID":"{end}"}}"#);
    assert_eq!(text(&host, 1), expected);
}

#[test]
fn nothing_that_is_held_is_an_empty_page() {
    for (published, behind) in [(0, "earliest".to_owned()), (1, place(1, 1))] {
        let mut host = Host::default();
        if published == 1 {
            host.publish("1", &["b"]);
        }
        if published == 0 {
            host.hub = host.hub.with_place_key(None);
        }
        read(&mut host, 1, &held(&["a"], ReadForm::Json));
        assert_eq!(document(&host, 1), json!({ "updates": [], "lastEventID": behind }));
        host = Host::default();
        read(&mut host, 1, &held(&["a"], ReadForm::EventStream));
        assert_eq!(host.got(1), [""; 0]);
    }
}

#[test]
fn an_update_that_comes_meanwhile_is_behind_the_place() {
    for form in FORMS {
        let mut host = Host::default();
        host.publish("1", &["a"]);
        host.subscribe(1, &held(&["a"], form));
        host.publish("2", &["a"]);
        host.read(1);
        let (ids, behind) = page(&host, 1, form);
        assert_eq!(ids, ["1"]);
        host.connect(2, &after(&behind, &["a"]));
        assert_eq!(host.got(2), ["2"]);
        host.publish("3", &["a"]);
        assert_eq!(host.got(2), ["2", "3"]);
    }
}

#[test]
fn who_hides_the_events_of_the_hub_gets_updates_alone_and_a_document_its_place_too() {
    let mut host = Host::keeping(2, 0);
    for number in 1..=4 {
        host.publish(&number.to_string(), &["a"]);
    }
    host.prune();
    let hidden = |form| {
        let request = after("gone", &["a"]).with_hub_events(HubEvents::Hidden);
        uncached(request).with_finite_read(all(form))
    };
    read(&mut host, 1, &hidden(ReadForm::EventStream));
    assert_eq!(text(&host, 1), ":\n");
    read(&mut host, 1, &hidden(ReadForm::Json));
    assert_eq!(document(&host, 1), json!({ "updates": [], "lastEventID": place(1, 4) }));
}

#[test]
fn a_page_between_many_updates_for_others_is_whole() {
    for form in FORMS {
        let mut host = Host::default();
        for number in 1..=3 * MAX_SCAN_UPDATES {
            let topic = if number % MAX_SCAN_UPDATES == 7 { "a" } else { "b" };
            host.append(update(&number.to_string(), &[topic]));
        }
        host.commit();
        read(&mut host, 1, &held(&["a"], form));
        let expected = [0, 1, 2].map(|turn| (turn * MAX_SCAN_UPDATES + 7).to_string());
        assert_eq!(page(&host, 1, form).0, expected);
        assert_eq!(host.stream(1).chunks.len(), 1, "the chunks tell nothing of the others");
    }
}

#[test]
fn a_large_page_comes_in_chunks_each_of_which_is_bounded() {
    for form in FORMS {
        let mut host = Host::default();
        let data = "x".repeat(10_000);
        for number in 1..=100 {
            let topic: Topic = "a".parse().unwrap();
            let id = number.to_string().parse().unwrap();
            host.append(Update::new(topic.into(), id, Event::new(&data)).encode().unwrap());
        }
        host.commit();
        read(&mut host, 1, &held(&["a"], form));
        assert_eq!(page(&host, 1, form).0.len(), 100);
        let chunks = &host.stream(1).chunks;
        assert!(chunks.len() > 5, "{} chunks", chunks.len());
        assert!(chunks.iter().all(|chunk| chunk.len() < MAX_CHUNK_BYTES + 11_000));
    }
}

#[test]
fn private_updates_and_their_topics_are_in_a_document_by_grant_alone() {
    let mut host = Host::default();
    host.append(private("1", &["a", "of somebody else"]));
    host.append(private("2", &["b"]));
    host.append(update("3", &["a", "c"]));
    host.commit();
    let request = held(&["a", "b", "of somebody else"], ReadForm::Json);
    read(&mut host, 1, &request);
    let public = json!({ "id": "3", "topics": ["a"], "data": "3" });
    assert_eq!(document(&host, 1)["updates"], json!([public]));
    host.subscribe_with(2, &request, &granted(&["a"]));
    host.read(2);
    let granted = json!({ "id": "1", "topics": ["a"], "data": "1" });
    assert_eq!(document(&host, 2)["updates"], json!([granted, public]));
}

#[test]
fn a_read_of_a_closed_topic_has_its_end_where_the_form_has_the_events_of_the_hub() {
    let mut host = Host::default();
    host.publish("1", &["a"]);
    host.close_topic("a");
    let end = format!("id: {}\n", host.hub.closing_id(Sequence::new(2)).as_str());
    let limited = |form| live(&["a"]).with_finite_read(up_to(2, form));
    read(&mut host, 1, &limited(ReadForm::EventStream));
    let text = text(&host, 1);
    let expected = format!("event: end\n{end}data: {{\"topic\":\"a\",\"reason\":\"done\"}}\n\n");
    assert_eq!(text, format!(":\nid: 1\ndata: 1\n\n{expected}{}", place_event(1, 2)));
    read(&mut host, 1, &limited(ReadForm::Json));
    assert_eq!(page(&host, 1, ReadForm::Json), (vec!["1".to_owned()], place(1, 2)));
    read(&mut host, 1, &live(&["*"]).with_finite_read(all(ReadForm::EventStream)));
    assert_eq!(host.got(1), ["1"]);
}

#[test]
fn an_event_without_data_is_in_no_document() {
    let mut host = Host::default();
    let empty = EncodedUpdate { event: (*b"id: 1\n\n").into(), ..update("1", &["a"]) };
    host.append(update("0", &["a"]));
    host.append(empty);
    host.append(update("2", &["a"]));
    host.commit();
    read(&mut host, 1, &live(&["a"]).with_finite_read(up_to(2, ReadForm::Json)));
    assert_eq!(page(&host, 1, ReadForm::Json).0, ["0", "2"]);
}

#[test]
fn nothing_but_the_page_is_given_whatever_is_sent_meanwhile() {
    let mut host = Host::default();
    host.publish("1", &["a"]);
    host.publish("2", &["a"]);
    host.subscribe(1, &held(&["a"], ReadForm::Json));
    assert_eq!(host.hub.reach(&update("3", &["a"])), 0);
    host.send_all("for all");
    let refused = host.hub.send_one(id(1), &Event::new("for one"), host.now);
    assert_eq!(refused.unwrap_err(), SendError::Stopped(id(1)));
    host.close(1, CloseReason::Stopped);
    host.drain(Duration::from_secs(20));
    assert_eq!(host.hub.left_of_drain(), [id(1)]);
    host.beat();
    host.read(1);
    assert_eq!(page(&host, 1, ReadForm::Json).0, ["1", "2"]);
    assert_eq!(host.stream(1).closed, Some(CloseReason::Read));
    assert_eq!(host.hub.left_of_drain(), []);
}

#[test]
fn a_page_that_breaks_off_is_no_document() {
    let mut host = Host::keeping(u64::MAX, 0);
    for number in 1..=9 {
        host.publish(&number.to_string(), &["a"]);
    }
    host.prune();
    host.subscribe(1, &held(&["a"], ReadForm::Json));
    host.history.fail_after(4);
    let mut failed = Ok(());
    for _ in 0..3 {
        failed = failed.and_then(|()| host.try_pull(1));
    }
    assert!(matches!(failed, Err(PollError::History(Refused))));
    let text = text(&host, 1);
    assert!(text.starts_with(r#"{"updates":["#) && !text.contains("lastEventID"), "{text}");
    assert!(serde_json::from_str::<Value>(&text).is_err());
}

#[test]
fn a_read_that_lags_is_conflated_never() {
    let mut host = Host::default();
    host.hub = host.hub.with_slow_consumers(SlowConsumers::Conflate);
    let updates = SLOW_AFTER_UPDATES + 2;
    (0..updates).for_each(|number| host.append(update(&number.to_string(), &["a"])));
    host.commit();
    read(&mut host, 1, &held(&["a"], ReadForm::Json));
    assert_eq!(page(&host, 1, ReadForm::Json).0.len() as u64, updates);
}
