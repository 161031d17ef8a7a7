//! What each client is to be given of the log, and what it has read.

use super::host::key;
use crate::event_stream::decoder::Decoder;

/// An entry of the log.
#[derive(Clone, Copy, Debug)]
pub(super) enum Entry {
    Update { topics: &'static [&'static str], private: bool },
    Closing(&'static str),
}

/// What is to become of a client.
#[derive(Debug)]
pub(super) struct Expected {
    pub(super) asked: &'static [&'static str],
    /// How many places it may be told.
    pub(super) places: usize,
    /// How long the log was when it asked for all that is held.
    pub(super) earliest: Option<u64>,
    /// What it is granted behind each place.
    pub(super) granted: Vec<(u64, &'static str)>,
    /// Events for it alone that it was sent and that cannot be lost.
    pub(super) sent: Vec<u32>,
    /// The tail when the hub was drained.
    pub(super) drained: Option<u64>,
}

impl Expected {
    fn is_for(&self, number: u64, entry: Entry) -> bool {
        let granted = self.granted.iter().rfind(|(behind, _)| *behind < number);
        granted.is_some_and(|(_, granted)| match entry {
            Entry::Closing(topic) => self.asked.contains(&topic),
            Entry::Update { topics, private } => {
                let has = |selectors: &[&str]| {
                    selectors.contains(&"*") || selectors.iter().any(|one| topics.contains(one))
                };
                has(self.asked) && (!private || has(&[granted]))
            }
        })
    }
}

/// All entries that there ever were.
pub(super) struct Log {
    entries: Vec<Entry>,
    retained: u64,
    is_conflated: bool,
}

impl Log {
    pub(super) fn new(retained: u64, is_conflated: bool) -> Self {
        Self { entries: Vec::new(), retained, is_conflated }
    }

    pub(super) fn is_conflated(&self) -> bool {
        self.is_conflated
    }

    pub(super) fn len(&self) -> u64 {
        self.entries.len() as u64
    }

    pub(super) fn push(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    fn get(&self, number: u64) -> Entry {
        self.entries[usize::try_from(number).unwrap() - 1]
    }

    /// Where the last of these topics was closed, if all are.
    fn closed(&self, asked: &[&str]) -> Option<u64> {
        let closing = |topic| {
            let is_closing =
                |entry: &Entry| matches!(entry, Entry::Closing(closed) if *closed == topic);
            self.entries.iter().position(is_closing).map(|at| at as u64 + 1)
        };
        asked.iter().map(|topic| closing(*topic)).try_fold(0, |last, at| Some(last.max(at?)))
    }

    pub(super) fn check(&self, number: u8, expected: &Expected, read: &Read) {
        let is_reset = read.ended.as_deref() == Some("reset");
        assert!(read.openings == 1 || is_reset, "{} openings of {number}", read.openings);
        assert!(read.places <= expected.places, "{} places to {number}", read.places);
        let (begins, _) = expected.granted[0];
        let mut before = begins;
        // It is told ahead of the closings that are held still, and of what is gone behind them.
        let mut is_told_of_gap = false;
        for (at, told) in &read.told {
            is_told_of_gap |= *told == Told::Gap;
            assert!(*at > before || *told == Told::Gap && *at == before, "{at} to {number}");
            for between in before + 1..*at {
                self.may_be_missing(expected, between, is_told_of_gap);
            }
            match told {
                Told::Gap => {
                    assert!(before + self.retained < self.len(), "a gap with nothing gone");
                    if *at > before {
                        self.may_be_missing(expected, *at, true);
                    }
                }
                Told::Entry => {
                    let entry = self.get(*at);
                    assert!(expected.is_for(*at, entry), "{at} to {number}");
                    is_told_of_gap &= matches!(entry, Entry::Closing(_));
                }
            }
            before = *at;
        }
        let closed = self.closed(expected.asked);
        let end = match read.ended.as_deref() {
            None => {
                assert_eq!(closed, None, "{number} is to end");
                self.len()
            }
            Some("drained") => expected.drained.unwrap(),
            Some("ended") => closed.unwrap(),
            Some("stopped" | "reset") => before,
            Some(other) => panic!("{number} has ended: {other}"),
        };
        for left in before + 1..=end {
            self.may_be_missing(expected, left, is_told_of_gap);
        }
        let mut sent = read.sent.iter();
        assert!(read.sent.is_sorted_by(|one, next| one < next), "{:?}", read.sent);
        let is_cut = matches!(read.ended.as_deref(), Some("stopped" | "reset"));
        assert!(
            is_cut || expected.sent.iter().all(|event| sent.any(|read| read == event)),
            "{number} was sent {:?} and has read {:?}",
            expected.sent,
            read.sent
        );
    }

    /// An entry that was not given is not for the client, or is gone and it was told so, or is conflated.
    fn may_be_missing(&self, expected: &Expected, number: u64, is_told: bool) {
        let entry = self.get(number);
        let may_be_gone = |len| number + self.retained <= len;
        let is_gone =
            is_told && may_be_gone(self.len()) || expected.earliest.is_some_and(may_be_gone);
        let is_right =
            !expected.is_for(number, entry) || is_gone || self.is_newer(expected, number);
        assert!(is_right, "{number} is missing");
    }

    /// Whether one of the same topic, its first, may have taken the place of this update.
    fn is_newer(&self, expected: &Expected, number: u64) -> bool {
        let Entry::Update { topics, .. } = self.get(number) else { return false };
        self.is_conflated
            && (number + 1..=self.len()).any(|later| {
                let entry = self.get(later);
                let is_same =
                    matches!(entry, Entry::Update { topics: other, .. } if other[0] == topics[0]);
                is_same && expected.is_for(later, entry)
            })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Entry,
    /// A gap, behind which the stream goes on behind this place.
    Gap,
}

/// What a client has read.
#[derive(Debug, Default)]
pub(super) struct Read {
    told: Vec<(u64, Told)>,
    sent: Vec<u32>,
    places: usize,
    openings: usize,
    ended: Option<String>,
    /// How many updates were left out since newer ones of their topics followed.
    pub(super) left_out: u64,
}

impl Read {
    pub(super) fn of(stream: &[u8], ended: Option<&str>) -> Self {
        let mut read = Self { ended: ended.map(str::to_owned), ..Self::default() };
        let text = std::str::from_utf8(stream).unwrap();
        let left_out = text.lines().filter_map(|line| line.strip_prefix(": conflated: "));
        read.left_out =
            left_out.map(|told| told.split(' ').next().unwrap().parse::<u64>().unwrap()).sum();
        read.openings = text.lines().filter(|line| *line == ":").count();
        let events = Decoder::with_max_event_bytes(usize::MAX).decode(stream, |event| {
            let place = || match event.last_event_id() {
                "earliest" => 0,
                id => key().read(&id.parse().unwrap()).unwrap().get(),
            };
            match (event.event_type(), event.data().split_once(' ')) {
                ("place", _) => read.places += 1,
                ("gap", _) => read.told.push((place(), Told::Gap)),
                ("end", _) => read.told.push((place(), Told::Entry)),
                (_, Some(("sent", count))) => read.sent.push(count.parse().unwrap()),
                (_, Some((update, _))) => read.told.push((update.parse().unwrap(), Told::Entry)),
                other => panic!("a client was given {other:?}"),
            }
        });
        events.unwrap();
        read
    }
}
