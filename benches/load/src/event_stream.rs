//! The event stream, read strictly and in any chunking.
//!
//! ```text
//! stream = *( block )                       ; HTML § 9.2.5, but without unknown fields
//! block  = *( comment / field ) end-of-line
//! field  = ( "id" / "data" / "event" / "retry" ) [ ":" [ " " ] value ] end-of-line
//! ```
//!
//! Nearly every block is one id and one line of data, complete in what was read: [`common_block`] takes those
//! in place.
//! Everything else goes line by line; a test holds both equal.

use memchr::{memchr2, memchr3};

/// Where what a stream says goes.
pub trait Sink {
    /// An event was dispatched; its type is empty when none was given.
    fn event(&mut self, event_type: &[u8], data: &[u8]);

    /// A line is none that the grammar has.
    fn malformed(&mut self);
}

/// Reads an event stream piece by piece.
#[derive(Debug, Default)]
pub struct Decoder {
    /// The beginning of a line whose end has not come yet.
    line: Vec<u8>,
    /// The line before ended in CR, so that an LF now is the rest of its end.
    after_carriage_return: bool,
    block: Block,
    last_event_id: Vec<u8>,
}

/// The fields of a block that has not ended yet.
#[derive(Debug, Default)]
struct Block {
    any: bool,
    id: Option<Vec<u8>>,
    event_type: Vec<u8>,
    data: Vec<u8>,
    has_data: bool,
}

impl Decoder {
    /// The last event ID, as of the last block that has ended; also of a block of only an id.
    pub fn last_event_id(&self) -> &[u8] {
        &self.last_event_id
    }

    /// Begins a new stream; the last event ID stays.
    pub fn restart(&mut self) {
        self.line.clear();
        self.after_carriage_return = false;
        self.block = Block::default();
    }

    /// Takes the next piece of the stream.
    pub fn feed(&mut self, mut bytes: &[u8], sink: &mut impl Sink) {
        while !bytes.is_empty() {
            if self.is_between_blocks() {
                let mut last = None;
                while let Some((id, data, rest)) = common_block(bytes) {
                    sink.event(b"", data);
                    last = Some(id);
                    bytes = rest;
                }
                if let Some(id) = last {
                    id.clone_into(&mut self.last_event_id);
                }
            }
            bytes = self.feed_line(bytes, sink);
        }
    }

    fn is_between_blocks(&self) -> bool {
        !self.after_carriage_return && self.line.is_empty() && !self.block.any
    }

    /// Takes up to one line, and returns what is behind it.
    fn feed_line<'a>(&mut self, mut bytes: &'a [u8], sink: &mut impl Sink) -> &'a [u8] {
        if self.after_carriage_return && !bytes.is_empty() {
            self.after_carriage_return = false;
            bytes = bytes.strip_prefix(b"\n").unwrap_or(bytes);
        }
        let Some(end) = memchr2(b'\n', b'\r', bytes) else {
            self.line.extend_from_slice(bytes);
            return &[];
        };
        self.after_carriage_return = bytes[end] == b'\r';
        if self.line.is_empty() {
            self.take_line(&bytes[..end], sink);
        } else {
            let mut line = std::mem::take(&mut self.line);
            line.extend_from_slice(&bytes[..end]);
            self.take_line(&line, sink);
            line.clear();
            self.line = line;
        }
        &bytes[end + 1..]
    }

    fn take_line(&mut self, line: &[u8], sink: &mut impl Sink) {
        if line.is_empty() {
            return self.dispatch(sink);
        }
        self.block.any = true;
        let (name, value) = match memchr::memchr(b':', line) {
            Some(colon) => (&line[..colon], &line[colon + 1..]),
            None => (line, &line[line.len()..]),
        };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match name {
            b"" => {}
            b"data" => {
                if self.block.has_data {
                    self.block.data.push(b'\n');
                }
                self.block.has_data = true;
                self.block.data.extend_from_slice(value);
            }
            b"event" => value.clone_into(&mut self.block.event_type),
            b"id" if !value.contains(&0) => self.block.id = Some(value.to_vec()),
            b"retry" if !value.is_empty() && value.iter().all(u8::is_ascii_digit) => {}
            _ => sink.malformed(),
        }
    }

    /// The steps of [dispatching](https://html.spec.whatwg.org/multipage/server-sent-events.html#dispatchMessage).
    fn dispatch(&mut self, sink: &mut impl Sink) {
        let block = &mut self.block;
        if let Some(id) = block.id.take() {
            self.last_event_id = id;
        }
        if block.has_data {
            sink.event(&block.event_type, &block.data);
        }
        block.any = false;
        block.has_data = false;
        block.event_type.clear();
        block.data.clear();
    }
}

/// The id, the data and what follows, of a block `id: …\ndata: …\n\n` that is complete.
#[inline]
fn common_block(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let bytes = bytes.strip_prefix(b"id: ")?;
    let end = memchr3(b'\n', b'\r', 0, bytes)?;
    let id = &bytes[..end];
    let bytes = bytes[end..].strip_prefix(b"\ndata: ")?;
    let end = memchr2(b'\n', b'\r', bytes)?;
    let data = &bytes[..end];
    Some((id, data, bytes[end..].strip_prefix(b"\n\n")?))
}

#[cfg(test)]
#[path = "event_stream_tests.rs"]
mod tests;
