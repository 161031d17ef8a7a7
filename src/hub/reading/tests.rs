use std::rc::Rc;

use super::*;
use crate::{
    base::{connection_id::ConnectionId, limits::MAX_SCAN_UPDATES},
    hub::{
        audience::Selection,
        engine::tests::{FakeHistory, update},
        fields::Fields,
    },
    log::history::{Bounds, Retention},
    topics::topic_selector::TopicSelector,
};

fn numbered(number: usize) -> Sequence {
    Sequence::new(number as u64)
}

/// A log of this number of updates to the topic `a`, of which the newest `kept` are left.
fn log(updates: usize, kept: u64) -> Log<FakeHistory> {
    let bounds = Bounds { updates: kept, bytes: u64::MAX };
    let retention = Retention::of_publications(bounds, None);
    let mut log = Log::open(FakeHistory::default(), retention, bounds).unwrap();
    for number in 1..=updates {
        log.append(update(&number.to_string(), &["a"]), Timestamp::default()).unwrap();
    }
    log.commit(numbered(updates)).count();
    while log.prune(numbered(updates), u64::MAX, Timestamp::default()).unwrap() {}
    log
}

fn audience(asked: &[TopicSelector], granted: &[TopicSelector]) -> Audience {
    Audience::new(&Selection::new(asked, granted))
}

/// The selectors of a request that is dear to compare: variables without end.
fn dear() -> Vec<TopicSelector> {
    let text = |number| format!("{}{number}", "{a}".repeat(100));
    (0..10).map(|number| TopicSelector::of_0_x(&text(number)).unwrap()).collect()
}

fn read(
    log: &Log<FakeHistory>,
    audience: &Audience,
    span: Span,
    chunk: &mut Vec<u8>,
) -> (Came<crate::hub::engine::tests::Refused>, Reading) {
    let mut reading = Reading::new(None, Sequence::START, GapForm::Gap);
    let urls: Rc<dyn UrlParser> = Rc::new(());
    let nonce = ConnectionId::from_random([1; 16]).into();
    let (places, now) = (&Places::default(), Timestamp::default());
    let source = Source { log, audience: Some(audience), urls: &*urls, places, nonce, now };
    let came = reading.read(&source, span, chunk).unwrap();
    (came, reading)
}

#[test]
fn a_reader_of_everything_is_told_how_many_updates_are_gone() {
    let everything = [TopicSelector::All];
    let span = Span { from: numbered(1), until: numbered(9), conflates: false };
    let mut chunk = Vec::new();
    read(&log(9, 4), &audience(&everything, &everything), span, &mut chunk);
    assert!(String::from_utf8(chunk).unwrap().contains(r#""missed":4"#));
}

#[test]
fn a_turn_ends_when_the_comparisons_of_all_its_updates_have_cost_enough() {
    let (log, audience) = (log(MAX_SCAN_UPDATES - 1, u64::MAX), audience(&dear(), &[]));
    let each = audience
        .passes(&update("1", &["a"]), &ResolvedTopics::new(&update("1", &["a"]).topics, &()));
    let turn = MAX_SCAN_PASSES / each + 1;
    assert!(each > 1 && turn < MAX_SCAN_UPDATES - 1, "{each} passes, {turn} updates");
    let span =
        Span { from: Sequence::START, until: numbered(MAX_SCAN_UPDATES - 1), conflates: false };
    let (came, _) = read(&log, &audience, span, &mut Vec::new());
    assert_eq!((came.to, came.ended.unwrap()), (numbered(turn), false));
}

#[test]
fn who_asked_for_topics_reads_them_ahead_of_each_update_and_the_newest_of_each_topic_alike() {
    let selection = Selection::new(&[TopicSelector::All], &[]).with_fields(Fields::WithTopics);
    for (conflates, expected) in [
        (false, "topic: a\nid: 1\ndata: 1\n\ntopic: a\nid: 2\ndata: 2\n\n"),
        (true, ": conflated: 1 older updates were left out\ntopic: a\nid: 2\ndata: 2\n\n"),
    ] {
        let span = Span { from: Sequence::START, until: numbered(2), conflates };
        let mut chunk = Vec::new();
        read(&log(2, u64::MAX), &Audience::new(&selection), span, &mut chunk);
        assert_eq!(std::str::from_utf8(&chunk).unwrap(), expected);
    }
}

#[test]
fn the_lines_of_topics_fill_a_chunk_too_and_cost_their_comparisons() {
    let (log, all) = (log(2, u64::MAX), [TopicSelector::All]);
    let with = |fields| Audience::new(&Selection::new(&all, &[]).with_fields(fields));
    let (event, line) = (update("1", &["a"]).event.len(), "topic: a\n".len());
    for conflates in [false, true] {
        for (fields, ended) in [(Fields::Usual, true), (Fields::WithTopics, false)] {
            let span = Span { from: Sequence::START, until: numbered(2), conflates };
            let mut chunk = vec![b':'; MAX_CHUNK_BYTES - event - line];
            let (came, _) = read(&log, &with(fields), span, &mut chunk);
            assert_eq!(came.ended.unwrap(), ended, "{fields:?}");
        }
    }
    let passes = |fields| {
        let update = update("1", &["a"]);
        let dear = Audience::new(&Selection::new(&dear(), &[]).with_fields(fields));
        dear.passes(&update, &ResolvedTopics::new(&update.topics, &()))
    };
    assert_eq!(passes(Fields::WithTopics), 2 * passes(Fields::Usual));
}

#[test]
fn updates_that_are_held_back_fill_a_chunk_together_with_what_is_in_it() {
    let log = log(3, u64::MAX);
    let span = Span { from: Sequence::START, until: numbered(3), conflates: true };
    let event = update("1", &["a"]).event.len();
    let mut chunk = vec![b':'; MAX_CHUNK_BYTES - event];
    let (came, reading) = read(&log, &audience(&[TopicSelector::All], &[]), span, &mut chunk);
    assert_eq!((came.to, came.left_out), (numbered(1), 0));
    assert!(!reading.conflates());
    assert_eq!(chunk.len(), MAX_CHUNK_BYTES);
}
