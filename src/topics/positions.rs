//! Matching a whole text at once, in linear time: the set of places up to which a part of a pattern
//! can have matched.
//!
//! A pattern is a sequence of parts. Each part takes the set of places where it may begin and gives
//! the set of places where it may end; the text matches if its end is in the last set. No part
//! looks back, so nothing is tried twice: a part costs one pass over the set, 64 places at a time.

/// A set of places in a text of `len` bytes: 0 is before the first byte, `len` is the end.
///
/// It stands for a set of bytes too: place `at` is in it if the byte behind that place is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Positions {
    words: Box<[u64]>,
    len: usize,
}

/// The cost of a pass over each byte, such as a search for a text, in passes over 64 places at a
/// time.
pub(crate) const SEARCH: usize = 4;

impl Positions {
    /// No place.
    #[must_use]
    pub(crate) fn none(text: &[u8]) -> Self {
        steps::count(text.len() / 64 + 1);
        Self { words: vec![0; text.len() / 64 + 1].into(), len: text.len() }
    }

    /// The place before the first byte.
    #[must_use]
    pub(crate) fn start(text: &[u8]) -> Self {
        let mut start = Self::none(text);
        start.insert(0);
        start
    }

    /// The places before the bytes that `belongs` accepts.
    #[must_use]
    pub(crate) fn of_bytes(text: &[u8], belongs: impl Fn(u8) -> bool) -> Self {
        steps::count(text.len());
        let mut bytes = Self::none(text);
        for (word, chunk) in bytes.words.iter_mut().zip(text.chunks(64)) {
            for (bit, byte) in chunk.iter().enumerate() {
                *word |= u64::from(belongs(*byte)) << bit;
            }
        }
        bytes
    }

    /// The places before all bytes.
    #[must_use]
    pub(crate) fn before_each(text: &[u8]) -> Self {
        let mut every = Self::none(text);
        every.words.fill(u64::MAX);
        if let Some(last) = every.words.last_mut() {
            *last = (1 << (text.len() % 64)) - 1;
        }
        every
    }

    /// Whether there is no place in it.
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// Whether the end of the text is in it.
    #[must_use]
    pub(crate) fn has_end(&self) -> bool {
        self.contains(self.len)
    }

    /// Whether this place is in it.
    #[must_use]
    pub(crate) fn contains(&self, at: usize) -> bool {
        self.words.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    /// Adds a place. One behind the end is ignored.
    pub(crate) fn insert(&mut self, at: usize) {
        if at <= self.len
            && let Some(word) = self.words.get_mut(at / 64)
        {
            *word |= 1 << (at % 64);
        }
    }

    /// The places of both.
    #[must_use]
    pub(crate) fn or(self, other: &Self) -> Self {
        self.combine(other, |mine, others| mine | others)
    }

    /// The places of this set that are not in the other.
    #[must_use]
    pub(crate) fn except(self, other: &Self) -> Self {
        self.combine(other, |mine, others| mine & !others)
    }

    /// The places behind one byte of the set `bytes`.
    #[must_use]
    pub(crate) fn one(mut self, bytes: &Self) -> Self {
        steps::count(self.words.len());
        let mut carry = 0;
        for (word, mask) in self.words.iter_mut().zip(&bytes.words) {
            let taken = *word & mask;
            *word = taken << 1 | carry;
            carry = taken >> 63;
        }
        self
    }

    /// The places behind any number of bytes of the set `bytes`, none included.
    ///
    /// An addition carries each place through the run of ones that it stands in: the `MatchStar` of
    /// Cameron et al., "Bitwise data parallelism in regular expression matching" (2014).
    #[must_use]
    pub(crate) fn run(mut self, bytes: &Self) -> Self {
        steps::count(self.words.len());
        let mut carry = false;
        for (word, mask) in self.words.iter_mut().zip(&bytes.words) {
            let (sum, first) = (*word & mask).overflowing_add(*mask);
            let (sum, second) = sum.overflowing_add(u64::from(carry));
            *word |= sum ^ mask;
            carry = first || second;
        }
        self
    }

    /// The places before this text.
    #[must_use]
    pub(crate) fn of_text(text: &[u8], part: &[u8]) -> Self {
        let mut places = Self::none(text);
        each_occurrence(text, part, |at| places.insert(at));
        places
    }

    /// The places behind this text.
    #[must_use]
    pub(crate) fn text(self, text: &[u8], part: &[u8]) -> Self {
        if part.is_empty() || self.is_empty() {
            return self;
        }
        if let [byte] = part {
            return self.one(&Self::of_bytes(text, |other| other == *byte));
        }
        let mut ends = Self::none(text);
        let count: usize = self.words.iter().map(|word| word.count_ones() as usize).sum();
        if count.saturating_mul(part.len()) > text.len() {
            each_occurrence(text, part, |at| {
                if self.contains(at) {
                    ends.insert(at + part.len());
                }
            });
            return ends;
        }
        steps::count(self.words.len() + count * part.len());
        for (nth, mut word) in self.words.iter().copied().enumerate() {
            while word != 0 {
                let at = nth * 64 + word.trailing_zeros() as usize;
                word &= word - 1;
                if text.get(at..).is_some_and(|rest| rest.starts_with(part)) {
                    ends.insert(at + part.len());
                }
            }
        }
        ends
    }

    fn combine(mut self, other: &Self, with: impl Fn(u64, u64) -> u64) -> Self {
        steps::count(self.words.len());
        for (mine, others) in self.words.iter_mut().zip(&other.words) {
            *mine = with(*mine, *others);
        }
        self
    }
}

/// Calls `found` with each place before `part`, which is not empty. It takes one pass over the
/// text, however often the part occurs: Knuth, Morris and Pratt. The usual searches give no
/// occurrences that overlap.
fn each_occurrence(text: &[u8], part: &[u8], mut found: impl FnMut(usize)) {
    // For each beginning of the part, the length of the shorter beginning that it ends with.
    let mut borders = Vec::with_capacity(part.len());
    let advance = |borders: &[usize], mut matched: usize, byte: u8| loop {
        steps::count(1);
        if part.get(matched) == Some(&byte) {
            return matched + 1;
        }
        match matched.checked_sub(1).and_then(|last| borders.get(last)) {
            Some(border) => matched = *border,
            None => return 0,
        }
    };
    let mut matched = 0;
    for (at, byte) in part.iter().enumerate() {
        if at > 0 {
            matched = advance(&borders, matched, *byte);
        }
        borders.push(matched);
    }
    matched = 0;
    for (at, byte) in text.iter().enumerate() {
        matched = advance(&borders, matched, *byte);
        if matched == part.len() {
            found(at + 1 - part.len());
        }
    }
}

/// Counts the steps of a match, so that tests can tell linear from worse without a clock.
#[cfg(test)]
pub(crate) mod steps {
    use std::cell::Cell;

    thread_local! {
        static COUNT: Cell<usize> = const { Cell::new(0) };
    }

    pub(crate) fn count(steps: usize) {
        COUNT.set(COUNT.get() + steps);
    }

    /// The steps of the call.
    pub(crate) fn of<T>(call: impl FnOnce() -> T) -> usize {
        let before = COUNT.get();
        call();
        COUNT.get() - before
    }
}

#[cfg(not(test))]
pub(crate) mod steps {
    pub(crate) const fn count(_: usize) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_find_a_pattern_with_a_gap() {
        // Does `a*b` match?
        let text = b"a-slash-b";
        let every = Positions::of_bytes(text, |_| true);
        let ends = Positions::start(text).text(text, b"a").run(&every).text(text, b"b");
        assert!(ends.has_end());
    }

    fn places(positions: &Positions) -> Vec<usize> {
        (0..=positions.len).filter(|at| positions.contains(*at)).collect()
    }

    #[track_caller]
    fn check_run(text: &str, from: &[usize], expected: &[usize]) {
        let mut starts = Positions::none(text.as_bytes());
        for at in from {
            starts.insert(*at);
        }
        let letters = Positions::of_bytes(text.as_bytes(), |byte| byte == b'a');
        assert_eq!(places(&starts.run(&letters)), expected, "{text}");
    }

    #[test]
    fn a_run_ends_before_the_first_byte_that_does_not_belong() {
        check_run("aab", &[0], &[0, 1, 2]);
        check_run("baa", &[0], &[0]);
        check_run("", &[0], &[0]);
    }

    #[test]
    fn several_places_of_one_run_are_carried_together() {
        check_run("aaaabaa", &[1, 3, 6], &[1, 2, 3, 4, 6, 7]);
    }

    #[test]
    fn a_run_crosses_words_and_reaches_the_end() {
        for len in [62, 63, 64, 65, 127, 128, 129, 300] {
            let all: Vec<usize> = (3..=len).collect();
            check_run(&"a".repeat(len), &[3], &all);
        }
        let text = format!("{}b", "a".repeat(64));
        check_run(&text, &[63], &[63, 64]);
    }

    #[test]
    fn a_text_is_found_at_every_place_that_it_may_begin_at() {
        let text = b"abab";
        let everywhere = Positions::start(text).run(&Positions::of_bytes(text, |_| true));
        assert_eq!(places(&everywhere.clone().text(text, b"ab")), [2, 4]);
        assert_eq!(everywhere.clone().text(text, b""), everywhere);
        assert!(everywhere.text(text, b"ababa").is_empty());
    }

    #[test]
    fn of_many_places_those_behind_a_long_text_are_found_in_one_pass() {
        let text = "a".repeat(4_000);
        let every = Positions::of_bytes(text.as_bytes(), |_| true);
        let places = Positions::start(text.as_bytes()).run(&every);
        for (part, ends) in [("a".repeat(1_999) + "b", 0), ("a".repeat(2_000), 2_001)] {
            let cost = steps::of(|| {
                let found = places.clone().text(text.as_bytes(), part.as_bytes());
                assert_eq!(self::places(&found).len(), ends);
            });
            assert!(cost < 4 * text.len(), "{cost}");
        }
    }

    #[test]
    fn one_byte_crosses_words() {
        let text = "a".repeat(130);
        let mut starts = Positions::none(text.as_bytes());
        starts.insert(63);
        starts.insert(127);
        starts.insert(130);
        let bytes = Positions::of_bytes(text.as_bytes(), |_| true);
        assert_eq!(places(&starts.one(&bytes)), [64, 128]);
    }
}
