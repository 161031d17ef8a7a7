//! The steps of a compiled expression, and how a text goes through them: all ways at once, so that
//! no text takes longer than its length times their number.

use std::iter;

use crate::base::{heap, limits::MAX_REGEXP_BYTES};

/// What each step and each class counts as, in bytes.
const COUNTED: usize = 16;

/// The most steps and classes of an expression.
pub(super) const MOST: usize = MAX_REGEXP_BYTES / COUNTED;

const WORD: usize = u64::BITS as usize;

/// The bytes of ASCII that a place may have. No other is in a component of a URL.
pub(super) type Class = u128;

pub(super) const fn class_of(byte: u8) -> Class {
    if byte.is_ascii() { 1 << byte } else { 0 }
}

/// `\w`.
pub(super) const WORD_BYTES: Class =
    range(b'0', b'9') | range(b'A', b'Z') | range(b'a', b'z') | class_of(b'_');

/// All bytes from the first one to the last one.
pub(super) const fn range(first: u8, last: u8) -> Class {
    (Class::MAX << first) & (Class::MAX >> (127 - last))
}

/// A step. The others are named by how far they are from it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    Byte(u8),
    /// A byte of the class with this index.
    Of(u16),
    Go(i16),
    /// Both the next step and that one.
    Fork(i16),
    At(Place),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    Start,
    End,
    /// Between a byte of a word and another, or none.
    Boundary,
    NoBoundary,
}

/// Behind the last one a text is matched.
#[derive(Clone, Debug, Default)]
pub(super) struct Steps {
    pub(super) steps: Box<[Step]>,
    pub(super) classes: Box<[Class]>,
}

impl Steps {
    /// What they count as.
    pub(super) fn bytes(&self) -> usize {
        COUNTED * (self.steps.len() + self.classes.len())
    }

    pub(super) fn held_bytes(&self) -> usize {
        heap::list::<Step>(self.steps.len()) + heap::list::<Class>(self.classes.len())
    }

    /// Whether all of the text is matched.
    pub(super) fn match_all(&self, text: &[u8]) -> bool {
        let mut reached = Reached::between(None, text.first());
        self.reach(&mut reached, 0);
        for (index, byte) in text.iter().enumerate() {
            let mut next = Reached::between(Some(byte), text.get(index + 1));
            for at in reached.steps() {
                let takes = match self.steps.get(at) {
                    Some(Step::Byte(expected)) => expected == byte,
                    Some(Step::Of(class)) => self
                        .classes
                        .get(usize::from(*class))
                        .is_some_and(|class| class & class_of(*byte) != 0),
                    _ => false,
                };
                if takes {
                    self.reach(&mut next, at + 1);
                }
            }
            reached = next;
        }
        reached.steps().any(|at| at == self.steps.len())
    }

    /// Goes to a step, and on from it as far as no byte is needed.
    fn reach(&self, reached: &mut Reached, mut at: usize) {
        while reached.insert(at) {
            at = match self.steps.get(at) {
                Some(Step::Go(far)) => at.saturating_add_signed(isize::from(*far)),
                Some(Step::Fork(far)) => {
                    self.reach(reached, at.saturating_add_signed(isize::from(*far)));
                    at + 1
                }
                Some(Step::At(place)) if reached.is(*place) => at + 1,
                _ => return,
            };
        }
    }
}

/// The steps that a text has come to, and what is on both sides of the place where it is.
struct Reached {
    words: [u64; MOST.div_ceil(WORD)],
    is_start: bool,
    is_end: bool,
    is_boundary: bool,
}

impl Reached {
    fn between(before: Option<&u8>, behind: Option<&u8>) -> Self {
        let is_word =
            |byte: Option<&u8>| byte.is_some_and(|byte| WORD_BYTES & class_of(*byte) != 0);
        Self {
            words: [0; _],
            is_start: before.is_none(),
            is_end: behind.is_none(),
            is_boundary: is_word(before) != is_word(behind),
        }
    }

    fn is(&self, place: Place) -> bool {
        match place {
            Place::Start => self.is_start,
            Place::End => self.is_end,
            Place::Boundary => self.is_boundary,
            Place::NoBoundary => !self.is_boundary,
        }
    }

    /// Whether the step is new.
    fn insert(&mut self, at: usize) -> bool {
        let bit = 1 << (at % WORD);
        let Some(word) = self.words.get_mut(at / WORD) else { return false };
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    fn steps(&self) -> impl Iterator<Item = usize> {
        self.words.iter().enumerate().flat_map(|(index, word)| {
            let mut left = *word;
            iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros() as usize)?;
                left &= left - 1;
                Some(index * WORD + bit)
            })
        })
    }
}
