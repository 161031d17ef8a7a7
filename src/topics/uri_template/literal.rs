//! Text outside of expressions: RFC 6570 § 2.1 and § 3.1.

use std::fmt::Write;

use crate::topics::positions::{Positions, SEARCH};

/// RFC 6570 § 2.1, `literals` without `pct-encoded`.
pub(super) fn is_literal(character: char) -> bool {
    if character.is_ascii() {
        !character.is_ascii_control() && !" \"%'<>\\^`{|}".contains(character)
    } else {
        is_ucschar_or_iprivate(character)
    }
}

/// RFC 3987 § 2.2, `ucschar` and `iprivate`.
fn is_ucschar_or_iprivate(character: char) -> bool {
    let code = u32::from(character);
    let noncharacter = code & 0xfffe == 0xfffe || matches!(code, 0xfdd0..=0xfdef);
    code >= 0xa0 && !noncharacter && !matches!(code, 0xfff0..=0xfffd | 0xe_0000..=0xe_0fff)
}

/// The places behind the literal. The reference hub copies characters beyond ASCII as they are, and
/// the RFC percent-encodes them: both are accepted.
pub(super) fn ends(text: &[u8], places: Positions, literal: &str) -> Positions {
    let mut places = places;
    let mut rest = literal;
    while let Some((at, first)) = rest.char_indices().find(|(_, character)| !character.is_ascii())
        && let Some((ascii, other)) = rest.split_at_checked(at)
        && let Some((character, behind)) = other.split_at_checked(first.len_utf8())
    {
        places = places.text(text, ascii.as_bytes());
        let encoded = places.clone().text(text, percent_encode(character).as_bytes());
        places = places.text(text, character.as_bytes()).or(&encoded);
        rest = behind;
    }
    places.text(text, rest.as_bytes())
}

/// Passes over a text that the characters beyond ASCII cost: two searches for each.
pub(super) fn passes_beyond_ascii(literal: &str) -> usize {
    let beyond = literal.chars().filter(|character| !character.is_ascii()).count();
    beyond * 2 * SEARCH
}

fn percent_encode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        // Writing to a string cannot fail.
        let _ = write!(encoded, "%{byte:02X}");
        encoded
    })
}
