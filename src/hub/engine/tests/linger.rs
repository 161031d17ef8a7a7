//! What lingers, and what a flush comes to in turns: all of it is given, once and in order.

use std::time::Duration;

use proptest::{collection::vec, prelude::*, sample::select};

use super::{
    Host,
    host::{after, earliest, id, live},
    update,
};
use crate::{
    base::limits::FLUSH_BYTES,
    event_stream::event::Event,
    hub::{close_reason::CloseReason, effect::Effect, linger::Linger},
    log::update::Update,
    topics::topic::Topic,
};

const MOST: Duration = Duration::from_millis(50);

/// A hub with so many connections to the topic `a`, and a first update that has been flushed.
fn busy(connections: u8) -> Host {
    let mut host = Host::default().lingering(MOST).turning_after(256);
    for connection in 1..=connections {
        host.connect(connection, &live(&["a"]));
    }
    host.publish("first", &["a"]);
    (1..=connections).for_each(|connection| host.read(connection));
    host
}

#[test]
fn what_comes_after_a_quiet_time_goes_out_at_once() {
    let mut host = busy(100);
    host.wait(MOST);
    assert_eq!(host.publish("1", &["a"]), 1);
    assert_eq!((host.got(7), host.next_flush()), (vec!["first".into(), "1".into()], None));
    host.wait(MOST);
    assert_eq!(host.hub.lingers(host.now), Duration::ZERO);
}

#[test]
fn what_comes_soon_after_a_flush_goes_out_together_with_what_follows() {
    let mut host = busy(100);
    host.wait(Duration::from_millis(4));
    assert_eq!((host.publish("1", &["a"]), host.publish("2", &["a"])), (0, 0));
    assert_eq!(host.next_flush(), Some(Duration::from_millis(1)));
    assert_eq!(host.hub.lingers(host.now), Duration::from_millis(1));
    host.wait(Duration::from_millis(1));
    assert_eq!(host.flush(), 1);
    assert_eq!(host.got(7), ["first", "1", "2"]);
    assert_eq!(host.stream(7).chunks.len(), 3);
}

#[test]
fn a_hub_is_ahead_while_its_streams_are_busy_and_more_lingers_than_a_flush_takes() {
    let mut host = busy(100);
    host.wait(MOST);
    let appended = host.hub.append(update("1", &["a"]), host.now).unwrap();
    let flush = host.hub.commit(appended, host.now);
    host.carry_out(flush.effects);
    assert!(!host.hub.is_ahead());
    let large = Update::new(
        "a".parse::<Topic>().unwrap().into(),
        "2".parse().unwrap(),
        Event::new("x".repeat(FLUSH_BYTES)),
    );
    let appended = host.hub.append(large.encode().unwrap(), host.now).unwrap();
    let flush = host.hub.commit(appended, host.now);
    assert!(host.hub.is_ahead());
    host.carry_out(flush.effects);
    (1..=100).for_each(|connection| host.read(connection));
    host.flush();
    assert!(!host.hub.is_ahead());
}

#[test]
fn a_hub_with_few_connections_does_not_linger() {
    let mut host = busy(9);
    assert_eq!((host.publish("1", &["a"]), host.next_flush()), (1, None));
}

#[test]
fn nothing_lingers_longer_than_configured_also_when_the_clock_is_set_back() {
    let mut host = busy(200);
    host.hub = host.hub.with_linger(Linger::up_to(Duration::from_millis(5)));
    host.publish("1", &["a"]);
    assert_eq!(host.next_flush(), Some(Duration::from_millis(5)));
    host.now = host.now.checked_sub(Duration::from_mins(15)).unwrap();
    host.flush();
    assert_eq!(host.next_flush(), Some(Duration::from_millis(5)));
}

#[test]
fn a_full_chunk_does_not_linger() {
    let mut host = busy(100);
    let topic: crate::topics::topic::Topic = "a".parse().unwrap();
    let event = Event::new("x".repeat(FLUSH_BYTES));
    host.append(Update::new(topic.into(), "1".parse().unwrap(), event).encode().unwrap());
    assert_eq!(host.commit(), 1);
}

#[test]
fn what_lingers_is_read_by_who_polls_and_by_who_comes() {
    let mut host = busy(100);
    host.connect(101, &earliest(&["*"]));
    host.append(update("1", &["a"]));
    host.commit();
    host.connect(102, &after("first", &["a"]));
    host.connect(103, &after("1", &["a"]));
    host.connect(104, &live(&["a"]));
    assert_eq!((host.got(102), host.got(103)), (vec!["1".to_owned()], vec![]));
    host.publish("2", &["a"]);
    host.wait(MOST);
    host.flush();
    for (connection, expected) in [
        (1, &["first", "1", "2"][..]),
        (101, &["first", "1", "2"]),
        (102, &["1", "2"]),
        (103, &["2"]),
        (104, &["2"]),
    ] {
        host.read(connection);
        assert_eq!(host.got(connection), expected, "to {connection}");
    }
    host.publish("3", &["a"]);
    host.wait(MOST);
    host.flush();
    assert_eq!(host.got(104), ["2", "3"]);
}

#[test]
fn a_connection_that_is_closed_or_sent_something_is_owed_what_lingers() {
    let mut host = busy(100);
    host.publish("1", &["a"]);
    host.close(1, CloseReason::Stopped);
    assert_eq!(host.got(1), ["first", "1"]);
    host.read(1);
    assert_eq!(host.stream(1).closed, Some(CloseReason::Stopped));
    host.send_one(2, "welcome");
    host.read(2);
    assert_eq!(host.got(2), ["first", "welcome", "1"]);
    host.wait(MOST);
    host.flush();
    assert_eq!((host.got(2), host.got(3)), (host.got(2), vec!["first".into(), "1".into()]));
}

#[test]
fn what_lingers_is_not_flushed_to_those_who_wait_for_it() {
    let mut host = busy(100);
    host.publish("1", &["a"]);
    let mark = host.hub.flush_mark(id(1)).unwrap();
    assert!(!host.hub.is_flushed(id(1), mark));
    host.wait(MOST);
    host.flush();
    assert!(host.hub.is_flushed(id(1), mark));
}

#[test]
fn what_lingers_stays_in_memory_whatever_the_window() {
    let mut host = Host::keeping(u64::MAX, 1).lingering(MOST);
    (1..=100).for_each(|connection| host.connect(connection, &live(&["a"])));
    host.publish("0", &["a"]);
    (1..=100).for_each(|connection| host.read(connection));
    for number in 1..=5 {
        host.publish(&number.to_string(), &["a"]);
        host.prune();
    }
    host.wait(MOST);
    host.flush();
    assert_eq!(host.got(50), ["0", "1", "2", "3", "4", "5"]);
    assert_eq!(host.stream(50).chunks.len(), 3);
}

#[test]
fn a_flush_to_many_lets_others_have_their_turn() {
    let mut host = busy(200).turning_after(128);
    host.hub = host.hub.with_linger(Linger::up_to(Duration::from_millis(9)));
    host.wait(MOST);
    let appended = host.hub.append(update("1", &["a"]), host.now).unwrap();
    let flush = host.hub.commit(appended, host.now);
    let given = |effects: &[Effect<u8>]| match effects {
        [Effect::Enqueue(enqueue)] => enqueue.to.len(),
        other => panic!("{other:?}"),
    };
    assert_eq!((given(&flush.effects), flush.next), (128, Some(host.now)));
    host.carry_out(flush.effects);
    let flush = host.hub.flush(host.now);
    assert_eq!((given(&flush.effects), flush.next), (72, Some(host.now)));
    host.carry_out(flush.effects);
    // The streams are busy with it for a while, and only then the time to the next flush begins.
    host.wait(Duration::from_millis(30));
    let appended = host.hub.append(update("2", &["a"]), host.now).unwrap();
    let flush = host.hub.commit(appended, host.now);
    assert_eq!((flush.effects, flush.next), (vec![], Some(host.now)));
    assert_eq!(
        host.hub.flush(host.now).next,
        Some(host.now.saturating_add(Duration::from_millis(9)))
    );
}

/// What happens to a hub that lingers and turns.
#[derive(Clone, Debug)]
enum Step {
    Connect(u8, &'static [&'static str]),
    Resume(u8, &'static [&'static str]),
    Publish(&'static [&'static str]),
    Read(u8),
    Send(u8),
    Wait(u64),
    /// One turn of a flush.
    Turn,
    Prune,
}

const SELECTIONS: [&[&str]; 4] = [&["a"], &["b"], &["a", "b"], &["*"]];
const TOPICS: [&[&str]; 4] = [&["a"], &["b"], &["b", "a"], &["c"]];

fn any_step() -> impl Strategy<Value = Step> {
    let selection = || select(&SELECTIONS[..]);
    prop_oneof![
        3 => (1..9_u8, selection()).prop_map(|(id, asked)| Step::Connect(id, asked)),
        2 => (1..9_u8, selection()).prop_map(|(id, asked)| Step::Resume(id, asked)),
        8 => select(&TOPICS[..]).prop_map(Step::Publish),
        8 => (1..9_u8).prop_map(Step::Read),
        1 => (1..9_u8).prop_map(Step::Send),
        4 => (0..60_u64).prop_map(Step::Wait),
        6 => Just(Step::Turn),
        1 => Just(Step::Prune),
    ]
}

proptest! {
    #[test]
    fn everybody_is_given_what_was_committed_since_once_and_in_order(
        steps in vec(any_step(), 0..150),
        window in 0..4_u64,
        turn in 1..4_usize,
        rests: bool,
    ) {
        let mut host = Host::keeping(u64::MAX, window).turning_after(turn);
        if rests {
            host = host.resting();
        }
        host.hub = host.hub.with_linger(Linger::always(MOST));
        // For each connection what it asked for, and the number of the update that it begins behind.
        let mut begun: Vec<Option<(&[&str], usize)>> = vec![None; 9];
        let mut published: Vec<&[&str]> = Vec::new();
        for step in steps {
            match step {
                Step::Connect(connection, asked) | Step::Resume(connection, asked) => {
                    let gone = host.hub.remove(id(connection), CloseReason::ClientGone);
                    host.end(gone);
                    let from = match step {
                        Step::Resume(..) if !published.is_empty() => published.len() / 2 + 1,
                        _ => published.len(),
                    };
                    let request = match step {
                        Step::Resume(..) if !published.is_empty() => after(&from.to_string(), asked),
                        _ => live(asked),
                    };
                    host.connect(connection, &request);
                    begun[usize::from(connection)] = Some((asked, from));
                }
                Step::Publish(topics) => {
                    published.push(topics);
                    let update = update(&published.len().to_string(), topics);
                    let sequence = host.hub.append(update, host.now).unwrap();
                    let flush = host.hub.commit(sequence, host.now);
                    host.carry_out(flush.effects);
                }
                Step::Read(connection) if begun[usize::from(connection)].is_some() => {
                    host.read(connection);
                }
                Step::Send(connection) if begun[usize::from(connection)].is_some() => {
                    host.send_one(connection, "sent");
                }
                Step::Read(_) | Step::Send(_) => {}
                Step::Wait(millis) => host.wait(Duration::from_millis(millis)),
                Step::Turn => {
                    let flush = host.hub.flush(host.now);
                    host.carry_out(flush.effects);
                }
                Step::Prune => host.prune(),
            }
        }
        for _ in 0..2 {
            host.wait(MOST);
            host.flush();
            for (connection, begun) in (0..).zip(&begun) {
                if begun.is_some() {
                    host.read(connection);
                }
            }
        }
        for (connection, begun) in (0..).zip(begun) {
            let Some((asked, from)) = begun else { continue };
            let admits = |topics: &&[&str]| {
                topics.iter().any(|topic| asked.contains(topic) || asked.contains(&"*"))
            };
            let expected: Vec<_> = published
                .iter()
                .zip(1..)
                .filter(|(topics, number)| *number > from && admits(topics))
                .map(|(_, number)| number.to_string())
                .collect();
            let mut got = host.got(connection);
            got.retain(|data| data != "sent");
            prop_assert_eq!(got, expected, "to {}", connection);
        }
    }
}
