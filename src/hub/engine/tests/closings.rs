//! Streams that end, since their topics are closed.

use std::time::Duration;

use super::{
    Host,
    host::{after, earliest, id, live},
    update,
};
use crate::{
    base::{dialect::Dialect, sequence::Sequence},
    hub::{
        close_reason::CloseReason, engine::closings::Left, hub_events::HubEvents,
        subscribe_request::SubscribeRequest, subscriber::Subscriber,
    },
    log::{
        closing::{Closing, EndReason},
        update::EncodedUpdate,
    },
    tokens::{
        access::Access,
        grants::{Grants, Selector, SubscribeGrant},
    },
};

const END_OF_A: &str = r#"end {"topic":"a","reason":"done"}"#;
const END_OF_B: &str = r#"end {"topic":"b","reason":"done"}"#;

fn closing(topic: &str) -> Closing {
    Closing { topic: topic.parse().unwrap(), reason: EndReason::Done, private: false }
}

impl Host {
    pub(super) fn close_topic(&mut self, topic: &str) {
        self.append_closing(&closing(topic));
        self.commit();
    }

    fn left(&self, request: &SubscribeRequest) -> Left {
        self.left_with(request, &Access::default())
    }

    fn left_with(&self, request: &SubscribeRequest, access: &Access) -> Left {
        let subscriber = Subscriber { id: id(99), request, access, resumes: None };
        self.hub.left(subscriber, None, self.now).unwrap()
    }
}

fn hidden(request: SubscribeRequest) -> SubscribeRequest {
    request.with_hub_events(HubEvents::Hidden)
}

pub(super) fn granted(topic: &str) -> Access {
    let topics = vec![Selector::TopicSelector(topic.to_owned())];
    let subscribe = vec![SubscribeGrant { topics, payload: None }];
    let (dialect, publish) = (Dialect::V0, Vec::new());
    let grants = Grants { dialect, publish, has_publish_claim: false, subscribe, expires: None };
    Access::new(grants, &()).unwrap()
}

#[track_caller]
fn ended(host: &Host, connection: u8, got: &[&str]) {
    assert_eq!(host.got(connection), got);
    assert_eq!(host.stream(connection).closed, Some(CloseReason::Ended));
}

#[track_caller]
fn open(host: &Host, connection: u8, got: &[&str]) {
    assert_eq!(host.got(connection), got);
    assert_eq!(host.stream(connection).closed, None);
}

#[test]
fn a_stream_is_told_of_the_end_of_its_topic_and_ends() {
    let mut host = Host::default();
    host.connect(1, &live(&["a"]));
    host.publish("1", &["a"]);
    host.read(1);
    host.close_topic("a");
    host.read(1);
    ended(&host, 1, &["1", END_OF_A]);
}

#[test]
fn a_stream_of_several_topics_ends_with_the_last_of_them() {
    let mut host = Host::default();
    host.connect(1, &live(&["a", "b"]));
    host.close_topic("a");
    host.read(1);
    open(&host, 1, &[END_OF_A]);
    host.publish("1", &["b"]);
    host.read(1);
    host.close_topic("b");
    host.read(1);
    ended(&host, 1, &[END_OF_A, "1", END_OF_B]);
}

#[test]
fn templates_and_everything_never_end_and_are_told_nothing() {
    let mut host = Host::default();
    let requests = [&["*"][..], &["{x}"], &["a", "{x}"]];
    for (connection, asked) in (1..).zip(requests) {
        host.connect(connection, &live(asked));
    }
    host.close_topic("a");
    host.publish("1", &["b"]);
    for (connection, asked) in (1..).zip(requests) {
        host.read(connection);
        open(&host, connection, &["1"]);
        assert_eq!(host.left(&earliest(asked)), Left::Something);
    }
}

#[test]
fn who_hides_the_events_of_the_hub_is_given_the_updates_and_ends() {
    for linger in [0, 50].map(Duration::from_millis) {
        let mut host = Host::default().lingering(linger);
        host.connect(1, &hidden(live(&["a"])));
        host.publish("1", &["a"]);
        host.read(1);
        host.append(update("2", &["a"]));
        host.append_closing(&closing("a"));
        host.commit();
        host.wait(Duration::from_millis(50));
        host.flush();
        host.read(1);
        ended(&host, 1, &["1", "2"]);
    }
}

#[test]
fn a_reader_without_a_last_update_is_ended_by_the_flush() {
    let mut host = Host::default();
    host.connect(1, &hidden(live(&["a"])));
    host.close_topic("a");
    ended(&host, 1, &[]);
}

#[test]
fn a_replay_of_closed_topics_ends_behind_them() {
    let mut host = Host::default();
    for number in 1..=9 {
        host.publish(&number.to_string(), &[if number % 2 == 0 { "a" } else { "x" }]);
    }
    host.close_topic("a");
    host.publish("10", &["x"]);
    let requests = [earliest(&["a"]), hidden(earliest(&["a"])), after("4", &["a"])];
    for (connection, request) in (1..).zip(&requests) {
        host.connect(connection, request);
    }
    ended(&host, 1, &["2", "4", "6", "8", END_OF_A]);
    ended(&host, 2, &["2", "4", "6", "8"]);
    ended(&host, 3, &["6", "8", END_OF_A]);
}

#[test]
fn a_slow_reader_is_given_everything_before_its_stream_ends() {
    let mut host = Host::keeping(9, 1);
    host.subscribe(1, &live(&["a"]));
    host.registered(1);
    for number in 1..=5 {
        host.publish(&number.to_string(), &["a"]);
    }
    host.close_topic("a");
    host.publish("6", &["b"]);
    host.read(1);
    ended(&host, 1, &["1", "2", "3", "4", "5", END_OF_A]);
}

#[test]
fn a_stream_that_rests_ends_too() {
    let mut host = Host::default().resting();
    host.connect(1, &live(&["a"]));
    host.publish("1", &["a"]);
    host.close_topic("a");
    host.read(1);
    ended(&host, 1, &["1", END_OF_A]);
}

#[test]
fn many_readers_end_turn_by_turn() {
    for hides in [false, true] {
        let mut host = Host::default().turning_after(2);
        for connection in 1..=9 {
            let request = live(&["a"]);
            host.connect(connection, &if hides { hidden(request) } else { request });
        }
        host.close_topic("a");
        for connection in 1..=9 {
            host.read(connection);
            ended(&host, connection, if hides { &[] } else { &[END_OF_A] });
        }
    }
}

#[test]
fn a_closing_ends_nobody_before_it_is_durable() {
    let mut host = Host::default();
    host.connect(1, &live(&["a"]));
    host.append_closing(&closing("a"));
    host.connect(2, &live(&["a"]));
    assert_eq!(host.left(&live(&["a"])), Left::Something);
    open(&host, 1, &[]);
    host.commit();
    for connection in [1, 2] {
        host.read(connection);
        ended(&host, connection, &[END_OF_A]);
    }
}

#[test]
fn a_private_closing_is_unseen_without_the_grant() {
    let mut host = Host::default();
    let granted = granted("a");
    host.connect(1, &live(&["a"]));
    host.subscribe_with(2, &live(&["a"]), &granted);
    host.registered(2);
    host.read(2);
    let private = EncodedUpdate { private: true, ..update("1", &["a"]) };
    host.append(private);
    host.append_closing(&Closing { private: true, ..closing("a") });
    host.commit();
    host.read(2);
    open(&host, 1, &[]);
    ended(&host, 2, &["1", END_OF_A]);
    assert_eq!(host.left(&live(&["a"])), Left::Something);
    assert_eq!(host.left_with(&live(&["a"]), &granted), Left::Nothing);
}

#[test]
fn nothing_is_left_behind_the_end() {
    let mut host = Host::default();
    host.publish("1", &["a"]);
    host.publish("2", &["x"]);
    host.close_topic("a");
    let end = host.hub.closing_id(Sequence::new(3)).to_string();
    assert_eq!(host.left(&earliest(&["a"])), Left::Something);
    assert_eq!(host.left(&after("1", &["a"])), Left::Something);
    assert_eq!(host.left(&after(&end, &["a"])), Left::Nothing);
    assert_eq!(host.left(&live(&["a"])), Left::Nothing);
    assert_eq!(host.left(&hidden(after("1", &["a"]))), Left::Nothing);
    assert_eq!(host.left(&hidden(earliest(&["a"]))), Left::Something);
    assert_eq!(host.left(&live(&["a", "x"])), Left::Something);
}

#[test]
fn a_gap_is_left_to_be_told() {
    let mut host = Host::default();
    host.publish("1", &["a"]);
    host.close_topic("a");
    let lost = after("lost", &["a"]).returning();
    assert_eq!(host.left(&lost), Left::Something);
    host.connect(1, &lost);
    let gap = r#"gap {"requested":"lost","first":null,"missed":null}"#;
    ended(&host, 1, &[gap, END_OF_A]);
    assert_eq!(host.left(&hidden(lost)), Left::Nothing, "it would come back for ever");
}

#[test]
fn a_closed_topic_is_as_if_it_had_never_been_once_it_is_forgotten() {
    let mut host = Host::keeping(1, 1);
    host.publish("1", &["a"]);
    host.close_topic("a");
    host.publish("2", &["x"]);
    host.wait(Duration::from_hours(25));
    host.prune();
    assert_eq!(host.left(&live(&["a"])), Left::Something);
    host.connect(1, &live(&["a"]));
    host.publish("3", &["a"]);
    open(&host, 1, &["3"]);
}

#[test]
fn all_readers_end_together_whatever_they_ask_for_beside_the_topics_that_one_commit_closes() {
    let mut host = Host::default();
    host.connect(1, &live(&["a"]));
    host.connect(2, &hidden(live(&["b"])));
    host.connect(3, &live(&["a", "b"]));
    host.connect(4, &live(&["a", "x"]));
    host.append_closing(&closing("a"));
    host.append_closing(&closing("b"));
    host.commit();
    (1..=4).for_each(|connection| host.read(connection));
    ended(&host, 1, &[END_OF_A]);
    ended(&host, 2, &[]);
    ended(&host, 3, &[END_OF_A, END_OF_B]);
    open(&host, 4, &[END_OF_A]);
}
