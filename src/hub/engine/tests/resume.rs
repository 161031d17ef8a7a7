//! Where a connection begins, what its client is told of it, and what the client is given when it
//! comes back with that.

use std::time::Duration;

use super::{
    Host,
    host::{after, earliest, id, live, live_in, place, place_event, uncached},
    update,
};
use crate::{
    base::{dialect::Dialect, sequence::Sequence},
    hub::{
        last_event_id::LastEventId, subscribe_request::SubscribeRequest, subscriber::Subscriber,
    },
    log::{
        place::{Place, PlaceEvents},
        place_key::PlaceKey,
        update::EncodedUpdate,
        update_id::IdOrigin,
    },
    tokens::{
        access::Access,
        grants::{Grants, Selector, SubscribeGrant},
    },
};

const NOTHING: [&str; 0] = [];
const HOUR: Duration = Duration::from_hours(1);

fn publish_private(host: &mut Host, id: &str) {
    host.append(EncodedUpdate { private: true, ..update(id, &["a"]) });
    host.commit();
}

/// The client of this connection goes away; gives what it sends when it comes back, by the
/// standard: the last id that was in a whole block, if there was one.
fn cut(host: &mut Host, connection: u8) -> SubscribeRequest {
    let closed = host.hub.stop_one(id(connection)).unwrap();
    host.end([closed]);
    let bytes = String::from_utf8(host.bytes(connection)).unwrap();
    match bytes.lines().filter_map(|line| line.strip_prefix("id: ")).next_back() {
        None => uncached(live(&["a"])),
        Some("earliest") => earliest(&["a"]).returning(),
        Some(id) => after(id, &["a"]).returning(),
    }
}

/// A client that is given nothing over a log of `published`, goes away, misses `m1` and `m2`, and
/// comes back, is given `expected`.
#[track_caller]
fn comes_back(window: u64, published: &[(&str, &str)], expected: &[&str]) {
    let mut host = Host::keeping(u64::MAX, window);
    for (id, topic) in published {
        host.publish(id, &[topic]);
        publish_private(&mut host, "hidden");
        host.prune();
    }
    host.connect(1, &uncached(live(&["a"])));
    assert_eq!(host.got(1), NOTHING);
    let request = cut(&mut host, 1);
    for (id, topic) in [("m1", "a"), ("elsewhere", "b"), ("m2", "a")] {
        host.publish(id, &[topic]);
        publish_private(&mut host, "secret");
        host.prune();
    }
    host.connect(2, &request);
    host.publish("live", &["a"]);
    assert_eq!(host.got(2), expected);
}

#[test]
fn a_client_that_was_given_nothing_comes_back_to_exactly_what_it_missed() {
    for window in [0, 3, 99] {
        comes_back(window, &[], &["m1", "m2", "live"]);
        comes_back(window, &[("old", "a")], &["m1", "m2", "live"]);
        comes_back(window, &[("old", "a"), ("foreign", "b")], &["m1", "m2", "live"]);
        // Ids that were given twice, and ids of another meaning, are no places.
        let published = [("old", "a"), ("newer", "a"), ("old", "a"), ("hidden", "a")];
        comes_back(window, &published, &["m1", "m2", "live"]);
    }
}

#[test]
fn a_place_is_told_to_who_asks_no_cache_unless_it_is_said_otherwise() {
    let requests = [live(&["a"]), uncached(live(&["a"]))];
    for (place_events, told) in [
        (PlaceEvents::Auto, [false, true]),
        (PlaceEvents::On, [true, true]),
        (PlaceEvents::Off, [false, false]),
    ] {
        for (request, told) in requests.iter().zip(told) {
            let mut host = Host::default();
            host.hub = host.hub.with_place_events(place_events);
            host.connect(1, request);
            let place = if told { "event: place\nid: earliest\ndata:{}\n\n" } else { "" };
            let expected = format!(":\n{place}");
            assert_eq!(String::from_utf8(host.bytes(1)).unwrap(), expected, "{place_events:?}");
        }
    }
}

#[test]
fn what_is_committed_between_the_request_and_the_first_read_is_behind_the_place_that_is_told() {
    let mut host = Host::default();
    host.publish("1", &["a"]);
    host.subscribe(1, &uncached(live(&["a"])));
    host.publish("2", &["a"]);
    host.registered(1);
    host.read(1);
    let place = place_event(1, 1);
    assert_eq!(host.bytes(1), format!(":\n{place}id: 2\ndata: 2\n\n").as_bytes());
}

#[test]
fn a_client_some_of_whose_updates_are_removed_is_told_of_the_gap_and_given_the_others() {
    let mut host = Host::keeping(2, 0);
    host.publish("1", &["a"]);
    host.connect(1, &uncached(live(&["a"])));
    let request = cut(&mut host, 1);
    for number in 2..=5 {
        host.publish(&number.to_string(), &["a"]);
        host.prune();
    }
    let subscribed = host.subscribe(2, &request);
    assert_eq!(subscribed.preceding, Some(Place::Earliest));
    host.read(2);
    let requested = place(1, 1);
    let gap = format!(r#"gap {{"requested":"{requested}","first":"4","missed":null}}"#);
    assert_eq!(host.got(2), [&gap, "4", "5"]);
}

#[test]
fn who_sees_every_update_is_told_how_many_came_behind_its_place_and_are_removed() {
    let mut host = Host::keeping(2, 0);
    for number in 1..=7 {
        host.publish(&number.to_string(), &["a"]);
        host.prune();
    }
    let access = Access::new(grants("*"), &()).unwrap();
    let request = after(&place(1, 2), &["*"]);
    host.subscribe_with(2, &request, &access);
    host.read(2);
    let requested = place(1, 2);
    let gap = format!(r#"gap {{"requested":"{requested}","first":"6","missed":3}}"#);
    assert_eq!(host.got(2), [&gap, "6", "7"]);
}

#[test]
fn a_place_is_returned_to_exactly_wherever_the_log_has_gone_since() {
    let mut host = Host::default();
    for number in 1..=5 {
        host.publish(&number.to_string(), &["a"]);
        publish_private(&mut host, "secret");
    }
    for behind in 0..=10 {
        let connection = 10 + u8::try_from(behind).unwrap();
        let asked = place(connection, behind);
        let request = if behind == 0 { earliest(&["a"]) } else { after(&asked, &["a"]) };
        let subscribed = host.subscribe(connection, &request.returning());
        assert_eq!(subscribed.preceding.unwrap().as_str(), asked);
        if subscribed.is_registered {
            host.registered(connection);
        }
        host.read(connection);
        let expected: Vec<_> =
            (behind.div_ceil(2) + 1..=5).map(|number| number.to_string()).collect();
        assert_eq!(host.got(connection), expected, "behind {behind}");
    }
}

#[test]
fn a_place_that_was_never_told_is_unknown() {
    let mut host = Host::default();
    host.publish("1", &["a"]);
    host.append(update("2", &["a"]));
    let foreign = PlaceKey::from_random([8; 16]).tell(Sequence::new(1), id(1).into());
    let forged = format!("{}A", place(1, 1));
    for asked in [foreign.as_str(), &forged, "#", "#x", &place(1, 2), &place(1, 99)] {
        let subscribed = host.subscribe(2, &after(asked, &["a"]));
        assert_eq!(subscribed.preceding.unwrap().as_str(), place(2, 1), "{asked}");
        host.registered(2);
        host.read(2);
        let gap = format!(r#"gap {{"requested":"{asked}","first":null,"missed":null}}"#);
        assert_eq!(host.got(2), [gap]);
        let closed = host.hub.stop_one(id(2)).unwrap();
        host.end([closed]);
    }
}

#[test]
fn behind_a_gap_a_client_has_a_place_to_come_back_to() {
    for without_gap_events in [false, true] {
        let mut host = Host::default();
        if without_gap_events {
            host = host.without_gap_events();
        }
        host.publish("1", &["a"]);
        host.connect(1, &uncached(after("gone", &["a"])));
        let request = cut(&mut host, 1);
        host.publish("2", &["a"]);
        host.connect(2, &request);
        assert_eq!(host.got(2), ["2"], "no second gap");
    }
}

#[test]
fn behind_a_gap_of_its_own_a_slow_reader_has_a_place_to_come_back_to() {
    for without_gap_events in [false, true] {
        let mut host = Host::keeping(2, 0);
        if without_gap_events {
            host = host.without_gap_events();
        }
        host.subscribe(1, &uncached(live(&["a"])));
        host.registered(1);
        for number in 1..=6 {
            host.publish(&number.to_string(), &["b"]);
            host.prune();
        }
        host.read(1);
        let request = cut(&mut host, 1);
        host.publish("7", &["a"]);
        host.prune();
        host.connect(2, &request);
        assert_eq!(host.got(2), ["7"], "no second gap");
    }
}

#[test]
fn a_client_that_comes_back_to_earliest_after_something_was_removed_is_told_of_the_gap() {
    let mut host = Host::keeping(2, 0);
    host.connect(1, &uncached(live(&["a"])));
    let request = cut(&mut host, 1);
    for number in 1..=5 {
        host.publish(&number.to_string(), &["a"]);
        host.prune();
    }
    host.connect(2, &request);
    let gap = r#"gap {"requested":"earliest","first":"4","missed":null}"#;
    assert_eq!(host.got(2), [gap, "4", "5"]);
    host.connect(3, &earliest(&["a"]));
    assert_eq!(host.got(3), ["4", "5"], "who asks for what is held misses nothing of it");
}

#[test]
fn a_place_at_the_end_of_a_hub_of_which_everything_was_removed_is_returned_to_exactly() {
    let mut host = Host::keeping_for(u64::MAX, 99, Some(HOUR));
    host.publish("1", &["a"]);
    host.wait(HOUR);
    for (first, second, prunes) in [(1, 2, false), (3, 4, true)] {
        if prunes {
            host.prune();
        }
        host.connect(first, &uncached(live(&["a"])));
        let request = cut(&mut host, first);
        host.publish("missed", &["a"]);
        host.connect(second, &request);
        assert_eq!(host.got(second), ["missed"]);
        host.wait(HOUR);
    }
}

#[test]
fn what_is_too_old_is_not_replayed_and_its_id_is_unknown() {
    let mut host = Host::keeping_for(u64::MAX, 99, Some(HOUR));
    host.publish("1", &["a"]);
    host.wait(HOUR / 2);
    host.publish("2", &["a"]);
    host.wait(HOUR / 2);
    host.publish("3", &["a"]);
    host.connect(1, &earliest(&["a"]));
    assert_eq!(host.got(1), ["2", "3"]);
    host.connect(2, &after("1", &["a"]));
    assert_eq!(host.got(2), [r#"gap {"requested":"1","first":null,"missed":null}"#]);
}

#[test]
fn a_reader_that_slept_until_updates_were_too_old_is_told_of_the_gap() {
    let mut host = Host::keeping_for(u64::MAX, 99, Some(HOUR));
    host.subscribe(1, &live(&["a"]));
    host.registered(1);
    host.publish("1", &["a"]);
    host.wait(HOUR);
    host.publish("2", &["a"]);
    host.read(1);
    assert_eq!(host.got(1), [r#"gap {"requested":null,"first":"2","missed":null}"#, "2"]);
}

#[test]
fn the_id_of_a_private_update_is_as_unknown_as_one_that_never_was() {
    let mut host = Host::default();
    host.publish("1", &["a"]);
    publish_private(&mut host, "secret");
    host.publish("2", &["a"]);
    let answer = |host: &mut Host, connection, asked| {
        let preceding = host.subscribe(connection, &after(asked, &["a", "*"])).preceding;
        host.registered(connection);
        host.read(connection);
        let live = place(connection, 3);
        assert_eq!(preceding.unwrap().as_str(), live);
        let bytes = String::from_utf8(host.bytes(connection)).unwrap();
        bytes.replace(asked, "asked").replace(&live, "live")
    };
    assert_eq!(answer(&mut host, 1, "secret"), answer(&mut host, 2, "never"));
}

#[test]
fn behind_the_id_that_the_hub_gave_a_private_update_everybody_is_given_what_it_may_see() {
    let mut host = Host::default();
    let hidden = EncodedUpdate { private: true, ..update("hidden", &["a"]) };
    host.append(EncodedUpdate { id_origin: IdOrigin::Hub, ..hidden });
    host.publish("1", &["a"]);
    publish_private(&mut host, "secret");
    host.publish("2", &["a"]);
    let subscribed = host.subscribe(1, &after("hidden", &["a"]));
    assert_eq!(subscribed.preceding.unwrap().as_str(), "hidden");
    host.read(1);
    assert_eq!(host.got(1), ["1", "2"], "without a gap");
}

#[test]
fn a_public_update_behind_a_private_one_of_the_same_id_is_found() {
    let mut host = Host::default();
    publish_private(&mut host, "same");
    host.publish("same", &["a"]);
    host.publish("next", &["a"]);
    host.connect(1, &after("same", &["a"]));
    assert_eq!(host.got(1), ["next"]);
}

#[test]
fn an_update_that_was_not_asked_for_is_known_all_the_same() {
    let mut host = Host::default();
    host.publish("1", &["b"]);
    host.publish("2", &["a"]);
    host.connect(1, &after("1", &["a"]));
    assert_eq!(host.got(1), ["2"]);
}

#[track_caller]
fn preceding(host: &Host, asked: Option<&LastEventId>, expected: [Option<&str>; 2]) {
    let answered = [Dialect::V0, Dialect::V1].map(|dialect| {
        let request = live_in(dialect, &["a"]);
        let request = match asked {
            Some(asked) => request.after(asked.clone()),
            None => request,
        };
        let access = Access::default();
        let subscriber =
            Subscriber { id: id(1), request: &request, access: &access, resumes: None };
        host.hub.preceding(subscriber, host.now).unwrap()
    });
    let answered = answered.each_ref().map(|place| place.as_ref().map(Place::as_str));
    assert_eq!(answered, expected);
}

#[test]
fn each_dialect_answers_a_last_event_id_in_its_way() {
    let asked = |id: &str| LastEventId::After(id.parse().unwrap());
    let mut host = Host::default();
    for asked in [asked("unknown"), LastEventId::Earliest, LastEventId::Empty] {
        preceding(&host, Some(&asked), [Some("earliest"); 2]);
    }
    host.publish("public", &["a"]);
    publish_private(&mut host, "private");
    preceding(&host, None, [None, None]);
    preceding(&host, Some(&asked("public")), [Some("public"); 2]);
    preceding(&host, Some(&LastEventId::Earliest), [Some("earliest"); 2]);
    let tail = place(1, 2);
    preceding(&host, Some(&asked(&place(7, 1))), [Some(&place(7, 1)); 2]);
    preceding(&host, Some(&LastEventId::Empty), [Some(&tail), Some("earliest")]);
    preceding(&host, Some(&asked("unknown")), [Some(&tail), Some("earliest")]);
    preceding(&host, Some(&asked("private")), [Some(&tail), Some("earliest")]);
}

#[test]
fn switched_off_no_gap_is_told_by_any_path() {
    let mut host = Host::keeping(2, 0).without_gap_events();
    host.connect(1, &live(&["a"]));
    for number in 1..=6 {
        host.publish(&number.to_string(), &["a"]);
        host.prune();
    }
    host.read(1);
    assert_eq!(host.got(1), ["1", "5", "6"]);
    host.connect(2, &after("gone", &["a"]));
    assert_eq!(host.got(2), NOTHING);
    host.connect(3, &earliest(&["a"]).returning());
    assert_eq!(host.got(3), ["5", "6"]);
}

fn grants(topic: &str) -> Grants {
    Grants {
        dialect: Dialect::V0,
        publish: Vec::new(),
        has_publish_claim: false,
        subscribe: vec![SubscribeGrant {
            topics: vec![Selector::TopicSelector(topic.to_owned())],
            payload: None,
        }],
        expires: None,
    }
}
