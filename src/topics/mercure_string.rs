//! The characters that the 1.0 dialect allows: draft-dunglas-mercure-08, "topics".

use thiserror::Error;

/// The general category Cf (format) of Unicode 18.0.0, from `DerivedGeneralCategory.txt`: first and
/// last of each range.
const FORMAT_CHARACTERS: [(char, char); 21] = [
    ('\u{00ad}', '\u{00ad}'),
    ('\u{0600}', '\u{0605}'),
    ('\u{061c}', '\u{061c}'),
    ('\u{06dd}', '\u{06dd}'),
    ('\u{070f}', '\u{070f}'),
    ('\u{0890}', '\u{0891}'),
    ('\u{08e2}', '\u{08e2}'),
    ('\u{180e}', '\u{180e}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{202a}', '\u{202e}'),
    ('\u{2060}', '\u{2064}'),
    ('\u{2066}', '\u{206f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{fff9}', '\u{fffb}'),
    ('\u{110bd}', '\u{110bd}'),
    ('\u{110cd}', '\u{110cd}'),
    ('\u{13430}', '\u{1343f}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0001}', '\u{e0001}'),
    ('\u{e0020}', '\u{e007f}'),
];

/// A character that topics, matcher values, ids and types of the 1.0 dialect must not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{character:?} at byte {at} is a control or format character")]
pub struct ForbiddenCharacter {
    /// The first such character.
    pub character: char,
    /// Its byte offset.
    pub at: usize,
}

/// Checks that the text holds no C0 or C1 control character, no DEL, and no format character, which
/// nobody would see.
///
/// # Errors
/// The first [`ForbiddenCharacter`].
pub(crate) fn check(text: &str) -> Result<(), ForbiddenCharacter> {
    match text.char_indices().find(|(_, character)| is_forbidden(*character)) {
        Some((at, character)) => Err(ForbiddenCharacter { character, at }),
        None => Ok(()),
    }
}

fn is_forbidden(character: char) -> bool {
    // The category Cc is C0, DEL and C1.
    character.is_control()
        || (!character.is_ascii()
            && FORMAT_CHARACTERS.iter().any(|(first, last)| (*first..=*last).contains(&character)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_that_turns_text_around_is_refused() {
        assert!(check("https://example.com/كتب/1").is_ok());
        assert_eq!(check("a\u{202e}b").unwrap_err().at, 1);
    }

    #[test]
    fn control_characters_are_forbidden() {
        for character in ('\0'..='\u{1f}').chain('\u{7f}'..='\u{9f}') {
            assert_eq!(
                check(&format!("é{character}")),
                Err(ForbiddenCharacter { character, at: 2 })
            );
        }
    }

    #[test]
    fn format_characters_are_forbidden_to_the_ends_of_their_ranges() {
        for (first, last) in FORMAT_CHARACTERS {
            for character in [first, last] {
                assert_eq!(
                    check(&character.to_string()),
                    Err(ForbiddenCharacter { character, at: 0 })
                );
            }
        }
        for character in
            ['\u{ac}', '\u{ae}', '\u{5ff}', '\u{606}', '\u{2010}', '\u{2065}', '\u{1d172}']
        {
            assert_eq!(check(&character.to_string()), Ok(()), "{character:?}");
        }
    }

    #[test]
    fn the_ranges_are_in_order() {
        assert!(FORMAT_CHARACTERS.iter().all(|(first, last)| first <= last));
        assert!(FORMAT_CHARACTERS.is_sorted_by(|before, behind| before.1 < behind.0));
    }

    #[test]
    fn letters_marks_spaces_and_emoji_are_allowed() {
        for text in ["", "a b", "كتب", "e\u{301}", "\u{a0}", "漢字", "👍🏽", "\u{e000}"] {
            assert_eq!(check(text), Ok(()), "{text:?}");
        }
    }
}
