//! Any order of calls, against a plain `Vec`.

use std::{collections::HashMap, ops::ControlFlow, time::Duration};

use proptest::prelude::*;

use super::{
    NOW,
    closings::{closing, places},
    keep,
};
use crate::{
    base::sequence::Sequence,
    hub::engine::tests::{FakeHistory, Refused, update},
    log::{
        closing::Closing,
        history::{Entry, History, Retention},
        kind::Kind,
        log::{AppendError, Log, Scanned},
        update::EncodedUpdate,
    },
};

const TOPICS: [&str; 3] = ["a", "b", "c"];

#[derive(Clone, Debug)]
enum Call {
    /// To one of some topics.
    Append(Kind, usize),
    Close(usize),
    Commit(u64),
    Prune,
    /// With what was not durable, or without.
    Reopen {
        with_the_rest: bool,
    },
    /// A cursor is put here.
    Open {
        cursor: usize,
        at: u64,
    },
    /// It reads so many updates, unless the history fails after so many calls.
    Read {
        cursor: usize,
        updates: usize,
        fails_after: Option<usize>,
    },
}

fn any_call() -> impl Strategy<Value = Call> {
    let fails_after = proptest::option::weighted(0.2, 0..4_usize);
    prop_oneof![
        4 => (0..TOPICS.len()).prop_map(|topic| Call::Append(Kind::Publication, topic)),
        4 => Just(Call::Append(Kind::Subscription, 0)),
        1 => (0..TOPICS.len()).prop_map(Call::Close),
        3 => (0..4_u64).prop_map(Call::Commit),
        2 => Just(Call::Prune),
        1 => any::<bool>().prop_map(|with_the_rest| Call::Reopen { with_the_rest }),
        2 => (0..3_usize, 0..40_u64).prop_map(|(cursor, at)| Call::Open { cursor, at }),
        5 => (0..3_usize, 1..9_usize, fails_after)
            .prop_map(|(cursor, updates, fails_after)| Call::Read { cursor, updates, fails_after }),
    ]
}

/// The log as a plain `Vec` of all updates that there ever were.
#[derive(Default)]
struct Model {
    all: Vec<(Kind, String)>,
    committed: usize,
    named: usize,
    /// The places of the closings of the topics that are closed.
    closed: HashMap<usize, u64>,
}

impl Model {
    /// Checks what a cursor has read: the committed updates after it, without a hole but those of
    /// which `gone` says so. Gives the place behind the last one, and behind what is gone there.
    fn check(
        &self,
        log: &Log<FakeHistory>,
        from: Sequence,
        read: &[(Sequence, String)],
    ) -> Sequence {
        let is_gone = |place: u64| {
            let at = usize::try_from(place).unwrap();
            let (kind, _) = self.all.get(at - 1)?;
            Some(log.gone(&[*kind], NOW).unwrap().get() >= place)
        };
        let skip = |mut place: u64| {
            while is_gone(place) == Some(true) {
                place += 1;
            }
            place
        };
        let mut place = skip(from.get() + 1);
        for (sequence, text) in read {
            assert_eq!(sequence.get(), place, "out of order, or what is not gone is missing");
            let at = usize::try_from(place).unwrap();
            assert!(at <= self.committed, "{place} is not committed");
            assert_eq!(text, &self.all[at - 1].1, "another update at {place}");
            place = skip(place + 1);
        }
        Sequence::new(place).previous()
    }

    /// How many updates of this kind are held.
    fn held(&self, log: &Log<FakeHistory>, kind: Kind) -> u64 {
        let gone = usize::try_from(log.gone(&[kind], NOW).unwrap().get()).unwrap();
        self.all[gone..].iter().filter(|(own, _)| *own == kind).count() as u64
    }

    /// Checks which topics are closed, and takes note of those whose closing is forgotten.
    fn check_closed(&mut self, log: &Log<FakeHistory>, forgets: bool) {
        let oldest = log.history().held(Kind::Publication).unwrap().oldest;
        let oldest = oldest.map(|(sequence, _)| sequence.get());
        for (topic, name) in TOPICS.into_iter().enumerate() {
            let held = log.closed(&name.parse().unwrap()).unwrap();
            let held = held.map(|closed| closed.sequence.get());
            if held != self.closed.get(&topic).copied() {
                assert_eq!(held, None, "closed at another place");
                let before = self.closed.remove(&topic).unwrap();
                assert!(
                    forgets && oldest.is_none_or(|oldest| oldest > before),
                    "forgotten too soon"
                );
            }
        }
    }

    /// The newest of this kind that is gone is one of this kind.
    fn is_of(&self, kind: Kind, gone: Sequence) -> bool {
        let at = usize::try_from(gone.get()).unwrap();
        at == 0 || self.all[at - 1].0 == kind
    }
}

proptest! {
    #[test]
    fn every_cursor_reads_exactly_what_was_committed_and_not_removed(
        calls in proptest::collection::vec(any_call(), 0..80),
        retained in [1..12_u64, 1..6_u64],
        window in 0..8_u64,
        forgets: bool,
    ) {
        let history = FakeHistory::default();
        let [publications, subscriptions] = retained.map(keep);
        let closed_age = if forgets { Duration::ZERO } else { Duration::from_hours(1) };
        let retention = Retention { publications, subscriptions, age: None, closed_age };
        let open = || Log::open(history.clone(), retention, keep(window)).unwrap();
        let (mut log, mut model) = (open(), Model::default());
        let mut cursors: HashMap<usize, Sequence> = HashMap::new();
        for call in calls {
            match call {
                Call::Append(kind, topic) => {
                    model.named += 1;
                    let text = model.named.to_string();
                    let update = EncodedUpdate { kind, ..update(&text, &["x", TOPICS[topic]]) };
                    let appended = log.append(update, NOW);
                    if kind == Kind::Publication && model.closed.contains_key(&topic) {
                        let closed = AppendError::Closed(TOPICS[topic].parse().unwrap());
                        prop_assert_eq!(appended, Err(closed));
                        continue;
                    }
                    model.all.push((kind, text));
                    let sequence = appended.unwrap();
                    prop_assert_eq!(sequence.get(), model.all.len() as u64);
                }
                Call::Close(topic) => {
                    let sequence = log.close(&closing(TOPICS[topic]), &places(), NOW).unwrap();
                    let place = *model.closed.entry(topic).or_insert(model.all.len() as u64 + 1);
                    prop_assert_eq!(sequence.get(), place, "a closed topic was closed again");
                    if place > model.all.len() as u64 {
                        let id = Closing::id(sequence, &places()).to_string();
                        model.all.push((Kind::Closing, id));
                    }
                }
                Call::Commit(further) => {
                    let until = Sequence::new(log.tail().get() + further);
                    let from = log.tail();
                    history.sync();
                    let revealed: Vec<_> = log.commit(until).map(shown).collect();
                    model.committed = model.all.len().min(usize::try_from(until.get()).unwrap());
                    model.check(&log, from, &revealed);
                    prop_assert_eq!(log.tail().get(), model.committed as u64);
                    prop_assert_eq!(revealed.len() as u64, log.tail().get() - from.get());
                }
                Call::Prune => {
                    let before = Kind::UPDATES.map(|kind| model.held(&log, kind));
                    log.prune(log.tail(), u64::MAX, NOW).unwrap();
                    for (at, kind) in Kind::UPDATES.into_iter().enumerate() {
                        let least = before[at].min(retained[at]);
                        prop_assert!(model.held(&log, kind) >= least, "removed too much");
                        prop_assert!(model.is_of(kind, log.gone(&[kind], NOW).unwrap()));
                    }
                    model.check_closed(&log, forgets);
                }
                Call::Reopen { with_the_rest } => {
                    if with_the_rest {
                        history.sync();
                    } else {
                        model.all.truncate(usize::try_from(history.crash().get()).unwrap());
                        let left = model.all.len() as u64;
                        model.closed.retain(|_, place| *place <= left);
                    }
                    log = open();
                    model.committed = model.all.len();
                    prop_assert_eq!(log.tail().get(), model.committed as u64);
                }
                Call::Open { cursor, at } => {
                    cursors.insert(cursor, Sequence::new(at.min(log.tail().get())));
                }
                Call::Read { cursor, updates, fails_after } => {
                    let Some(cursor) = cursors.get_mut(&cursor) else { continue };
                    let from = log.held_from(*cursor, NOW).unwrap();
                    prop_assert!(from >= *cursor && from <= log.tail());
                    if from > *cursor {
                        // Closings that are forgotten may leave nothing behind a cursor.
                        let oldest = log.oldest().unwrap().map_or(from, Sequence::previous);
                        prop_assert_eq!(oldest, from, "not a gap");
                        prop_assert!(log.oldest().unwrap().is_some() || from == log.tail());
                    }
                    let mut seen = Vec::new();
                    if let Some(calls) = fails_after {
                        history.fail_after(calls);
                    }
                    let scanned = log.scan(from, Sequence::new(u64::MAX), |entry| {
                        seen.push(shown(entry));
                        if seen.len() < updates {
                            ControlFlow::Continue(())
                        } else {
                            ControlFlow::Break(())
                        }
                    });
                    history.recover();
                    let next = model.check(&log, from, &seen);
                    *cursor = seen.last().map_or(from, |(sequence, _)| *sequence);
                    match scanned {
                        Ok(Scanned::End) => prop_assert!(next >= log.tail(), "an end before the tail"),
                        Ok(Scanned::Stopped(next)) => {
                            prop_assert_eq!(*cursor, next);
                            prop_assert_eq!(seen.len(), updates);
                        }
                        Ok(Scanned::Unreadable(broken)) => panic!("{broken:?} is not broken"),
                        Err(Refused) => prop_assert!(fails_after.is_some()),
                    }
                }
            }
        }
    }
}

fn shown(entry: &Entry) -> (Sequence, String) {
    (entry.sequence, entry.update.id.to_string())
}
