//! The data of an update: who sent it, as which of theirs, and when.
//!
//! ```text
//! <publisher> <sequence> <nanoseconds of CLOCK_MONOTONIC> xxxxxxxxxxxxxx
//! ```
//!
//! It is padded to the size that was asked for and has no line break, so that one update is one `data:` line.

use std::io::Write as _;

/// The fewest bytes that hold every stamp: three numbers and their spaces, and a little padding.
pub const LEAST: usize = 48;

/// Longer padding is compared piece by piece.
const PADDING: [u8; 1024] = [b'x'; 1024];

/// What an update says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Index of its publisher.
    pub publisher: u64,
    /// Its place among that publisher's updates, from 0.
    pub sequence: u64,
    /// When it was sent, or had to be.
    pub sent: u64,
}

impl Stamp {
    /// Appends a payload of `bytes` bytes.
    pub fn write(self, bytes: usize, out: &mut Vec<u8>) {
        let end = out.len() + bytes;
        // Writing to a vector cannot fail.
        let _ = write!(out, "{} {} {} ", self.publisher, self.sequence, self.sent);
        out.resize(end, b'x');
    }

    /// Reads a payload, which is refused unless every byte of it is as [`Stamp::write`] has it.
    pub fn parse(payload: &[u8], bytes: usize) -> Option<Self> {
        if payload.len() != bytes {
            return None;
        }
        let (publisher, rest) = number(payload)?;
        let (sequence, rest) = number(rest)?;
        let (sent, rest) = number(rest)?;
        padding(rest).then_some(Self { publisher, sequence, sent })
    }
}

/// A number of one to nineteen digits and the space behind it.
fn number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0_u64;
    for (at, &byte) in bytes.iter().enumerate().take(20) {
        match byte {
            b'0'..=b'9' if at < 19 => value = value * 10 + u64::from(byte - b'0'),
            b' ' if at > 0 => return Some((value, &bytes[at + 1..])),
            _ => return None,
        }
    }
    None
}

fn padding(bytes: &[u8]) -> bool {
    bytes.chunks(PADDING.len()).all(|piece| piece == &PADDING[..piece.len()])
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAMP: Stamp = Stamp { publisher: 3, sequence: 41, sent: u64::MAX / 10 };

    #[test]
    fn what_was_written_is_read_again() {
        for bytes in [LEAST, 100, 5_000] {
            let mut payload = Vec::new();
            STAMP.write(bytes, &mut payload);
            assert_eq!(payload.len(), bytes);
            assert_eq!(Stamp::parse(&payload, bytes), Some(STAMP));
        }
    }

    #[test]
    fn any_other_byte_is_noticed() {
        let mut payload = Vec::new();
        STAMP.write(2_000, &mut payload);
        for at in 0..payload.len() {
            let mut wrong = payload.clone();
            wrong[at] = b'!';
            assert_eq!(Stamp::parse(&wrong, 2_000), None, "byte {at}");
        }
    }

    #[test]
    fn another_length_is_noticed() {
        let mut payload = Vec::new();
        STAMP.write(100, &mut payload);
        assert_eq!(Stamp::parse(&payload[..99], 100), None);
        assert_eq!(Stamp::parse(&payload, 101), None);
    }

    #[test]
    fn a_number_too_long_is_refused() {
        assert_eq!(number(b"12345678901234567890 "), None);
        assert_eq!(number(b" "), None);
        assert_eq!(number(b"1"), None);
    }
}
