//! Patterns against the URL pattern crate, whose matching is done by a general regular expression.

use std::borrow::Cow;

use proptest::{prelude::*, sample::select};
use urlpattern::{
    UrlPatternMatchInput, UrlPatternOptions,
    quirks::{StringOrInit, process_construct_pattern_input},
};

use super::*;
use crate::topics::url_parser::native::NativeUrlParser;

const HUB: &str = "https://hub.example/.well-known/mercure";

/// The pattern as the crate parses it.
fn of_crate(pattern: &str) -> Option<urlpattern::UrlPattern> {
    let input = StringOrInit::String(Cow::Borrowed(pattern));
    let init = process_construct_pattern_input(input, Some(HUB)).ok()?;
    <urlpattern::UrlPattern>::parse(init, UrlPatternOptions::default()).ok()
}

fn any_pattern() -> impl Strategy<Value = String> {
    let part = select(vec![
        "/", "a", "b", ".", "-", "*", ":x", "{a}", "{/:y}", "{b*a}", "(a|b)", r"(\w*)", "?", "+",
        "*", r"\:",
    ]);
    prop::collection::vec(part, 0..8).prop_map(|parts| {
        // A name is given once.
        let mut pattern = String::from("/");
        for (nth, part) in parts.into_iter().enumerate() {
            pattern += &part.replace(":x", &format!(":x{nth}")).replace(":y", &format!(":y{nth}"));
        }
        pattern
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_pattern_matches_as_the_crate_has_it(
        pattern in any_pattern(),
        topics in prop::collection::vec("/x?[ab/.:-]{0,12}", 1..16),
    ) {
        let parser = NativeUrlParser::new(HUB);
        let Some(expected) = of_crate(&pattern) else { return Ok(()) };
        let compiled = UrlPattern::parse(&pattern, &parser).unwrap();
        for topic in topics {
            let Some(href) = parser.parse(&topic) else { continue };
            let url = UrlPatternMatchInput::Url(href.parse().unwrap());
            let matches = compiled.matches(&UrlComponents::of_href(&href).unwrap());
            prop_assert_eq!(matches, expected.test(url).unwrap(), "{} on {}", pattern, href);
        }
    }

    #[test]
    fn arbitrary_text_does_not_panic(
        pattern in r"[a/:*?+{}()\\.é^$|\[\]-]{0,16}|.{0,24}",
        topic in "[a/:?#@.%é-]{0,24}|.{0,24}",
    ) {
        for options in [Options::DEFAULT, Options::HOSTNAME, Options::PATHNAME] {
            if let Ok(component) = Component::compile(&pattern, options) {
                component.matches(&topic);
            }
        }
        if let Some(url) = UrlComponents::of_href(&topic) {
            prop_assert!(topic.contains(url.pathname));
        }
    }
}
