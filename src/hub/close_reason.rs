//! Why a connection ends, and behind which update.

use crate::base::sequence::Sequence;

/// Why a connection has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CloseReason {
    /// The client went away.
    ClientGone,
    /// The application or the hub stopped or closed it.
    Stopped,
    /// Its access has run out.
    Expired,
    /// It did not take what it was sent.
    TooSlow,
    /// A hook or the history failed.
    Failed,
    /// The hub is drained.
    Drained,
    /// All topics that it asked for are closed, and it was given everything.
    Ended,
    /// It was to be given what is held, and was.
    Read,
}

impl CloseReason {
    /// Every reason.
    pub const ALL: [Self; 8] = [
        Self::ClientGone,
        Self::Stopped,
        Self::Expired,
        Self::TooSlow,
        Self::Failed,
        Self::Drained,
        Self::Ended,
        Self::Read,
    ];

    /// A comment for the end of the stream, where the hub itself has ended it and has not said so.
    #[must_use]
    pub fn last_words(self) -> Option<&'static [u8]> {
        match self {
            Self::Expired => Some(b": expired\n"),
            Self::TooSlow => Some(b": too slow\n"),
            Self::ClientGone
            | Self::Stopped
            | Self::Failed
            | Self::Drained
            | Self::Ended
            | Self::Read => None,
        }
    }

    /// The reason as a word for logs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ClientGone => "client gone",
            Self::Stopped => "stopped",
            Self::Expired => "expired",
            Self::TooSlow => "too slow",
            Self::Failed => "failed",
            Self::Drained => "drained",
            Self::Ended => "ended",
            Self::Read => "read",
        }
    }
}

/// A connection ends once it has been given everything up to this update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Closing {
    /// The reason that its end will have.
    pub(crate) reason: CloseReason,
    /// The last update that it is given.
    pub(crate) until: Sequence,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hub_says_at_the_end_of_a_stream_why_it_has_ended_it() {
        let told = CloseReason::ALL.map(CloseReason::last_words);
        let told = told.map(|words| words.map(|words| str::from_utf8(words).unwrap()));
        let expected =
            [None, None, Some(": expired\n"), Some(": too slow\n"), None, None, None, None];
        assert_eq!(told, expected);
    }

    #[test]
    fn each_reason_has_its_word() {
        let words = CloseReason::ALL.map(CloseReason::as_str);
        let expected =
            ["client gone", "stopped", "expired", "too slow", "failed", "drained", "ended", "read"];
        assert_eq!(words, expected);
    }
}
