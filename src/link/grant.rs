//! What a Worker says: how many bytes its reader has taken.

use crate::base::limits::LINK_WINDOW;

/// The bytes that a Worker grants anew: `+<bytes>`, at most a window of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Grant(u32);

impl Grant {
    /// Reads the text of a Worker.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('+')?;
        // A second sign and leading zeros are no form of the same number.
        if !digits.starts_with(|first| matches!(first, '1'..='9')) {
            return None;
        }
        digits.parse().ok().filter(|bytes| *bytes <= LINK_WINDOW).map(Self)
    }

    /// The bytes.
    pub(crate) fn bytes(self) -> u32 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_is_a_plus_and_a_number_up_to_the_window() {
        for (text, bytes) in [("+1", 1), ("+16384", 16_384), ("+65536", 65_536)] {
            assert_eq!(Grant::parse(text).map(Grant::bytes), Some(bytes));
        }
    }

    #[test]
    fn every_other_text_is_refused() {
        let others =
            ["", "+", "+0", "+01", "++1", "+-1", "-1", "1", "+1 ", "+65537", "+4294967297", "ping"];
        for text in others {
            assert_eq!(Grant::parse(text), None, "{text:?}");
        }
    }
}
