//! The data of a block.

use super::utf_8::{split_cut, valid};

/// The standard's data buffer.
///
/// It is text from the start. Bytes are checked when they come, while they are in the processor's
/// cache. An event of many lines or chunks is not gone through again when it is dispatched.
#[derive(Debug)]
pub(super) struct Data {
    text: String,
    has_lines: bool,
    /// The first bytes of a character that a chunk's end cuts.
    cut: Vec<u8>,
}

impl Data {
    pub(super) const fn new() -> Self {
        Self { text: String::new(), has_lines: false, cut: Vec::new() }
    }

    /// Whether a `data` line has begun.
    #[inline]
    pub(super) fn has_lines(&self) -> bool {
        self.has_lines
    }

    #[inline]
    pub(super) fn text(&self) -> Option<&str> {
        self.has_lines.then_some(self.text.as_str())
    }

    pub(super) fn capacity(&self) -> usize {
        self.text.capacity()
    }

    /// Begins a line.
    #[inline]
    pub(super) fn begin(&mut self) {
        if self.has_lines {
            self.text.push('\n');
        }
        self.has_lines = true;
    }

    /// Adds a whole line.
    #[inline]
    pub(super) fn push(&mut self, line: &str) {
        self.begin();
        self.text.push_str(line);
    }

    /// Adds bytes to the line.
    #[inline]
    pub(super) fn extend(&mut self, bytes: &[u8]) {
        let rest = if self.cut.is_empty() { bytes } else { self.extend_cut(bytes) };
        let (whole, cut) = split_cut(rest);
        match valid(whole) {
            Some(text) => self.text.push_str(text),
            None => self.text.push_str(&String::from_utf8_lossy(whole)),
        }
        self.cut.extend_from_slice(cut);
    }

    /// Ends the line. The rest of a character that is cut does not come.
    pub(super) fn end(&mut self) {
        if !self.cut.is_empty() {
            self.text.push(char::REPLACEMENT_CHARACTER);
            self.cut.clear();
        }
    }

    /// Empties the buffer, and keeps its memory for the next event unless it is more than `max`.
    #[inline]
    pub(super) fn reset(&mut self, max: usize) {
        self.has_lines = false;
        if self.text.capacity() > max {
            self.text = String::new();
        }
        self.text.clear();
    }

    /// Adds bytes to the character that is cut. Returns the bytes behind it.
    fn extend_cut<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let mut rest = bytes;
        while let [byte, tail @ ..] = rest {
            self.cut.push(*byte);
            match str::from_utf8(&self.cut) {
                Ok(character) => {
                    self.text.push_str(character);
                    self.cut.clear();
                    return tail;
                }
                Err(error) if error.error_len().is_none() => rest = tail,
                // The character ends here. This byte belongs to the next one.
                Err(_) => {
                    self.end();
                    return rest;
                }
            }
        }
        rest
    }
}
