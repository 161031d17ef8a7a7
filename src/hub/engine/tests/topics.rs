//! The topics of updates, in the streams of connections that ask for them.

use super::{
    Host,
    host::{earliest, live},
    update,
};
use crate::{
    base::{dialect::Dialect, limits::SLOW_AFTER_UPDATES},
    hub::{fields::Fields, slow_consumers::SlowConsumers},
    log::update::EncodedUpdate,
    tokens::{
        access::Access,
        grants::{Grants, Selector, SubscribeGrant},
    },
};

/// The topics in the stream of a connection, in lists with the data of their update.
fn shown(host: &Host, connection: u8) -> Vec<String> {
    let text = String::from_utf8(host.bytes(connection)).unwrap();
    let blocks = text.split("\n\n").filter(|block| block.contains("data: "));
    let lines = |block: &str| -> Vec<String> {
        let lines = block.lines().filter_map(|line| line.strip_prefix("topic: "));
        lines.map(str::to_owned).collect()
    };
    blocks.map(|block| lines(block).join(" ")).collect()
}

pub(super) fn private(id: &str, topics: &[&str]) -> EncodedUpdate {
    EncodedUpdate { private: true, ..update(id, topics) }
}

pub(super) fn granted(topics: &[&str]) -> Access {
    let topics = topics.iter().map(|topic| Selector::TopicSelector((*topic).to_owned())).collect();
    let subscribe = vec![SubscribeGrant { topics, payload: None }];
    let (dialect, publish, has_publish_claim, expires) = (Dialect::V0, Vec::new(), false, None);
    Access::new(Grants { dialect, publish, has_publish_claim, subscribe, expires }, &()).unwrap()
}

#[test]
fn an_update_shows_the_topics_that_were_asked_for_live_and_in_a_replay() {
    let mut host = Host::default();
    host.connect(1, &live(&["a", "b/{id}"]).with_fields(Fields::WithTopics));
    host.publish("1", &["a", "secret", "b/2"]);
    host.pull(1);
    host.publish("2", &["c", "b/1"]);
    host.connect(2, &earliest(&["a", "b/{id}"]).with_fields(Fields::WithTopics));
    assert_eq!(shown(&host, 1), ["a b/2", "b/1"]);
    assert_eq!(shown(&host, 2), shown(&host, 1));
    assert_eq!((host.got(1), host.got(2)), (vec!["1".into(), "2".to_owned()], host.got(1)));
}

#[test]
fn a_private_update_shows_no_topic_without_a_grant_for_it() {
    let mut host = Host::default();
    let request = live(&["*"]).with_fields(Fields::WithTopics);
    host.subscribe_with(1, &request, &granted(&["a"]));
    host.registered(1);
    host.read(1);
    host.append(private("1", &["a", "of somebody else"]));
    host.append(private("2", &["of somebody else"]));
    host.commit();
    let request = earliest(&["*"]).with_fields(Fields::WithTopics);
    host.subscribe_with(2, &request, &granted(&["a"]));
    host.registered(2);
    host.read(2);
    assert_eq!((shown(&host, 1), shown(&host, 2)), (vec!["a".to_owned()], vec!["a".to_owned()]));
}

#[test]
fn who_does_not_ask_is_given_the_same_bytes_beside_who_does() {
    let (mut alone, mut beside) = (Host::default(), Host::default());
    beside.connect(2, &live(&["a"]).with_fields(Fields::WithTopics));
    for host in [&mut alone, &mut beside] {
        host.connect(1, &live(&["a"]));
        host.publish("1", &["a"]);
    }
    assert_eq!(alone.bytes(1), beside.bytes(1));
    assert_eq!(shown(&beside, 1), [""]);
    assert_eq!(shown(&beside, 2), ["a"]);
}

#[test]
fn a_conflated_reader_is_shown_topics_too() {
    let mut host = Host::default();
    host.hub = host.hub.with_slow_consumers(SlowConsumers::Conflate);
    host.connect(1, &live(&["*"]).with_fields(Fields::WithTopics));
    for number in 0..SLOW_AFTER_UPDATES + 2 {
        host.publish(&number.to_string(), &[if number % 2 == 0 { "even" } else { "odd" }]);
    }
    host.read(1);
    assert_eq!(shown(&host, 1), ["even", "even", "odd"]);
}
