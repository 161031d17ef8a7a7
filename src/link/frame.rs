//! Frames: what a hub sends over a link.

use crate::{base::sequence::Sequence, link::VERSION};

/// Bytes of a frame before its payload: version and kind, and the cursor.
pub(crate) const HEAD_BYTES: usize = 9;

/// Bytes of the checksum and the length ahead of deflate blocks.
#[cfg(any(test, fuzzing))]
const DEFLATED_HEAD_BYTES: usize = 8;

/// One binary message to the Worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Frame<'a> {
    /// Whole events and comments, behind which the client has everything up to the cursor.
    Chunk(Sequence, &'a [u8]),
    /// Bytes for this connection alone. The cursor stays where it is.
    Aside(&'a [u8]),
    /// The end of the client's stream, with the reason as a word for logs.
    End(&'a [u8]),
    /// Deflate blocks of a chunk, or of bytes for this connection alone, for a stream that is compressed. Ahead
    /// of them stand the checksum of their text and its length, four bytes each.
    Deflated(Option<Sequence>, &'a [u8]),
}

impl<'a> Frame<'a> {
    /// The frame of a chunk that ends behind `until`, if it is a part of the log.
    pub(crate) fn of(until: Option<Sequence>, bytes: &'a [u8]) -> Self {
        match until {
            Some(cursor) => Self::Chunk(cursor, bytes),
            None => Self::Aside(bytes),
        }
    }

    /// The bytes before the payload.
    pub(crate) fn head(self) -> [u8; HEAD_BYTES] {
        let (kind, cursor) = match self {
            Self::Chunk(cursor, _) => (0, cursor),
            Self::Aside(_) => (1, Sequence::START),
            Self::End(_) => (2, Sequence::START),
            Self::Deflated(Some(cursor), _) => (3, cursor),
            Self::Deflated(None, _) => (4, Sequence::START),
        };
        let mut head = [VERSION << 4 | kind; HEAD_BYTES];
        let [_, place @ ..] = &mut head;
        *place = cursor.get().to_be_bytes();
        head
    }

    /// The bytes behind the head, which the credit counts.
    pub(crate) fn payload(self) -> &'a [u8] {
        match self {
            Self::Chunk(_, payload)
            | Self::Aside(payload)
            | Self::End(payload)
            | Self::Deflated(_, payload) => payload,
        }
    }
}

#[cfg(any(test, fuzzing))]
impl<'a> Frame<'a> {
    /// The whole frame.
    pub(crate) fn encode(self) -> Vec<u8> {
        [&self.head(), self.payload()].concat()
    }

    /// Reads a frame, as the Worker does.
    pub(crate) fn decode(bytes: &'a [u8]) -> Option<Self> {
        let (head, payload) = bytes.split_at_checked(HEAD_BYTES)?;
        let (kind, cursor) = head.split_first()?;
        let cursor = Sequence::new(u64::from_be_bytes(cursor.try_into().ok()?));
        let frame = match kind.checked_sub(VERSION << 4)? {
            0 => Self::Chunk(cursor, payload),
            1 if cursor == Sequence::START => Self::Aside(payload),
            2 if cursor == Sequence::START => Self::End(payload),
            3 if payload.len() >= DEFLATED_HEAD_BYTES => Self::Deflated(Some(cursor), payload),
            4 if cursor == Sequence::START && payload.len() >= DEFLATED_HEAD_BYTES => {
                Self::Deflated(None, payload)
            }
            _ => return None,
        };
        Some(frame)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_one_byte_a_cursor_and_its_payload() {
        let chunk = Frame::of(Some(Sequence::new(0x0102)), b"data: x\n\n");
        assert_eq!(chunk.encode(), b"\x10\0\0\0\0\0\0\x01\x02data: x\n\n");
        assert_eq!(Frame::of(None, b":\n").encode(), b"\x11\0\0\0\0\0\0\0\0:\n");
        assert_eq!(Frame::End(b"drained").encode(), b"\x12\0\0\0\0\0\0\0\0drained");
    }

    #[test]
    fn a_frame_is_read_as_it_was_written() {
        let last = Sequence::new(u64::MAX);
        let deflated = b"\0\0\0\0\0\0\0\0\x03";
        for frame in [
            Frame::Chunk(last, b""),
            Frame::Aside(b":\n"),
            Frame::End(b"ended"),
            Frame::Deflated(Some(last), deflated),
            Frame::Deflated(None, deflated),
        ] {
            assert_eq!(Frame::decode(&frame.encode()), Some(frame));
        }
    }

    #[test]
    fn a_frame_of_another_version_of_no_kind_or_that_is_cut_is_refused() {
        let other = |first: u8| [&[first][..], &[0; 8]].concat();
        for first in [0x00, 0x0f, 0x13, 0x14, 0x15, 0x20, 0xff] {
            assert_eq!(Frame::decode(&other(first)), None, "{first:#x}");
        }
        assert_eq!(Frame::decode(&[0x10; 8]), None);
        assert_eq!(Frame::decode(b""), None);
    }

    #[test]
    fn nothing_but_a_chunk_has_a_cursor() {
        assert_eq!(Frame::decode(b"\x11\0\0\0\0\0\0\0\x01:\n"), None);
    }
}
