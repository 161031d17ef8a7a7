//! Bytes of a stream as text: the standard's UTF-8 decode.

use std::borrow::Cow;

/// Bytes from which the wide check is worth its start.
const LONG: usize = 256;

/// The bytes as text, by the standard's UTF-8 decode.
#[inline]
pub(super) fn text(bytes: &[u8]) -> Cow<'_, str> {
    valid(bytes).map_or_else(|| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// The bytes as text if they are UTF-8, by the faster check for their length.
#[inline]
pub(super) fn valid(bytes: &[u8]) -> Option<&str> {
    if bytes.len() < LONG {
        str::from_utf8(bytes).ok()
    } else {
        simdutf8::basic::from_utf8(bytes).ok()
    }
}

/// The bytes before a character that their end cuts, and the beginning of that character.
#[inline]
pub(super) fn split_cut(bytes: &[u8]) -> (&[u8], &[u8]) {
    match bytes.last() {
        Some(last) if !last.is_ascii() => split_cut_character(bytes),
        _ => (bytes, &[]),
    }
}

fn split_cut_character(bytes: &[u8]) -> (&[u8], &[u8]) {
    let is_lead = |byte: &u8| *byte >= 0xc0;
    let last = bytes.len().saturating_sub(3);
    let cut = bytes.get(last..).and_then(|end| Some(last + end.iter().rposition(is_lead)?));
    match cut.and_then(|at| bytes.split_at_checked(at)) {
        // Bytes that no further byte makes a character are not cut: they are wrong.
        Some((whole, cut)) if str::from_utf8(cut).is_err_and(|e| e.error_len().is_none()) => {
            (whole, cut)
        }
        _ => (bytes, &[]),
    }
}

/// The value of a field.
#[derive(Clone, Copy, Debug)]
pub(super) struct Value<'c> {
    /// The value as it stands in the chunk.
    pub(super) bytes: &'c [u8],
    /// The same as text, if it is UTF-8.
    pub(super) text: Option<&'c str>,
}

impl Value<'_> {
    pub(super) const EMPTY: Self = Self { bytes: b"", text: Some("") };
}

/// The text of a chunk. A long chunk is checked as a whole when its first value is asked for: one wide
/// check costs less than many narrow ones.
#[derive(Debug)]
pub(super) struct ChunkText<'c> {
    chunk: &'c [u8],
    /// Where the text begins, once it is checked.
    start: Option<usize>,
    /// The chunk from there on; empty when that is no UTF-8.
    text: &'c str,
}

impl<'c> ChunkText<'c> {
    pub(super) const fn of(chunk: &'c [u8]) -> Self {
        Self { chunk, start: None, text: "" }
    }

    /// These bytes as a value. They end `behind` bytes before the chunk does.
    #[inline]
    pub(super) fn value(&mut self, bytes: &'c [u8], behind: usize) -> Value<'c> {
        Value { bytes, text: self.text(bytes, behind) }
    }

    #[inline]
    fn text(&mut self, value: &'c [u8], behind: usize) -> Option<&'c str> {
        if self.chunk.len() < LONG {
            return valid(value);
        }
        let end = self.chunk.len().checked_sub(behind)?;
        let at = end.checked_sub(value.len())?;
        let start = match self.start {
            Some(start) => start,
            None => self.check(at)?,
        };
        match self.text.get(at.checked_sub(start)?..end.checked_sub(start)?) {
            Some(text) => Some(text),
            None => valid(value),
        }
    }

    fn check(&mut self, start: usize) -> Option<usize> {
        let (whole, _) = split_cut(self.chunk.get(start..)?);
        self.text = valid(whole).unwrap_or_default();
        self.start = Some(start);
        self.start
    }
}
