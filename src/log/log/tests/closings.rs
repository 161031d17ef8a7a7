//! Topics that end.

use super::*;
use crate::{
    log::{
        closing::{Closing, EndReason},
        place_key::{PlaceKey, Places},
        tally::{Sight, Tally},
        topic_state::TopicState,
    },
    topics::topic::Topic,
};

const HOUR: Duration = Duration::from_hours(1);

pub(super) fn places() -> Places {
    Places { key: Some(PlaceKey::from_random([7; 16])) }
}

pub(super) fn closing(topic: &str) -> Closing {
    Closing { topic: topic.parse().unwrap(), reason: EndReason::Done, private: false }
}

fn topic(text: &str) -> Topic {
    text.parse().unwrap()
}

/// A log that keeps so many publications, and closings for an hour.
fn of<H: History>(history: H, publications: u64) -> Log<H> {
    let retention = Retention { closed_age: HOUR, ..of_each(keep(publications), None) };
    Log::open(history, retention, KEEP_ALL).unwrap()
}

fn publish<H: History>(log: &mut Log<H>, id: &str, topic: &str) {
    let sequence = log.append(update(id, &[topic]), NOW).unwrap();
    let _ = log.commit(sequence);
}

fn close<H: History>(log: &mut Log<H>, topic: &str) -> Sequence {
    let sequence = log.close(&closing(topic), &places(), NOW).unwrap();
    let _ = log.commit(sequence);
    sequence
}

fn prune<H: History>(log: &mut Log<H>, now: Timestamp) {
    while log.prune(log.tail(), u64::MAX, now).unwrap() {}
}

#[test]
fn nothing_is_appended_to_a_closed_topic() {
    let mut log = of(FakeHistory::default(), 9);
    publish(&mut log, "1", "a");
    close(&mut log, "a");
    let to_both = update("2", &["b", "a"]);
    assert_eq!(log.append(to_both.clone(), NOW), Err(AppendError::Closed(topic("a"))));
    publish(&mut log, "3", "b");
    let of_hub = EncodedUpdate { kind: Kind::Subscription, ..to_both };
    assert_eq!(log.append(of_hub, NOW), Ok(Sequence::new(4)));
}

#[test]
fn a_closing_is_an_entry_in_its_place_and_the_second_one_is_the_first() {
    let mut log = of(FakeHistory::default(), 9);
    publish(&mut log, "1", "a");
    let first = close(&mut log, "a");
    publish(&mut log, "3", "b");
    let broken = Closing { reason: EndReason::Broken, ..closing("a") };
    assert_eq!(log.close(&broken, &places(), NOW), Ok(first));
    assert_eq!(log.closed(&topic("a")).unwrap().unwrap().reason, EndReason::Done);
    let mut seen = Vec::new();
    let scanned = log.scan(Sequence::START, Sequence::new(9), |entry| {
        seen.push(entry.clone());
        ControlFlow::Continue(())
    });
    assert_eq!(scanned, Ok(Scanned::End));
    let ids: Vec<_> = seen.iter().map(|entry| entry.update.id.to_string()).collect();
    let place = Closing::id(first, &places()).to_string();
    assert_eq!(ids, ["1", &place, "3"]);
    let data = r#"data: {"topic":"a","reason":"done"}"#;
    let event = format!("event: end\nid: {place}\n{data}\n\n");
    assert_eq!(std::str::from_utf8(&seen[1].update.event).unwrap(), event);
}

#[test]
fn a_closing_is_kept_while_an_update_from_before_it_is() {
    let mut log = of(FakeHistory::default(), 1);
    publish(&mut log, "1", "a");
    close(&mut log, "a");
    let late = NOW.saturating_add(HOUR * 9);
    prune(&mut log, late);
    assert!(log.closed(&topic("a")).unwrap().is_some());
    publish(&mut log, "2", "b");
    prune(&mut log, late);
    assert_eq!(log.closed(&topic("a")), Ok(None));
    publish(&mut log, "3", "a");
}

#[test]
fn a_closing_is_kept_for_its_age_at_the_least() {
    let mut log = of(FakeHistory::default(), 1);
    close(&mut log, "a");
    publish(&mut log, "1", "b");
    let at = log.prune_at().unwrap().unwrap();
    assert_eq!(at, NOW.saturating_add(HOUR + Duration::from_mins(5)));
    for (now, is_closed) in [(Duration::from_millis(3_599_999), true), (HOUR, false)] {
        prune(&mut log, NOW.saturating_add(now));
        assert_eq!(log.closed(&topic("a")).unwrap().is_some(), is_closed);
    }
    assert_eq!(log.prune_at(), Ok(None));
}

#[test]
fn a_closing_that_waits_for_an_update_to_go_sets_no_alarm() {
    let mut log = of(FakeHistory::default(), 1);
    publish(&mut log, "1", "b");
    close(&mut log, "a");
    assert_eq!(log.prune_at(), Ok(None));
}

#[test]
fn a_closed_topic_stays_closed_over_a_new_opening_and_no_place_is_used_twice() {
    let history = FakeHistory::default();
    let mut log = of(history.clone(), 9);
    close(&mut log, "a");
    let mut log = of(history, 9);
    assert_eq!(log.append(update("1", &["a"]), NOW), Err(AppendError::Closed(topic("a"))));
    assert_eq!(log.append(update("1", &["b"]), NOW), Ok(Sequence::new(2)));
}

#[test]
fn no_more_topics_are_closed_than_a_hub_keeps() {
    let mut log = of((), 9);
    for number in 0..MAX_CLOSINGS {
        log.close(&closing(&number.to_string()), &places(), NOW).unwrap();
    }
    let more = log.close(&closing("x"), &places(), NOW);
    assert_eq!(more, Err(AppendError::TooManyClosed));
    assert_eq!(log.close(&closing("0"), &places(), NOW), Ok(Sequence::new(1)));
}

#[test]
fn topics_may_be_closed_together_if_there_is_room_for_all_that_are_open() {
    let mut log = of((), 9);
    for number in 1..MAX_CLOSINGS {
        log.close(&closing(&number.to_string()), &places(), NOW).unwrap();
    }
    let may_close = |log: &Log<()>, topics: &[&str]| {
        log.may_close(&topics.iter().map(|name| topic(name)).collect::<Vec<_>>())
    };
    assert_eq!(may_close(&log, &["1", "x", "2"]), Ok(()));
    assert_eq!(may_close(&log, &["x", "1", "y"]), Err(AppendError::TooManyClosed));
    log.close(&closing("x"), &places(), NOW).unwrap();
    assert_eq!(may_close(&log, &["x", "1"]), Ok(()));
}

#[test]
fn without_a_store_a_topic_is_closed_and_forgotten_too() {
    let mut log = of((), 1);
    publish(&mut log, "1", "a");
    close(&mut log, "a");
    publish(&mut log, "2", "b");
    assert_eq!(log.append(update("3", &["a"]), NOW), Err(AppendError::Closed(topic("a"))));
    prune(&mut log, NOW);
    assert!(log.closed(&topic("a")).unwrap().is_some());
    prune(&mut log, NOW.saturating_add(HOUR));
    assert_eq!(log.closed(&topic("a")), Ok(None));
}

#[test]
fn the_state_of_a_topic_is_told_to_those_who_may_see_it() {
    fn told(held: &Tally) -> String {
        format!("{} to {}: {}", held.first, held.last, held.count)
    }
    fn check<H: History>(mut log: Log<H>) {
        for (id, name, private) in [("1", "a", true), ("2", "b", false), ("3", "a", false)] {
            let update = EncodedUpdate { private, ..update(id, &[name, "c"]) };
            log.append(update, NOW).unwrap();
        }
        let _ = log.commit(Sequence::new(2));
        log.close(&closing("a"), &places(), NOW).unwrap();
        let state = |log: &Log<H>, name, sight| match log.topic_state(&topic(name), sight, NOW) {
            Ok(TopicState::Open(held)) => {
                held.map_or_else(|| "begun".to_owned(), |held| told(&held))
            }
            Ok(TopicState::Closed { reason, held: None }) => reason.to_string(),
            Ok(TopicState::Closed { reason, held: Some(held) }) => {
                format!("{reason}, {}", told(&held))
            }
            Ok(TopicState::Absent) => "absent".to_owned(),
            Err(error) => panic!("{error}"),
        };
        assert_eq!(state(&log, "a", Sight::Public), "absent");
        assert_eq!(state(&log, "a", Sight::Granted), "1 to 1: 1");
        assert_eq!(state(&log, "c", Sight::Granted), "1 to 2: 2");
        assert_eq!(state(&log, "x", Sight::Granted), "absent");
        log.close(&Closing { private: true, ..closing("x") }, &places(), NOW).unwrap();
        let _ = log.commit(Sequence::new(9));
        assert_eq!(state(&log, "a", Sight::Public), "done, 3 to 3: 1");
        assert_eq!(state(&log, "a", Sight::Granted), "done, 1 to 3: 2");
        assert_eq!(state(&log, "x", Sight::Public), "absent");
        assert_eq!(state(&log, "x", Sight::Granted), "done");
    }
    check(of(FakeHistory::default(), 9));
    check(of((), 9));
}
