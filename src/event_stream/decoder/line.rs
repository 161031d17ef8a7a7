//! Where a line ends, and a line that the end of a chunk cuts.

use memchr::memchr2;

use super::{
    block::{Block, Whole},
    decode_error::DecodeError,
    field::Field,
    utf_8::Value,
};

/// The bytes up to the first line end and those after it, if there is one. CRLF that is cut counts
/// as CR.
#[inline]
pub(super) fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    split_at_end(bytes, find_end(bytes)?)
}

/// The same for bytes that most likely are the value of a long line.
#[inline]
pub(super) fn split_long(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    split_at_end(bytes, memchr2(b'\n', b'\r', bytes)?)
}

#[inline]
fn split_at_end(bytes: &[u8], end: usize) -> Option<(&[u8], &[u8])> {
    match bytes.split_at_checked(end)? {
        (line, [b'\r', b'\n', tail @ ..] | [_, tail @ ..]) => Some((line, tail)),
        _ => None,
    }
}

/// The bytes behind an ignored line of this length, its blank line, and all repetitions of both:
/// keep-alives are alike.
#[inline]
pub(super) fn after_keep_alives(bytes: &[u8], len: usize) -> Option<&[u8]> {
    let (keep_alive, mut rest) = bytes.split_at_checked(len.checked_add(2)?)?;
    if !keep_alive.ends_with(b"\n\n") {
        return None;
    }
    while let Some(tail) = rest.strip_prefix(keep_alive) {
        rest = tail;
    }
    Some(rest)
}

/// Where the line ends that `bytes` begin with, if it ends in them.
#[inline]
fn find_end(bytes: &[u8]) -> Option<usize> {
    if bytes.starts_with(b"data") {
        return memchr2(b'\n', b'\r', bytes);
    }
    // Ids and comments mostly end in the first bytes, sooner than a wide search has begun.
    let (words, _) = bytes.as_chunks::<8>();
    for (word, at) in words.iter().zip([0, 8]) {
        if let Some(end) = find_end_in_word(u64::from_le_bytes(*word)) {
            return Some(at + end);
        }
    }
    let searched = 8 * words.len().min(2);
    Some(searched + memchr2(b'\n', b'\r', bytes.get(searched..)?)?)
}

/// The same among the eight bytes of a word, of which the first is the lowest.
#[inline]
fn find_end_in_word(word: u64) -> Option<usize> {
    const ONES: u64 = u64::from_ne_bytes([0x01; 8]);
    const HIGHS: u64 = u64::from_ne_bytes([0x80; 8]);

    // Sets the highest bit of each zero byte, and maybe of some bytes above the lowest zero byte.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS;
    let ends = zeros(word ^ (ONES * u64::from(b'\n'))) | zeros(word ^ (ONES * u64::from(b'\r')));
    (ends != 0).then(|| ends.trailing_zeros() as usize / 8)
}

/// The state of a line that a chunk's end cuts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// In the field's name, or nowhere yet.
    Name(Name),
    /// After the colon, where one space may follow that is not of the value.
    Colon(Field),
    /// In the value.
    Value(Field),
    /// In a comment or an unknown field.
    Ignored,
}

impl Line {
    pub(super) const START: Self = Self::Name(Name { bytes: [0; Name::MAX], len: 0 });

    /// Takes bytes of the line, none of which ends it.
    #[inline]
    pub(super) fn extend<'c>(
        &mut self,
        bytes: &'c [u8],
        block: &mut Block,
        whole: &mut Whole<'c>,
    ) -> Result<(), DecodeError> {
        let mut rest = bytes;
        if *self == Self::START && bytes.len() > Name::MAX + 1 {
            // Name, colon and the byte after it are here: no need to look at each.
            let Some((field, value)) = Field::split(bytes) else {
                *self = Self::Ignored;
                return Ok(());
            };
            *self = Self::Value(field);
            block.begin(field, whole)?;
            rest = value;
        }
        while let Self::Name(name) = *self {
            let [byte, tail @ ..] = rest else { return Ok(()) };
            *self = match byte {
                b':' => Field::named(name.as_bytes()).map_or(Self::Ignored, Self::Colon),
                byte => name.with(*byte).map_or(Self::Ignored, Self::Name),
            };
            rest = tail;
        }
        if let Self::Colon(field) = *self {
            match rest {
                [] => return Ok(()),
                [b' ', tail @ ..] => rest = tail,
                _ => {}
            }
            *self = Self::Value(field);
            block.begin(field, whole)?;
        }
        match *self {
            Self::Value(field) => block.extend(field, rest),
            _ => Ok(()),
        }
    }

    /// Ends the line, which is not blank.
    pub(super) fn end(self, block: &mut Block, whole: &mut Whole<'_>) -> Result<(), DecodeError> {
        match self {
            Self::Name(name) => match Field::named(name.as_bytes()) {
                Some(field) => block.take(field, Value::EMPTY, whole),
                None => Ok(()),
            },
            Self::Colon(field) => block.take(field, Value::EMPTY, whole),
            Self::Value(field) => {
                block.end(field);
                Ok(())
            }
            Self::Ignored => Ok(()),
        }
    }
}

/// The start of a field's name, as long as it may become one that the standard knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Name {
    bytes: [u8; Self::MAX],
    len: usize,
}

impl Name {
    /// The length of `event` and `retry`.
    const MAX: usize = 5;

    fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// The name with one more byte; nothing when it is then longer than any that is known.
    fn with(mut self, byte: u8) -> Option<Self> {
        *self.bytes.get_mut(self.len)? = byte;
        self.len += 1;
        Some(self)
    }
}
