//! A comment of the event stream: [HTML § 9.2.5](https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream).

use std::{fmt, sync::Arc};

/// The empty comment in a stream: the shortest keep-alive.
pub(crate) const EMPTY: &[u8] = b":\n";

/// A comment: any text. Clients ignore it; connections are kept alive with it.
///
/// Each CR, LF and CRLF in it begins a further comment line. No text can end the comment, so every
/// text is accepted. The empty comment is the shortest keep-alive, one line with a colon. Clones
/// share the text.
///
/// ```
/// use millstream::{Comment, encoder};
///
/// let mut stream = Vec::new();
/// encoder::encode_comment(&Comment::from("first\ndata: still a comment"), &mut stream);
/// assert_eq!(stream, b": first\n: data: still a comment\n");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Comment(Arc<str>);

impl Comment {
    /// The comment's text, line breaks as they were given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Comment {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for Comment {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl AsRef<str> for Comment {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for Comment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_keeps_its_text_as_it_was_given() {
        for text in ["", "keep\r\nalive", "\0", ":"] {
            assert_eq!(Comment::from(text).as_str(), text);
            assert_eq!(Comment::from(text.to_owned()).to_string(), text);
        }
    }
}
