//! An answer to a publication, read to its end.

use std::{
    io::{self, Read},
    net::TcpStream,
};

use super::PublishError;
use crate::{
    chunked::Chunked,
    head::{Framing, Head},
};

/// As much of a refusal as goes into an error.
const SHOWN: usize = 300;

/// The state of an answer whose body comes in pieces.
#[derive(Debug, Default)]
pub(super) struct Answer {
    partial: Vec<u8>,
    head: Option<Head>,
    chunked: Chunked,
    body: Vec<u8>,
    received: u64,
}

impl Answer {
    /// Takes what was read; nothing is the end of the connection.
    pub(super) fn feed(&mut self, mut bytes: &[u8]) -> Result<(), PublishError> {
        if bytes.is_empty() && !self.ends_with_connection() {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        if self.head.is_none() {
            self.partial.extend_from_slice(bytes);
            let Some(head) = Head::parse(&self.partial)? else { return Ok(()) };
            let behind = self.partial.len() - head.length;
            bytes = &bytes[bytes.len() - behind..];
            self.head = Some(head);
        }
        if self.head.as_ref().is_some_and(|head| head.framing == Framing::Chunked) {
            while let Some(data) = self.chunked.next(&mut bytes)? {
                self.body.extend_from_slice(data);
            }
        } else {
            self.received += bytes.len() as u64;
            self.body.extend_from_slice(bytes);
        }
        Ok(())
    }

    /// The head, once it is there.
    pub(super) fn head(&self) -> Option<&Head> {
        self.head.as_ref()
    }

    /// What of the body has come and was not taken out.
    pub(super) fn body(&mut self) -> &mut Vec<u8> {
        &mut self.body
    }

    /// Whether all of it is there, as long as the connection is.
    pub(super) fn has_ended(&self) -> bool {
        match self.head.as_ref().map(|head| head.framing) {
            Some(Framing::Chunked) => self.chunked.has_ended(),
            Some(Framing::Length(length)) => self.received >= length,
            Some(Framing::Close) | None => false,
        }
    }

    fn ends_with_connection(&self) -> bool {
        self.head.as_ref().is_some_and(|head| head.framing == Framing::Close)
    }

    /// The answer as an error, unless it is one of success.
    pub(super) fn check(&self) -> Result<(), PublishError> {
        match &self.head {
            Some(head) if !(200..300).contains(&head.status) => {
                let shown = &self.body[..self.body.len().min(SHOWN)];
                let body = String::from_utf8_lossy(shown).into_owned();
                Err(PublishError::Refused { status: head.status, body })
            }
            _ => Ok(()),
        }
    }

    /// Reads a whole answer and returns whether the connection can be used again.
    pub(super) fn read(stream: &mut TcpStream, buffer: &mut [u8]) -> Result<bool, PublishError> {
        let mut answer = Self::default();
        while !answer.has_ended() {
            let length = stream.read(buffer)?;
            answer.feed(&buffer[..length])?;
            if length == 0 {
                break;
            }
        }
        answer.check()?;
        let closes = answer.head.as_ref().is_none_or(|head| head.closes);
        Ok(!closes && !answer.ends_with_connection())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_with_its_body() {
        let mut answer = Answer::default();
        answer.feed(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 8\r\n").unwrap();
        answer.feed(b"\r\nno ").unwrap();
        assert!(!answer.has_ended());
        answer.feed(b"token").unwrap();
        assert!(answer.has_ended());
        let error = answer.check().unwrap_err().to_string();
        assert_eq!(error, "publishing was answered 401: no token");
    }

    #[test]
    fn an_answer_without_a_body_ends_with_its_head() {
        let mut answer = Answer::default();
        answer.feed(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap();
        assert!(answer.has_ended());
        assert!(answer.check().is_ok());
    }

    #[test]
    fn an_answer_that_is_cut_is_an_error() {
        let mut answer = Answer::default();
        answer.feed(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n").unwrap();
        assert!(answer.feed(b"").is_err());
    }
}
