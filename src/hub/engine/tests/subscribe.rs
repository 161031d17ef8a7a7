//! The order on a new connection: registry, replay, hook, live.

use super::{
    Host, Refused,
    host::{after, earliest, id, live, place_event, uncached},
    update,
};
use crate::{
    base::{limits::MAX_SCAN_UPDATES, sequence::Sequence},
    event_stream::event::Event,
    hub::{
        audiences::NoPlace,
        close_reason::CloseReason,
        engine::{deliver::Polled, subscribe::SubscribeError},
        subscriber::Subscriber,
    },
    log::{place::Place, update::EncodedUpdate},
    tokens::access::Access,
    topics::selector_index::TooManySelectors,
};

#[test]
fn a_live_connection_is_registered_at_once_and_begins_with_a_byte_and_its_place() {
    let mut host = Host::default();
    host.publish("1", &["a"]);
    let subscribed = host.subscribe(1, &uncached(live(&["a"])));
    assert!(subscribed.is_registered);
    assert_eq!(subscribed.preceding, None);
    host.registered(1);
    host.read(1);
    assert_eq!(host.bytes(1), format!(":\n{}", place_event(1, 1)).as_bytes());
}

#[test]
fn a_connection_is_in_the_registry_then_replayed_then_registered_once_then_live() {
    let mut host = Host::default();
    host.publish("1", &["a"]);
    let subscribed = host.subscribe(1, &earliest(&["a"]));
    assert!(!subscribed.is_registered);
    assert!(host.hub.registry().get(id(1)).is_ok());
    host.pull(1);
    assert_eq!((host.got(1), host.stream(1).times_registered), (vec!["1".to_owned()], 0));
    host.read(1);
    host.publish("2", &["a"]);
    host.read(1);
    assert_eq!((host.got(1).len(), host.stream(1).times_registered), (2, 1));
}

#[test]
fn what_is_sent_during_the_replay_comes_behind_it_and_ahead_of_what_is_live() {
    let mut host = Host::default();
    host.publish("1", &["a"]);
    host.subscribe(1, &earliest(&["a"]));
    host.send_one(1, "welcome");
    host.publish("2", &["a"]);
    host.send_all("all");
    host.read(1);
    assert_eq!(host.got(1), ["1", "welcome", "all", "2"]);
}

#[test]
fn what_the_registered_hook_sends_is_the_first_thing_a_live_connection_gets() {
    let mut host = Host::default();
    host.subscribe(1, &live(&["a"]));
    host.publish("1", &["a"]);
    host.send_one(1, "welcome");
    host.registered(1);
    host.pull(1);
    assert_eq!(host.bytes(1), b":\ndata: welcome\n\nid: 1\ndata: 1\n\n");
}

#[test]
fn until_the_hook_has_run_nothing_live_is_given() {
    let mut host = Host::default();
    host.subscribe(1, &live(&["a"]));
    host.pull(1);
    assert_eq!(host.publish("1", &["a"]), 0);
    assert_eq!(host.hub.poll_data(id(1), host.now).unwrap(), Polled::Nothing);
    assert_eq!(host.publish("2", &["a"]), 0);
    host.registered(1);
    host.read(1);
    assert_eq!(host.got(1), ["1", "2"]);
}

#[test]
fn the_hook_is_due_once_however_often_it_is_polled_before_it_has_run() {
    let mut host = Host::default();
    host.publish("1", &["a"]);
    host.subscribe(1, &earliest(&["b"]));
    host.pull(1);
    assert_eq!(host.hub.poll_data(id(1), host.now).unwrap(), Polled::Registered);
    assert_eq!(host.hub.poll_data(id(1), host.now).unwrap(), Polled::Nothing);
    host.registered(1);
    host.read(1);
    assert_eq!(host.hub.poll_data(id(1), host.now).unwrap(), Polled::Nothing);
}

#[test]
fn starting_a_connection_that_replays_does_not_cut_its_replay_short() {
    let mut host = Host::default();
    host.publish("1", &["a"]);
    host.subscribe(1, &earliest(&["a"]));
    host.hub.start(id(1)).unwrap();
    host.send_one(1, "welcome");
    host.read(1);
    assert_eq!(host.got(1), ["1", "welcome"]);
    assert_eq!(host.stream(1).times_registered, 1);
}

#[test]
fn a_hook_that_fails_ends_its_connection_alone() {
    let mut host = Host::default();
    host.connect(2, &live(&["a"]));
    host.subscribe(1, &live(&["a"]));
    let closed = host.hub.remove(id(1), CloseReason::Failed).unwrap();
    assert_eq!(closed.reason, CloseReason::Failed);
    host.end([closed]);
    assert_eq!(host.publish("1", &["a"]), 1);
    assert_eq!(host.hub.registry().len(), 1);
    assert_eq!(host.got(2), ["1"]);
}

#[test]
fn an_id_that_is_taken_is_refused_and_the_first_connection_stays_as_it_was() {
    let mut host = Host::default();
    host.connect(1, &live(&["a"]));
    let refused = host.hub.subscribe(
        Subscriber { id: id(1), request: &live(&["b"]), access: &Access::default(), resumes: None },
        9,
        host.now,
    );
    assert!(matches!(refused, Err(SubscribeError::IdTaken(taken)) if taken == id(1)));
    host.publish("1", &["a"]);
    host.publish("2", &["b"]);
    assert_eq!(host.got(1), ["1"]);
}

#[test]
fn a_history_that_cannot_be_read_refuses_a_connection_and_keeps_nothing_of_it() {
    let mut host = Host::default();
    host.history.fail_after(0);
    let refused = host.hub.subscribe(
        Subscriber {
            id: id(1),
            request: &after("1", &["a"]),
            access: &Access::default(),
            resumes: None,
        },
        1,
        host.now,
    );
    assert!(matches!(refused, Err(SubscribeError::History(Refused))));
    assert!(host.hub.registry().is_empty());
}

#[test]
fn a_connection_goes_on_behind_the_update_it_names() {
    let mut host = Host::default();
    for id in ["1", "2", "3"] {
        host.publish(id, &["a"]);
    }
    let subscribed = host.subscribe(1, &after("1", &["a"]));
    assert_eq!(subscribed.preceding, Some(Place::After("1".parse().unwrap())));
    host.read(1);
    assert_eq!(host.got(1), ["2", "3"]);
}

#[test]
fn naming_the_newest_update_leaves_nothing_to_replay() {
    let mut host = Host::default();
    host.publish("1", &["a"]);
    assert!(host.subscribe(1, &after("1", &["a"])).is_registered);
    host.registered(1);
    host.read(1);
    assert_eq!(host.bytes(1), b":\n");
}

#[test]
fn the_id_of_an_update_that_is_not_committed_is_unknown() {
    let mut host = Host::default();
    host.publish("1", &["a"]);
    host.append(update("2", &["a"]));
    host.connect(1, &after("2", &["a"]));
    assert_eq!(host.got(1), [r#"gap {"requested":"2","first":null,"missed":null}"#]);
    host.commit();
    assert_eq!(host.got(1)[1..], ["2"]);
}

#[test]
fn a_replay_ends_with_what_was_committed_when_it_began() {
    let mut host = Host::default();
    host.publish("1", &["a"]);
    host.subscribe(1, &earliest(&["a"]));
    host.publish("2", &["a"]);
    host.pull(1);
    assert_eq!(host.got(1), ["1"]);
    host.read(1);
    assert_eq!(host.got(1), ["1", "2"]);
}

#[test]
fn a_replay_that_finds_nothing_for_long_lets_others_have_their_turn() {
    let mut host = Host::default();
    for number in 0..=MAX_SCAN_UPDATES * 2 {
        host.append(update(&number.to_string(), &["a"]));
    }
    host.hub.commit(Sequence::new(u64::MAX), host.now);
    host.subscribe(1, &earliest(&["b"]));
    assert_eq!(host.hub.poll_data(id(1), host.now).unwrap(), Polled::Yield);
    assert_eq!(host.hub.poll_data(id(1), host.now).unwrap(), Polled::Yield);
    assert_eq!(host.hub.poll_data(id(1), host.now).unwrap(), Polled::Chunk(b":\n".to_vec()));
    assert_eq!(host.hub.poll_data(id(1), host.now).unwrap(), Polled::Registered);
}

#[test]
fn where_a_chunk_of_a_replay_ends_tells_nothing_of_updates_that_are_hidden() {
    let chunks = |hidden: usize| {
        let mut host = Host::default();
        host.publish("start", &["a"]);
        for number in 0..hidden {
            let hidden =
                EncodedUpdate { private: true, ..update(&format!("hidden-{number}"), &["a"]) };
            host.append(hidden);
        }
        for number in 0..MAX_SCAN_UPDATES + 500 {
            host.append(update(&number.to_string(), &["a"]));
        }
        host.hub.commit(Sequence::new(u64::MAX), host.now);
        host.subscribe(1, &after("start", &["a"]));
        let mut chunks = Vec::new();
        loop {
            match host.hub.poll_data(id(1), host.now).unwrap() {
                Polled::Chunk(chunk) => chunks.push(chunk),
                Polled::Yield => {}
                Polled::Registered => return chunks,
                other => panic!("{other:?}"),
            }
        }
    };
    let expected = chunks(0);
    assert!(!expected.is_empty());
    for hidden in [1, 37, MAX_SCAN_UPDATES - 1, MAX_SCAN_UPDATES * 2] {
        assert!(chunks(hidden) == expected, "{hidden}");
    }
}

#[test]
fn a_chunk_that_waits_for_its_rest_counts_as_memory() {
    let mut host = Host::default();
    for number in 0..=MAX_SCAN_UPDATES {
        host.append(update(&number.to_string(), &["a"]));
    }
    host.hub.commit(Sequence::new(u64::MAX), host.now);
    let before = host.hub.registry().held().queues;
    host.subscribe(1, &earliest(&["a"]));
    assert_eq!(host.hub.poll_data(id(1), host.now).unwrap(), Polled::Yield);
    let held = host.hub.registry().held().queues - before;
    let Polled::Chunk(chunk) = host.hub.poll_data(id(1), host.now).unwrap() else { panic!() };
    assert!(held > MAX_SCAN_UPDATES && held < chunk.len(), "{held} of {}", chunk.len());
    assert_eq!(host.hub.registry().held().queues, before);
    assert_eq!(host.hub.poll_data(id(1), host.now).unwrap(), Polled::Registered);
}

#[test]
fn a_welcome_is_kept_for_a_connection_that_is_only_registered() {
    let mut host = Host::default();
    host.subscribe(1, &live(&["a"]));
    let effect = host.hub.send_one(id(1), &Event::new("welcome"), host.now).unwrap();
    assert_eq!(effect, None);
    assert_eq!(host.hub.registry().get(id(1)).unwrap().queue_len(), 1);
}

#[test]
fn a_replay_that_costs_much_for_each_update_gives_way_to_others_and_comes_to_its_end() {
    let mut host = Host::default();
    for number in 0..200 {
        host.publish(&number.to_string(), &["books/that no expansion holds"]);
    }
    host.publish("last", &["books/b"]);
    let costly: Vec<_> = (0..140).map(|at| format!("books/{{a{at}}}{{b*}}{{c*}}")).collect();
    let costly: Vec<_> = costly.iter().map(String::as_str).collect();
    host.subscribe(1, &earliest(&costly));
    let polled = |host: &mut Host| host.hub.poll_data(id(1), host.now).unwrap();
    assert_eq!(polled(&mut host), Polled::Yield);
    host.read(1);
    assert_eq!(host.got(1), ["last"]);
}

#[test]
fn what_a_connection_asks_for_is_charged_to_the_address_that_the_host_knows() {
    let mut host = Host::default();
    // Two connections to an address, beside one whose address is unknown.
    host.hub =
        host.hub.with_addresses(|state| (*state < 4).then(|| (state / 2).to_string().into()));
    let own = |connection: u8| {
        let topics: Vec<_> = (0..100).map(|at| format!("{{a{connection}_{at}}}")).collect();
        live(&topics.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let subscribe = |host: &mut Host, connection: u8| {
        let access = Access::default();
        host.hub.subscribe(
            Subscriber {
                id: id(connection),
                request: &own(connection),
                access: &access,
                resumes: None,
            },
            connection,
            host.now,
        )
    };
    subscribe(&mut host, 0).unwrap();
    let refused = subscribe(&mut host, 1);
    let many = NoPlace::Selectors(TooManySelectors::OfAddress);
    assert!(matches!(refused, Err(SubscribeError::NoPlace(place)) if place == many));
    for connection in [2, 4] {
        subscribe(&mut host, connection).unwrap();
    }
    host.hub.remove(id(0), CloseReason::ClientGone);
    subscribe(&mut host, 1).unwrap();
}
