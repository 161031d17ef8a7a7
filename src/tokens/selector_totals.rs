//! The totals of topic selectors, known before any of them is compiled.

use thiserror::Error;

use crate::{
    base::limits::{MAX_SELECTION_BYTES, MAX_SELECTION_PLACES, MAX_SELECTION_REGEXP_BYTES},
    tokens::grants::Selector,
    topics::{subscription::MatchType, topic_selector::TopicSelector, uri_template, url_pattern},
};

/// The total of the selectors of one subscription, or of one token.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SelectorTotals {
    bytes: usize,
    places: usize,
    regexp_bytes: usize,
}

/// The selectors are over a limit together. The number is their total.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum OverTotal {
    /// Their texts are more than [`MAX_SELECTION_BYTES`].
    #[error("the topic selectors have {0} bytes together, the limit is {MAX_SELECTION_BYTES}")]
    Bytes(usize),
    /// They have more than [`MAX_SELECTION_PLACES`].
    #[error(
        "the topic selectors hold {0} variables, wildcards and groups together, the limit is \
         {MAX_SELECTION_PLACES}"
    )]
    Places(usize),
    /// Their regular expressions are more than [`MAX_SELECTION_REGEXP_BYTES`].
    #[error(
        "the regular expressions of the topic selectors have {0} bytes together when they are \
         compiled, the limit is {MAX_SELECTION_REGEXP_BYTES}"
    )]
    Regexps(usize),
}

impl SelectorTotals {
    /// Counts a selector that is not compiled.
    pub(crate) fn add(&mut self, match_type: MatchType, text: &str) {
        self.bytes += text.len();
        self.places += match match_type {
            MatchType::Topic => uri_template::places(text),
            MatchType::Exact => 0,
            MatchType::UrlPattern => url_pattern::places(text),
        };
    }

    /// Counts a selector of a token.
    pub(crate) fn add_granted(&mut self, selector: &Selector) {
        match selector {
            Selector::All => {}
            Selector::TopicSelector(text) => self.add(MatchType::Topic, text),
            Selector::Exact(text) => self.add(MatchType::Exact, text),
            Selector::UrlPattern(text) => self.add(MatchType::UrlPattern, text),
        }
    }

    /// Checks that the selectors may be compiled.
    ///
    /// # Errors
    /// [`OverTotal`].
    pub(crate) fn check(&self) -> Result<(), OverTotal> {
        if self.bytes > MAX_SELECTION_BYTES {
            return Err(OverTotal::Bytes(self.bytes));
        }
        if self.places > MAX_SELECTION_PLACES {
            return Err(OverTotal::Places(self.places));
        }
        Ok(())
    }

    /// Counts the regular expressions, which only the compiled selector knows.
    ///
    /// # Errors
    /// [`OverTotal::Regexps`].
    pub(crate) fn compiled(&mut self, selector: &TopicSelector) -> Result<(), OverTotal> {
        self.regexp_bytes += selector.regexp_bytes();
        if self.regexp_bytes > MAX_SELECTION_REGEXP_BYTES {
            return Err(OverTotal::Regexps(self.regexp_bytes));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_counted_over_all_selectors() {
        let mut totals = SelectorTotals::default();
        for id in 0..2_000 {
            totals.add(MatchType::Topic, &format!("books/{id}/{{page}}"));
        }
        let over = totals.check().unwrap_err();
        assert!(over.to_string().starts_with("the topic selectors hold 2000 variables"));
    }

    fn totals(match_type: MatchType, texts: &[String]) -> SelectorTotals {
        let mut totals = SelectorTotals::default();
        for text in texts {
            totals.add(match_type, text);
        }
        totals
    }

    fn numbered(count: usize, text: impl Fn(usize) -> String) -> Vec<String> {
        (0..count).map(text).collect()
    }

    #[test]
    fn what_real_clients_ask_for_stays_below_a_half_of_each_total() {
        let mut real =
            totals(MatchType::Topic, &numbered(100, |at| format!("https://example.com/{at:0180}")));
        for at in 0..20 {
            let text = format!("https://example.com/users/{at}/{{kind}}/{{+path}}{{?page,size}}");
            real.add(MatchType::Topic, &text);
        }
        for at in 0..10 {
            real.add(MatchType::UrlPattern, &format!("https://example.com/{at}/:kind/*/:id"));
        }
        let many = totals(
            MatchType::Topic,
            &numbered(1_000, |at| format!("https://example.com/books/{at}")),
        );
        for totals in [real, many] {
            assert!(totals.bytes * 2 < MAX_SELECTION_BYTES, "{totals:?}");
            assert!(totals.places * 2 < MAX_SELECTION_PLACES, "{totals:?}");
        }
    }

    #[test]
    fn bytes_and_places_end_at_their_limits() {
        let topic = "x".repeat(1_024);
        let fits = MAX_SELECTION_BYTES / 1_024;
        let mut totals = totals(MatchType::Exact, &vec![topic; fits]);
        assert_eq!(totals.check(), Ok(()));
        totals.add(MatchType::Exact, "y");
        assert_eq!(totals.check(), Err(OverTotal::Bytes(MAX_SELECTION_BYTES + 1)));
        for (match_type, text) in [(MatchType::Topic, "{a,b}"), (MatchType::UrlPattern, ":a*")] {
            let mut totals =
                self::totals(match_type, &vec![text.to_owned(); MAX_SELECTION_PLACES / 2]);
            assert_eq!(totals.check(), Ok(()));
            totals.add(match_type, text);
            assert_eq!(totals.check(), Err(OverTotal::Places(MAX_SELECTION_PLACES + 2)));
        }
    }

    #[test]
    fn in_a_topic_that_is_asked_for_by_name_nothing_is_a_place() {
        let mut totals = SelectorTotals::default();
        totals.add(MatchType::Exact, "{a}/:b/*");
        totals.add(MatchType::Topic, "https://example.com/a,b,c");
        assert_eq!(totals.places, 0);
    }
}
