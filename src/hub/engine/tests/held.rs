//! Connections whose streams Workers hold: the hub keeps no time for them, and they go on after it has
//! slept.

use std::time::Duration;

use super::{
    Host,
    closings::granted,
    host::{earliest, id, live},
    link_host::{Asks, LinkHost, Settings, WINDOW},
    update,
};
use crate::{
    base::{
        limits::{DRAIN_PATIENCE, MAX_QUEUE_BYTES, SLOW_AFTER_UPDATES},
        sequence::Sequence,
        timestamp::Timestamp,
    },
    event_stream::event::Event,
    hub::{
        close_reason::CloseReason,
        connection::SendError,
        engine::deliver::Polled,
        resumes::{Keeper, Resumes, Standing},
        slow_consumers::SlowConsumers,
        subscribe_request::SubscribeRequest,
        subscriber::Subscriber,
    },
    log::{
        closing::{Closing, EndReason},
        update::EncodedUpdate,
    },
    tokens::access::Access,
};

const INTERVAL: Duration = Duration::from_secs(15);

/// Connections from 100 on are held by Workers.
fn held() -> Host {
    let mut host = Host::default();
    host.hub = host.hub.with_keepers(|state| match state {
        ..100 => Keeper::Hub,
        100.. => Keeper::Worker,
    });
    host
}

fn subscriber<'a>(
    connection: u8,
    request: &'a SubscribeRequest,
    access: &'a Access,
) -> Subscriber<'a> {
    Subscriber { id: id(connection), request, access, resumes: None }
}

/// A client whose Worker has no credit left, after this update.
fn full(host: &mut LinkHost) {
    host.open(1, &live(&["a"]));
    publish(host, "1", usize::try_from(WINDOW).unwrap());
}

fn publish(host: &mut LinkHost, id: &str, bytes: usize) {
    let event = Event::new(format!("{id} {}", "x".repeat(bytes))).with_id(id.parse().unwrap());
    let event = crate::event_stream::encoder::encoded(&event).into();
    host.append(EncodedUpdate { event, ..update(id, &["a"]) });
    host.commit();
}

/// The ids that the client has read.
fn ids(host: &LinkHost) -> Vec<String> {
    let text = String::from_utf8(host.workers[&1].client.clone()).unwrap();
    text.lines().filter_map(|line| line.strip_prefix("id: ")).map(str::to_owned).collect()
}

#[test]
fn the_hub_keeps_no_time_for_a_connection_that_a_worker_holds() {
    let mut host = held();
    host.connect(100, &live(&["a"]));
    assert!(!host.hub.keeps_time());
    host.wait(INTERVAL * 3);
    let given = host.bytes(100);
    assert_eq!(host.beat(), None);
    assert_eq!((host.bytes(100), host.stream(100).closed), (given, None));
    host.connect(1, &live(&["a"]));
    assert!(host.hub.keeps_time());
    assert_eq!((host.hub.registry().links(), host.hub.registry().len()), (1, 2));
    assert_eq!(host.beat(), Some(INTERVAL));
    host.hub.remove(id(1), CloseReason::ClientGone);
    assert!(!host.hub.keeps_time());
}

#[test]
fn a_woken_connection_waits_at_the_end_of_the_log_and_its_stream_does_not_begin_anew() {
    let mut host = LinkHost::new(Settings::default());
    host.open(1, &live(&["a"]));
    publish(&mut host, "1", 1);
    host.settle();
    assert!(host.sleep());
    assert_eq!(host.attachment(1).behind, None);
    publish(&mut host, "2", 1);
    host.settle();
    assert_eq!((ids(&host), host.lives), (vec!["1".to_owned(), "2".to_owned()], 2));
    assert_eq!(host.workers[&1].client, b":\nid: 1\ndata: 1 x\n\nid: 2\ndata: 2 x\n\n");
}

#[test]
fn one_that_is_behind_when_the_hub_falls_asleep_goes_on_where_it_was() {
    let mut host = LinkHost::new(Settings::default());
    full(&mut host);
    publish(&mut host, "2", 1);
    assert!(host.sleep());
    assert_eq!(host.attachment(1).behind, Some(Sequence::new(1)));
    publish(&mut host, "3", 1);
    assert!(host.sleep());
    host.settle();
    assert_eq!((ids(&host).join(" "), host.lives), ("1 2 3".to_owned(), 3));
}

#[test]
fn a_hub_that_is_drained_sleeps_once_each_has_ended_behind_what_there_was_for_it() {
    let mut host = LinkHost::new(Settings::default());
    full(&mut host);
    publish(&mut host, "2", 1);
    host.drain(Duration::from_secs(4));
    assert!(!host.sleep());
    publish(&mut host, "3", 1);
    host.settle();
    assert_eq!(host.workers[&1].ended.as_deref(), Some("drained"));
    assert_eq!(ids(&host).join(" "), "1 2");
    host.wait(DRAIN_PATIENCE);
    assert!(host.sleep());
    let client = String::from_utf8(host.workers[&1].client.clone()).unwrap();
    assert!(client.contains("retry: "), "{client}");
}

#[test]
fn one_whose_topic_is_closed_while_it_is_behind_ends_after_a_sleep() {
    let mut host = LinkHost::new(Settings::default());
    full(&mut host);
    let (topic, reason, private) = ("a".parse().unwrap(), EndReason::Done, false);
    host.close_topic(&Closing { topic, reason, private });
    host.commit();
    assert!(host.sleep());
    host.settle();
    assert_eq!(host.workers[&1].ended.as_deref(), Some("ended"));
}

#[test]
fn what_is_for_one_connection_alone_does_not_wait_for_credit_and_is_bounded() {
    let mut host = LinkHost::new(Settings::default());
    full(&mut host);
    publish(&mut host, "2", 1);
    let event = Event::new("x".repeat(MAX_QUEUE_BYTES / 3));
    assert_eq!([host.send_one(1, &event), host.send_one(1, &event)], [Ok(()), Ok(())]);
    let refused = host.send_one(1, &event);
    assert!(matches!(refused, Err(SendError::QueueFull(_))), "{refused:?}");
    assert!(host.sleep());
    host.settle();
    let client = String::from_utf8(host.workers[&1].client.clone()).unwrap();
    let given = client.matches('x').count();
    assert_eq!(given, MAX_QUEUE_BYTES / 3 * 2 + usize::try_from(WINDOW).unwrap() + 1);
    assert_eq!(host.send_one(1, &event), Ok(()), "its reader has taken everything");
}

#[test]
fn an_event_for_all_comes_to_those_that_wait_and_to_those_without_credit() {
    let mut host = LinkHost::new(Settings::default());
    full(&mut host);
    publish(&mut host, "2", 1);
    host.open(2, &live(&["a"]));
    host.send_all(&Event::new("for all"));
    assert!(host.sleep());
    host.settle();
    for (number, worker) in &host.workers {
        let client = String::from_utf8(worker.client.clone()).unwrap();
        assert_eq!(client.matches("for all").count(), 1, "{number}");
    }
}

#[test]
fn a_connection_over_another_link_is_judged_anew_and_is_not_counted_twice() {
    let mut host = LinkHost::new(Settings::default());
    host.open(1, Asks { request: live(&["a"]), access: granted("a") });
    host.open(2, &live(&["b"]));
    for id in ["1", "2"] {
        host.append(EncodedUpdate { private: true, ..update(id, &["a"]) });
        host.commit();
        host.settle();
        host.reopen(1, &Access::default());
    }
    host.settle();
    assert_eq!(ids(&host), ["1"]);
    let registry = host.hub().registry();
    assert_eq!((registry.len(), registry.links()), (2, 2));
    assert!(CloseReason::ALL.iter().all(|reason| registry.ended(*reason) == 0));
}

#[test]
fn what_is_gone_when_a_link_is_opened_again_is_told_on_the_same_stream() {
    let mut settings = Settings::default();
    settings.retention.publications.updates = 1;
    let mut host = LinkHost::new(settings);
    host.open(1, &live(&["a"]));
    publish(&mut host, "1", 1);
    host.settle();
    host.abort(0);
    for id in ["2", "3", "4", "5", "6", "7"] {
        publish(&mut host, id, 1);
    }
    host.prune();
    assert!(host.sleep());
    host.reopen(1, &Access::default());
    host.settle();
    let client = String::from_utf8(host.workers[&1].client.clone()).unwrap();
    assert_eq!(client.matches("event: gap").count(), 1, "{client}");
    assert!(ids(&host).contains(&"7".to_owned()) && !ids(&host).contains(&"2".to_owned()));
}

#[test]
fn the_age_of_a_connection_does_not_begin_anew_when_it_goes_on() {
    let mut host = held();
    host.hub = host.hub.with_max_age(Some(Duration::from_hours(1)));
    let (request, access) = (live(&["a"]), Access::default());
    let newcomer = subscriber(100, &request, &access);
    let first = host.hub.subscribe(newcomer, 100, host.now).unwrap();
    assert!(first.expires > Some(host.now));
    host.hub.replace(id(100));
    host.wait(Duration::from_mins(1));
    let resumes = Resumes { expires: first.expires, ..Resumes::behind(Sequence::START) };
    let again = Subscriber { resumes: Some(resumes), ..newcomer };
    let second = host.hub.subscribe(again, 100, host.now).unwrap();
    assert_eq!((second.expires, second.preceding), (first.expires, None));
}

#[test]
fn one_that_has_expired_asleep_ends_with_the_next_flush() {
    let mut host = held();
    let (request, access) = (live(&["a"]), Access::default());
    let standing = Standing { behind: None, closing: None };
    let expires = Some(Timestamp::from_millis(1));
    let resumes = Some(Resumes { standing, expires, has_begun: true });
    let woken = Subscriber { resumes, ..subscriber(100, &request, &access) };
    host.hub.subscribe(woken, 100, host.now).unwrap();
    host.append(update("1", &["a"]));
    let flush = host.hub.commit(Sequence::new(1), host.now);
    let [crate::hub::effect::Effect::Closed(closed)] = &flush.effects[..] else {
        panic!("{flush:?}")
    };
    assert_eq!((closed.id, closed.reason), (id(100), CloseReason::Expired));
}

#[test]
fn a_place_that_the_log_does_not_have_is_its_end() {
    let mut host = held();
    host.publish("1", &["a"]);
    let (request, access) = (live(&["a"]), Access::default());
    let resumes = Some(Resumes::behind(Sequence::new(99)));
    let again = Subscriber { resumes, ..subscriber(100, &request, &access) };
    host.hub.subscribe(again, 100, host.now).unwrap();
    assert_eq!(host.hub.given(id(100)), Some(Sequence::new(1)));
}

#[test]
fn the_place_up_to_which_one_was_given_everything_stays_while_updates_are_conflated() {
    let mut host = held();
    host.hub = host.hub.with_slow_consumers(SlowConsumers::Conflate);
    host.subscribe(100, &earliest(&["a"]));
    host.registered(100);
    host.pull(100);
    for number in 0..SLOW_AFTER_UPDATES * 5 {
        host.append(update(&number.to_string(), &["a"]));
    }
    host.commit();
    let given = |host: &Host| host.hub.given(id(100)).unwrap();
    let mut turns = 0;
    loop {
        match host.hub.poll_data(id(100), host.now).unwrap() {
            Polled::Yield => assert_eq!(given(&host), Sequence::START),
            Polled::Chunk(_) => break,
            other => panic!("{other:?}"),
        }
        turns += 1;
    }
    assert!(turns > 0, "it was read in one turn");
    assert_eq!(given(&host), Sequence::new(SLOW_AFTER_UPDATES * 5));
}
