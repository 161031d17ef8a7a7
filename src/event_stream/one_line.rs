//! The rule of every text that stays on its line: ids, types and topics.

/// A character that ends a line or makes clients ignore the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Forbidden {
    /// Byte offset of the character.
    pub(crate) at: usize,
    /// CR, LF or NUL.
    pub(crate) character: char,
}

/// Checks that the text holds no CR, LF and NUL. The first one is the error.
pub(crate) fn check(text: &str) -> Result<(), Forbidden> {
    match text.char_indices().find(|(_, character)| matches!(character, '\r' | '\n' | '\0')) {
        Some((at, character)) => Err(Forbidden { at, character }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_cr_lf_and_nul_is_named_with_its_place() {
        for character in ['\r', '\n', '\0'] {
            let text = format!("é{character}\r\n\0");
            assert_eq!(check(&text), Err(Forbidden { at: 2, character }));
        }
        assert_eq!(check("\u{85}\u{2028}\u{b} "), Ok(()));
    }
}
