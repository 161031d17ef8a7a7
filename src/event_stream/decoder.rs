//! Bytes in any chunking to events: [HTML § 9.2.6](https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation).
//!
//! ```text
//! stream        = [ bom ] *event
//! event         = *( comment / field ) end-of-line
//! comment       = colon *any-char end-of-line
//! field         = 1*name-char [ colon [ space ] *any-char ] end-of-line
//! end-of-line   = ( cr lf / cr / lf )
//! ```

mod block;
mod data;
mod decode_error;
mod decoded_event;
mod digits;
mod field;
mod line;
mod utf_8;

pub use decode_error::DecodeError;
pub use decoded_event::{DecodedEvent, InvalidDecodedEvent};

use std::mem;

use block::{Block, Whole};
use field::Field;
use line::Line;
use utf_8::ChunkText;

/// Bytes that one event may hold unless [`Decoder::with_max_event_bytes`] says otherwise.
///
/// It is sixteen times the largest publication of a hub, so no honest stream reaches it. It is
/// little beside a worker's 128 MB of memory.
pub(crate) const DEFAULT_MAX_EVENT_BYTES: usize = 16 * 1024 * 1024;

/// A parser of one event stream, fed with its bytes chunk by chunk.
///
/// It dispatches the events that the standard dispatches, however the stream is cut. An event is
/// dispatched as soon as the line that ends its block is complete: a CR dispatches at once, and an
/// LF that follows in the next chunk is swallowed. Invalid UTF-8 becomes U+FFFD as if the whole
/// stream were decoded at once. A block that is unfinished at the stream's end is discarded with
/// its id: the caller feeds no more. Each connection needs a decoder of its own.
///
/// ```
/// use millstream::Decoder;
///
/// let mut decoder = Decoder::new();
/// let mut seen = Vec::new();
/// for chunk in ["id: 1\nda", "ta: first\n", "\ndata: second\n\nid: 3"] {
///     decoder.decode(chunk.as_bytes(), |event| {
///         seen.push((event.last_event_id().to_owned(), event.data().to_owned()));
///     })?;
/// }
/// assert_eq!(seen, [("1".into(), "first".into()), ("1".into(), "second".into())]);
/// assert_eq!(decoder.last_event_id(), "1");
/// # Ok::<(), millstream::DecodeError>(())
/// ```
///
/// A value that lies in one chunk is borrowed from it; values that are cut, joined or no UTF-8 are
/// copied. The memory held is bounded by a small multiple of the limit that
/// [`Decoder::with_max_event_bytes`] sets. The memory of a large event is given back after it.
#[derive(Debug)]
pub struct Decoder {
    bom: Bom,
    /// The last chunk ended with CR: an LF at the start of the next belongs to the same line end.
    after_cr: bool,
    line: Line,
    block: Block,
    failed: Option<DecodeError>,
}

/// The part of the stream's byte order mark that has been seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bom {
    Nothing,
    First,
    Second,
    Over,
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}

impl Decoder {
    /// A decoder at the start of a stream, with the default limit.
    #[must_use]
    pub fn new() -> Self {
        Self::with_max_event_bytes(DEFAULT_MAX_EVENT_BYTES)
    }

    /// A decoder at the start of a stream that fails when an event holds more than `max` bytes.
    ///
    /// The values of the known fields of one block count, and one byte for each of their lines.
    /// Comments and unknown fields are not held, so they may be of any length. The cuts of the
    /// stream do not change whether it fails.
    #[must_use]
    pub fn with_max_event_bytes(max: usize) -> Self {
        Self {
            bom: Bom::Nothing,
            after_cr: false,
            line: Line::START,
            block: Block::new(max),
            failed: None,
        }
    }

    /// The same decoder, which gives the memory of an event larger than this back when the event is
    /// over.
    #[must_use]
    pub fn retaining(mut self, bytes: usize) -> Self {
        self.block.retain(bytes);
        self
    }

    /// Whether an event has begun and is not over.
    #[must_use]
    pub fn is_amid_event(&self) -> bool {
        !self.block.is_empty()
    }

    /// Bytes that are held, for the event that has begun or for the next one.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        self.block.held_bytes()
    }

    /// Parses the next chunk of the stream and calls `on_event` for each event that it completes.
    ///
    /// # Errors
    /// When an event is over the limit. The events before it are dispatched. Every later
    /// call gives the same error.
    pub fn decode(
        &mut self,
        chunk: &[u8],
        mut on_event: impl FnMut(DecodedEvent<'_>),
    ) -> Result<(), DecodeError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let mut whole = Whole::default();
        let result = self.lines(chunk, &mut whole, &mut on_event);
        self.block.keep(whole);
        self.failed = result.err();
        result
    }

    /// The last event ID string: the id of the newest block that was ended by a blank line, or of
    /// one before it; empty when there was none or when it was reset.
    #[must_use]
    pub fn last_event_id(&self) -> &str {
        self.block.last_event_id()
    }

    /// The reconnection time that the stream set last, in milliseconds.
    ///
    /// A number of more than 64 bits counts as the greatest of 64 bits.
    #[must_use]
    pub fn reconnection_time(&self) -> Option<u64> {
        self.block.last_reconnection_time()
    }

    fn lines<'c>(
        &mut self,
        chunk: &'c [u8],
        whole: &mut Whole<'c>,
        on_event: &mut impl FnMut(DecodedEvent<'_>),
    ) -> Result<(), DecodeError> {
        let mut rest = self.after_start(chunk);
        if let Some(last) = rest.last() {
            self.after_cr = *last == b'\r';
        }
        if self.line != Line::START {
            let Some((end, tail)) = line::split_long(rest) else {
                return self.line.extend(rest, &mut self.block, whole);
            };
            self.line.extend(end, &mut self.block, whole)?;
            mem::replace(&mut self.line, Line::START).end(&mut self.block, whole)?;
            rest = tail;
        }
        let mut text = ChunkText::of(rest);
        loop {
            if self.block.is_empty() {
                // A quiet stream is mostly keep-alives. Many servers send a blank line behind each.
                while let Some(tail) = rest.strip_prefix(b":\n") {
                    rest = tail.strip_prefix(b"\n").unwrap_or(tail);
                }
            }
            if let [b'\n', tail @ ..] = rest {
                self.block.dispatch(whole, on_event);
                rest = tail;
                continue;
            }
            // Most lines of most streams.
            if let Some(rest_of_line) = rest.strip_prefix(b"data: ") {
                let Some((value, tail)) = line::split_long(rest_of_line) else {
                    self.line = Line::Value(Field::Data);
                    self.block.begin(Field::Data, whole)?;
                    return self.block.extend(Field::Data, rest_of_line);
                };
                let value = text.value(value, rest_of_line.len().saturating_sub(value.len()));
                self.block.take_data(value, whole)?;
                rest = tail;
                continue;
            }
            let Some((line, tail)) = line::split(rest) else {
                return self.line.extend(rest, &mut self.block, whole);
            };
            if line.is_empty() {
                self.block.dispatch(whole, on_event);
            } else if let Some((field, value)) = Field::split(line) {
                let value = text.value(value, rest.len().saturating_sub(line.len()));
                self.block.take(field, value, whole)?;
            } else if self.block.is_empty() {
                rest = line::after_keep_alives(rest, line.len()).unwrap_or(tail);
                continue;
            }
            rest = tail;
        }
    }

    /// The chunk without the bytes that belong to the stream's start or to the line before.
    #[inline]
    fn after_start<'c>(&mut self, chunk: &'c [u8]) -> &'c [u8] {
        let rest = if self.bom == Bom::Over { chunk } else { self.after_bom(chunk) };
        match rest {
            [b'\n', tail @ ..] if mem::take(&mut self.after_cr) => tail,
            _ => rest,
        }
    }

    fn after_bom<'c>(&mut self, chunk: &'c [u8]) -> &'c [u8] {
        let mut rest = chunk;
        while self.bom != Bom::Over {
            let [byte, tail @ ..] = rest else { break };
            self.bom = match (self.bom, byte) {
                (Bom::Nothing, 0xef) => Bom::First,
                (Bom::First, 0xbb) => Bom::Second,
                (Bom::Second, 0xbf) => Bom::Over,
                (Bom::Nothing, _) => {
                    self.bom = Bom::Over;
                    break;
                }
                // These bytes were no mark but the start of an unknown field's name.
                _ => {
                    self.bom = Bom::Over;
                    self.line = Line::Ignored;
                    break;
                }
            };
            rest = tail;
        }
        rest
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties;
#[cfg(test)]
mod tests;
