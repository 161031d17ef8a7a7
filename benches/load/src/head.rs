//! The head of an answer, and how its body is framed ([RFC 9112 § 6.3](https://www.rfc-editor.org/rfc/rfc9112#section-6.3)).

use thiserror::Error;

/// No server needs more, and what is longer is not the head of an answer.
const LONGEST: usize = 16 * 1024;

/// What matters of a head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The status code.
    pub status: u16,
    /// The media type, in lower case and without parameters.
    pub content_type: String,
    /// How the body is framed.
    pub framing: Framing,
    /// Whether it is compressed with gzip.
    pub gzip: bool,
    /// Whether the connection ends with this answer.
    pub closes: bool,
    /// How many bytes the head takes.
    pub length: usize,
}

/// How the end of a body is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// By the chunked coding.
    Chunked,
    /// By its length.
    Length(u64),
    /// By the end of the connection.
    Close,
}

/// An answer that is none of HTTP/1.1.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidHead {
    /// The grammar was not kept.
    #[error("the head of the answer is no HTTP/1.1: {0}")]
    Syntax(#[from] httparse::Error),
    /// It goes on and on.
    #[error("the head of the answer is longer than {LONGEST} bytes")]
    TooLong,
    /// A length that is no number.
    #[error("`Content-Length: {0}` is no number")]
    Length(String),
}

impl Head {
    /// Reads the head at the beginning of `bytes`, if all of it is there.
    pub fn parse(bytes: &[u8]) -> Result<Option<Self>, InvalidHead> {
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut response = httparse::Response::new(&mut headers);
        let length = match response.parse(bytes)? {
            httparse::Status::Complete(length) => length,
            httparse::Status::Partial if bytes.len() > LONGEST => return Err(InvalidHead::TooLong),
            httparse::Status::Partial => return Ok(None),
        };
        let status = response.code.unwrap_or_default();
        let mut head = Self {
            status,
            content_type: String::new(),
            framing: if status == 204 { Framing::Length(0) } else { Framing::Close },
            gzip: false,
            closes: response.version == Some(0),
            length,
        };
        for header in response.headers.iter() {
            let value = String::from_utf8_lossy(header.value);
            let value = value.trim();
            match header.name.to_ascii_lowercase().as_str() {
                "content-type" => {
                    let media_type = value.split(';').next().unwrap_or_default();
                    head.content_type = media_type.trim().to_ascii_lowercase();
                }
                "transfer-encoding" if value.eq_ignore_ascii_case("chunked") => {
                    head.framing = Framing::Chunked;
                }
                "content-length" if head.framing != Framing::Chunked => {
                    let length = value.parse();
                    let length = length.map_err(|_| InvalidHead::Length(value.to_owned()))?;
                    head.framing = Framing::Length(length);
                }
                "content-encoding" => head.gzip = value.eq_ignore_ascii_case("gzip"),
                "connection" => head.closes |= value.eq_ignore_ascii_case("close"),
                _ => {}
            }
        }
        Ok(Some(head))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunked_event_stream_is_told_by_its_head() {
        let text = b"HTTP/1.1 200 OK\r\nContent-Type: Text/Event-Stream; charset=utf-8\r\n\
                     Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\nrest";
        let head = Head::parse(text).unwrap().unwrap();
        assert_eq!(head.status, 200);
        assert_eq!(head.content_type, "text/event-stream");
        assert_eq!(head.framing, Framing::Chunked);
        assert!(head.gzip);
        assert_eq!(&text[head.length..], b"rest");
    }

    #[test]
    fn a_head_that_is_cut_is_not_there_yet() {
        assert_eq!(Head::parse(b"HTTP/1.1 200 OK\r\nA: b\r\n"), Ok(None));
    }

    #[test]
    fn what_is_not_http_is_refused() {
        assert!(Head::parse(b"SSH-2.0-x\r\n\r\n").is_err());
        let endless = [&b"HTTP/1.1 200 OK\r\nA: "[..], &[b'a'; LONGEST]].concat();
        assert_eq!(Head::parse(&endless), Err(InvalidHead::TooLong));
    }
}
