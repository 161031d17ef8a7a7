//! The chunked transfer coding, taken apart in place ([RFC 9112 § 7.1](https://www.rfc-editor.org/rfc/rfc9112#section-7.1)).
//!
//! ```text
//! body  = *( size [ ";" extension ] CRLF data CRLF ) "0" CRLF *( trailer CRLF ) CRLF
//! ```

use thiserror::Error;

/// A byte stands where the coding has none of its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the chunked coding is broken: a {place} cannot hold the byte {byte:#04x}")]
pub struct Broken {
    /// What was being read.
    pub place: &'static str,
    /// What stood there instead.
    pub byte: u8,
}

/// Takes a chunked body apart, in any pieces.
#[derive(Clone, Copy, Debug, Default)]
pub struct Chunked {
    state: State,
    chunks: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Size {
        size: u64,
        digits: u32,
    },
    Extension {
        size: u64,
    },
    SizeEnd {
        size: u64,
    },
    Data {
        left: u64,
    },
    DataReturn,
    DataEnd,
    /// Whether the line of the trailer has any byte yet.
    Trailer {
        empty: bool,
    },
    TrailerEnd {
        last: bool,
    },
    Ended,
}

impl Default for State {
    fn default() -> Self {
        Self::Size { size: 0, digits: 0 }
    }
}

impl Chunked {
    /// How many chunks have begun.
    pub fn chunks(&self) -> u64 {
        self.chunks
    }

    /// Whether the body is complete.
    pub fn has_ended(&self) -> bool {
        self.state == State::Ended
    }

    /// The next piece of data in `bytes`, which is moved behind it; none when `bytes` holds no more.
    ///
    /// What follows a complete body is left where it is.
    pub fn next<'a>(&mut self, bytes: &mut &'a [u8]) -> Result<Option<&'a [u8]>, Broken> {
        while let Some((&byte, rest)) = bytes.split_first() {
            if let State::Data { left } = self.state {
                let length = bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                let (data, rest) = bytes.split_at(length);
                *bytes = rest;
                let left = left - length as u64;
                self.state = if left == 0 { State::DataReturn } else { State::Data { left } };
                return Ok(Some(data));
            }
            if self.state == State::Ended {
                return Ok(None);
            }
            self.state = self.after(byte)?;
            *bytes = rest;
        }
        Ok(None)
    }

    fn after(&mut self, byte: u8) -> Result<State, Broken> {
        let broken = |place| Err(Broken { place, byte });
        Ok(match (self.state, byte) {
            (State::Size { size, digits }, _) if byte.is_ascii_hexdigit() => {
                if digits == 15 {
                    return broken("size of fifteen digits");
                }
                let digit = char::from(byte).to_digit(16).unwrap_or_default();
                State::Size { size: size * 16 + u64::from(digit), digits: digits + 1 }
            }
            (State::Size { digits: 0, .. }, _) => return broken("size"),
            (State::Size { size, .. } | State::Extension { size }, b'\r') => {
                State::SizeEnd { size }
            }
            (State::Size { size, .. }, b';') => State::Extension { size },
            (State::Size { .. }, _) => return broken("size"),
            (State::Extension { .. }, b'\n') => return broken("chunk extension"),
            (State::Extension { size }, _) => State::Extension { size },
            (State::SizeEnd { size: 0 } | State::TrailerEnd { last: false }, b'\n') => {
                State::Trailer { empty: true }
            }
            (State::SizeEnd { size }, b'\n') => {
                self.chunks += 1;
                State::Data { left: size }
            }
            (State::DataReturn, b'\r') => State::DataEnd,
            (State::DataEnd, b'\n') => State::default(),
            (State::Trailer { empty }, b'\r') => State::TrailerEnd { last: empty },
            (State::Trailer { .. }, _) => State::Trailer { empty: false },
            (State::TrailerEnd { last: true }, b'\n') => State::Ended,
            _ => return broken("line end"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pieces: &[&[u8]]) -> Result<(Vec<u8>, Chunked), Broken> {
        let (mut chunked, mut data) = (Chunked::default(), Vec::new());
        for &piece in pieces {
            let mut piece = piece;
            while let Some(some) = chunked.next(&mut piece)? {
                data.extend_from_slice(some);
            }
        }
        Ok((data, chunked))
    }

    const BODY: &[u8] = b"5\r\nhello\r\n00b;a=b\r\n, you there\r\n0\r\nX: y\r\n\r\n";

    #[test]
    fn every_cut_gives_the_same_body() {
        for cut in 0..BODY.len() {
            let (data, chunked) = read(&[&BODY[..cut], &BODY[cut..]]).unwrap();
            assert_eq!(data, b"hello, you there");
            assert!(chunked.has_ended());
            assert_eq!(chunked.chunks(), 2);
        }
    }

    #[test]
    fn a_body_that_is_cut_has_not_ended() {
        let (_, chunked) = read(&[&BODY[..BODY.len() - 1]]).unwrap();
        assert!(!chunked.has_ended());
    }

    #[test]
    fn wrong_framing_is_noticed() {
        for wrong in
            [&b"\r\n"[..], b"g", b"5\n", b"1\r\nab", b"1\r\na\rb", b"1 \r\n", b"1234567890123456"]
        {
            assert!(read(&[wrong]).is_err(), "{}", wrong.escape_ascii());
        }
    }
}
