//! What a window finds and forgets.

use super::*;
use crate::{
    event_stream::event::Event,
    log::update::{EncodedUpdate, Update},
    topics::topic::Topic,
};

const NOW: Timestamp = Timestamp::from_millis(10_000);

fn entry(number: u64) -> Entry {
    let topic: Topic = "a".parse().unwrap();
    let id = number.to_string().parse().unwrap();
    let update = Update::new(topic.into(), id, Event::new("")).encode().unwrap();
    let accepted = Timestamp::from_millis(number * 1_000);
    Entry { sequence: Sequence::new(number), accepted, update }
}

/// An empty window over a history without updates.
fn over(updates: u64, bytes: u64, age: Option<std::time::Duration>) -> Window {
    let retention = Retention::of_publications(Bounds::NONE, age);
    Window::over(OfKind::default(), Bounds { updates, bytes }, retention)
}

/// One of the updates `pushed`, over a history that has what is before them.
fn window(updates: u64, bytes: u64, pushed: std::ops::RangeInclusive<u64>) -> Window {
    let retention = Retention::of_publications(Bounds::NONE, None);
    let before = Sequence::new(*pushed.start()).previous();
    let before = OfKind::new(|_| before);
    let mut window = Window::over(before, Bounds { updates, bytes }, retention);
    let tail = Sequence::new(*pushed.end());
    pushed.for_each(|number| window.push(entry(number)));
    window.trim(tail, u64::MAX, NOW);
    window
}

fn after(window: &Window, cursor: u64) -> Option<Vec<u64>> {
    let entries = window.after(Sequence::new(cursor))?;
    Some(entries.map(|entry| entry.sequence.get()).collect())
}

#[test]
fn it_keeps_the_newest_by_number() {
    assert_eq!(after(&window(3, u64::MAX, 1..=5), 2), Some(vec![3, 4, 5]));
    assert_eq!(after(&window(3, u64::MAX, 1..=5), 1), None);
}

#[test]
fn it_keeps_the_newest_by_bytes_and_counts_them_right() {
    let each = entry(1).update.held_bytes() as u64;
    let window = window(u64::MAX, each * 2, 1..=5);
    assert_eq!(after(&window, 3), Some(vec![4, 5]));
    assert_eq!(window.bytes(), each * 2);
}

#[test]
fn an_update_larger_than_the_bound_is_kept_alone() {
    assert_eq!(after(&window(10, 1, 1..=3), 2), Some(vec![3]));
}

#[test]
fn what_nobody_has_been_shown_yet_stays() {
    let mut window = over(1, u64::MAX, None);
    (1..=4).for_each(|number| window.push(entry(number)));
    window.trim(Sequence::new(2), u64::MAX, NOW);
    assert_eq!(after(&window, 1), Some(vec![2, 3, 4]));
}

#[test]
fn what_is_too_old_goes_even_if_it_is_the_newest_but_not_before_it_was_shown() {
    let age = Some(std::time::Duration::from_secs(7));
    let mut window = over(9, u64::MAX, age);
    (1..=4).for_each(|number| window.push(entry(number)));
    window.trim(Sequence::new(2), u64::MAX, NOW);
    assert_eq!(after(&window, 2), Some(vec![3, 4]));
    assert_eq!(after(&window, 1), None);
    window.trim(Sequence::new(4), u64::MAX, NOW);
    assert_eq!(after(&window, 3), Some(vec![4]));
    window.trim(Sequence::new(4), u64::MAX, Timestamp::from_millis(20_000));
    assert_eq!((window.oldest(), window.bytes()), (None, 0));
}

/// A window over nothing, of entries of which the even ones tell of subscriptions.
fn of_both(publications: u64, subscriptions: u64) -> Window {
    let bounds = |updates| Bounds { updates, bytes: u64::MAX };
    let mut window = Window::alone(Retention {
        publications: bounds(publications),
        subscriptions: bounds(subscriptions),
        age: None,
        ..Retention::default()
    });
    for number in 1..=8 {
        let kind = if number % 2 == 0 { Kind::Subscription } else { Kind::Publication };
        let entry = entry(number);
        window.push(Entry { update: EncodedUpdate { kind, ..entry.update }, ..entry });
    }
    window.trim(Sequence::new(8), u64::MAX, NOW);
    window
}

#[test]
fn over_nothing_it_keeps_of_each_kind_what_is_to_be_kept() {
    assert_eq!(after(&of_both(9, 9), 0), Some((1..=8).collect()));
    assert_eq!(after(&of_both(9, 1), 0), Some(vec![1, 3, 5, 7, 8]));
    assert_eq!(after(&of_both(1, 9), 0), Some(vec![2, 4, 6, 7, 8]));
    assert_eq!(after(&of_both(1, 9), 4), Some(vec![6, 7, 8]));
    let window = of_both(2, 3);
    assert_eq!(after(&window, 0), Some(vec![4, 5, 6, 7, 8]));
    assert_eq!(window.gone(Kind::Publication), Sequence::new(3));
    assert_eq!(window.gone(Kind::Subscription), Sequence::new(2));
    assert_eq!(window.bytes(), 5 * entry(1).update.held_bytes() as u64);
}

#[test]
fn it_finds_the_newest_of_a_time() {
    let window = window(u64::MAX, u64::MAX, 3..=6);
    let newest_until =
        |millis| window.newest_until(Kind::Publication, Timestamp::from_millis(millis));
    assert_eq!(newest_until(2_999), None);
    assert_eq!(newest_until(4_000), Some(Sequence::new(4)));
    assert_eq!(newest_until(99_000), Some(Sequence::new(6)));
}

#[test]
fn nothing_is_after_the_newest() {
    assert_eq!(after(&window(10, u64::MAX, 4..=6), 6), None);
    assert_eq!(after(&window(10, u64::MAX, 4..=6), 60), None);
    assert_eq!(after(&window(10, u64::MAX, 4..=6), 4), Some(vec![5, 6]));
}

#[test]
fn of_two_with_one_id_the_first_is_found() {
    let mut window = window(10, u64::MAX, 1..=2);
    window.push(Entry { sequence: Sequence::new(3), ..entry(1) });
    let find = |id: &str, cursor| {
        let found = window.find(&id.parse().unwrap(), Sequence::new(cursor), || Ok::<_, ()>(None));
        found.unwrap().map(Sequence::get)
    };
    assert_eq!(find("1", 0), Some(1));
    assert_eq!(find("1", 1), Some(3));
    assert_eq!((find("1", 3), find("9", 0)), (None, None));
}

#[test]
fn an_older_one_with_the_id_is_first_unless_the_hub_has_made_the_id() {
    let mut window = window(10, u64::MAX, 4..=4);
    let update = EncodedUpdate { id_origin: IdOrigin::Hub, ..entry(5).update };
    window.push(Entry { update, ..entry(5) });
    let find = |id: &str, stored: Result<Option<u64>, &'static str>| {
        let stored = || stored.map(|older| older.map(Sequence::new));
        window.find(&id.parse().unwrap(), Sequence::START, stored)
    };
    assert_eq!(find("4", Ok(Some(2))), Ok(Some(Sequence::new(2))));
    assert_eq!(find("4", Ok(None)), Ok(Some(Sequence::new(4))));
    assert_eq!(find("4", Err("lost")), Err("lost"));
    assert_eq!(find("5", Err("lost")), Ok(Some(Sequence::new(5))));
}
