//! The data of an update: who sent it, as which of theirs, and when.
//!
//! ```text
//! <publisher> <sequence> <nanoseconds of CLOCK_MONOTONIC> xxxxxxxxxxxxxx
//! ```
//!
//! It is padded to the size that was asked for and has no line break, so that one update is one `data:` line.
//! Or it is an order as JSON with the same three numbers; its other members follow from them.

use std::io::Write as _;

/// The fewest bytes that hold every stamp: three numbers and their spaces, and a little padding.
pub const LEAST: usize = 48;

/// Longer padding is compared piece by piece.
const PADDING: [u8; 1024] = [b'x'; 1024];

/// What the payloads of a run look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Numbers and padding, of this number of bytes.
    Padded(usize),
    /// An order as JSON, as it may be told to a page.
    Order,
}

const SYMBOLS: [&str; 8] = ["ACME", "BOLT", "CRUX", "DELTA", "ECHO", "FJORD", "GRID", "HALO"];
const STATES: [&str; 4] = ["accepted", "partially_filled", "filled", "cancelled"];
const VENUES: [&str; 3] = ["XETR", "XLON", "XNAS"];

impl Shape {
    /// Appends a payload.
    pub fn write(self, stamp: Stamp, out: &mut Vec<u8>) {
        match self {
            Self::Padded(bytes) => stamp.write(bytes, out),
            Self::Order => stamp.write_order(out),
        }
    }

    /// Appends a payload as it stands within a string of JSON.
    pub fn write_quoted(self, stamp: Stamp, out: &mut Vec<u8>) {
        if matches!(self, Self::Padded(_)) {
            return self.write(stamp, out);
        }
        let mut payload = Vec::with_capacity(256);
        self.write(stamp, &mut payload);
        for byte in payload {
            if byte == b'"' {
                out.push(b'\\');
            }
            out.push(byte);
        }
    }

    /// Reads a payload, which is refused unless every byte of it is as it was written.
    pub fn parse(self, payload: &[u8]) -> Option<Stamp> {
        match self {
            Self::Padded(bytes) => Stamp::parse(payload, bytes),
            Self::Order => Stamp::parse_order(payload),
        }
    }
}

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
        let (publisher, rest) = number(payload, b' ')?;
        let (sequence, rest) = number(rest, b' ')?;
        let (sent, rest) = number(rest, b' ')?;
        padding(rest).then_some(Self { publisher, sequence, sent })
    }

    /// Every other member is a digit of a number that nobody can foresee: as varied as what it stands for.
    fn write_order(self, out: &mut Vec<u8>) {
        let Self { publisher, sequence, sent } = self;
        let any = mixed(sequence ^ publisher << 48);
        let pick = |of: usize, shift: u32| (any >> shift) as usize % of;
        let (symbol, state, venue) = (SYMBOLS[pick(8, 3)], STATES[pick(4, 7)], VENUES[pick(3, 11)]);
        let side = if any & 1 == 0 { "buy" } else { "sell" };
        let (euros, cents) = (20 + pick(400, 13), pick(100, 23));
        let (quantity, filled) = (1 + pick(900, 31), pick(90, 43));
        let order = any >> 16;
        // Writing to a vector cannot fail.
        let _ = write!(
            out,
            "{{\"from\":{publisher},\"version\":{sequence},\"at\":{sent},\"order\":\"{order:012x}\",\
             \"symbol\":\"{symbol}\",\"venue\":\"{venue}\",\"side\":\"{side}\",\"price\":{euros}.{cents:02},\
             \"currency\":\"EUR\",\"quantity\":{quantity},\"filled\":{filled},\"state\":\"{state}\"}}"
        );
    }

    fn parse_order(payload: &[u8]) -> Option<Self> {
        let (publisher, rest) = number(payload.strip_prefix(b"{\"from\":")?, b',')?;
        let (sequence, rest) = number(rest.strip_prefix(b"\"version\":")?, b',')?;
        let (sent, _) = number(rest.strip_prefix(b"\"at\":")?, b',')?;
        let stamp = Self { publisher, sequence, sent };
        let mut written = Vec::with_capacity(payload.len());
        stamp.write_order(&mut written);
        (written == payload).then_some(stamp)
    }
}

/// Bits that differ everywhere from those of the next number (`SplitMix64`).
fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ number >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ number >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ number >> 31
}

/// A number of one to nineteen digits and the byte that ends it.
fn number(bytes: &[u8], end: u8) -> Option<(u64, &[u8])> {
    let mut value = 0_u64;
    for (at, &byte) in bytes.iter().enumerate().take(20) {
        match byte {
            b'0'..=b'9' if at < 19 => value = value * 10 + u64::from(byte - b'0'),
            _ if byte == end && at > 0 => return Some((value, &bytes[at + 1..])),
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
    fn an_order_is_json_and_read_again() {
        for sequence in 0..1_000 {
            let stamp = Stamp { sequence, ..STAMP };
            let mut payload = Vec::new();
            Shape::Order.write(stamp, &mut payload);
            assert!((150..250).contains(&payload.len()), "{} bytes", payload.len());
            assert_eq!(Shape::Order.parse(&payload), Some(stamp));
            let order: serde_json::Value = serde_json::from_slice(&payload).unwrap();
            assert_eq!(order["version"], sequence);
            let mut line = b"\"".to_vec();
            Shape::Order.write_quoted(stamp, &mut line);
            line.push(b'"');
            let quoted: String = serde_json::from_slice(&line).unwrap();
            assert_eq!(quoted.as_bytes(), payload);
        }
    }

    #[test]
    fn any_other_byte_of_an_order_is_noticed() {
        let mut payload = Vec::new();
        Shape::Order.write(STAMP, &mut payload);
        for at in 0..payload.len() {
            let mut wrong = payload.clone();
            wrong[at] = b'!';
            assert_eq!(Shape::Order.parse(&wrong), None, "byte {at}");
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
        assert_eq!(number(b"12345678901234567890 ", b' '), None);
        assert_eq!(number(b" ", b' '), None);
        assert_eq!(number(b"1", b' '), None);
    }
}
