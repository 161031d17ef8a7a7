//! The part of a text that goes into the log: short, whatever is published, and enough to know the
//! text by.

use crate::base::limits::{MAX_LOGGED, MAX_LOGGED_BYTES};

/// Cuts the texts of one record, and leaves out what would make its line too long.
#[derive(Debug)]
pub(crate) struct Excerpts {
    /// Bytes that further texts may have in JSON.
    left: usize,
}

impl Default for Excerpts {
    fn default() -> Self {
        Self { left: MAX_LOGGED_BYTES }
    }
}

impl Excerpts {
    /// The beginning of a text.
    pub(crate) fn one(&mut self, text: &str) -> String {
        self.cut(text, MAX_LOGGED)
    }

    /// As much of a text as there is room for.
    pub(crate) fn most(&mut self, text: &str) -> String {
        self.cut(text, MAX_LOGGED_BYTES)
    }

    fn cut(&mut self, text: &str, characters: usize) -> String {
        let fits = |character: &char| {
            let left = self.left.checked_sub(json_len(*character));
            self.left = left.unwrap_or_default();
            left.is_some()
        };
        text.chars().take(characters).take_while(fits).collect()
    }

    /// The beginnings of the first texts of a list.
    pub(crate) fn all<'a>(&mut self, texts: impl Iterator<Item = &'a str>) -> Vec<String> {
        let mut all = Vec::new();
        for text in texts.take(MAX_LOGGED) {
            if self.left == 0 {
                break;
            }
            // Its quotation marks and the comma.
            self.left = self.left.saturating_sub(3);
            all.push(self.one(text));
        }
        all
    }
}

/// Bytes of a character in a text of JSON: RFC 8259 § 7.
fn json_len(character: char) -> usize {
    match character {
        '"' | '\\' => 2,
        '\0'..='\x1f' => "\\u0000".len(),
        other => other.len_utf8(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_texts_stay_and_a_long_one_is_cut() {
        let mut excerpts = Excerpts::default();
        assert_eq!(excerpts.all(["books/1", "books"].into_iter()), ["books/1", "books"]);
        assert_eq!(excerpts.one(&"x".repeat(1_000)).len(), 256);
    }

    #[test]
    fn a_text_is_cut_at_a_character() {
        assert_eq!(Excerpts::default().one(&"é".repeat(300)), "é".repeat(MAX_LOGGED));
    }

    #[test]
    fn a_list_is_cut_whatever_its_texts_are() {
        for text in ["", "a", "\0", "\"", "\n", "\u{1f600}"] {
            let long = text.repeat(4_096);
            let all = Excerpts::default().all(std::iter::repeat_n(long.as_str(), 1_000));
            assert!((1..=MAX_LOGGED).contains(&all.len()), "{text:?}");
            let bytes = serde_json::to_string(&all).unwrap().len();
            assert!(bytes <= MAX_LOGGED_BYTES + 2, "{bytes} bytes of {text:?}");
        }
    }

    #[test]
    fn a_text_that_stands_alone_has_all_the_room() {
        let text = "x".repeat(MAX_LOGGED_BYTES + 1);
        assert_eq!(Excerpts::default().most(&text).len(), MAX_LOGGED_BYTES);
        assert_eq!(Excerpts::default().most(&text[..300]), text[..300]);
    }

    #[test]
    fn what_comes_first_is_shown_first() {
        let mut excerpts = Excerpts::default();
        let topics = "\0".repeat(MAX_LOGGED);
        let shown = excerpts.one("id");
        let all = excerpts.all(std::iter::repeat_n(topics.as_str(), 1_000));
        assert_eq!((shown.as_str(), all[0].len()), ("id", MAX_LOGGED));
        assert_eq!(excerpts.one("x"), "");
    }
}
