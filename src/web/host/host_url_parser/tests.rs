//! The host's URL and URL pattern parsers, and the core's matching on what they return.

use crate::{
    topics::{
        reserved_topic::addresses_hub,
        url_components::UrlComponents,
        url_parser::UrlParser,
        url_pattern::{
            UrlPattern,
            invalid::{InvalidUrlPattern, Unsupported},
        },
    },
    web::HostUrlParser,
};
use wasm_bindgen_test::wasm_bindgen_test;

const HUB_PATH: &str = "/.well-known/mercure";

fn parser() -> HostUrlParser {
    HostUrlParser::new(&format!("https://hub.example{HUB_PATH}"))
}

#[track_caller]
fn check(pattern: &str, topic: &str, expected: bool) {
    let compiled = UrlPattern::parse(pattern, &parser()).unwrap();
    let href = parser().parse(topic);
    let url = href.as_deref().and_then(UrlComponents::of_href);
    assert_eq!(url.is_some_and(|url| compiled.matches(&url)), expected, "{pattern} on {topic}");
}

#[wasm_bindgen_test]
fn patterns_and_topics_are_resolved_against_the_hub() {
    check("/books/:id", "/books/1", true);
    check("/books/:id", "https://hub.example/books/1", true);
    check("https://hub.example/books/:id", "/books/1", true);
    check("/books/:id", "https://example.com/books/1", false);
    check("mercure/:a", "/.well-known/mercure/b", true);
}

#[wasm_bindgen_test]
fn hosts_are_canonicalized_and_paths_keep_their_case() {
    check("https://example.com/books/:id", "https://EXAMPLE.com/books/1", true);
    check("https://münchen.example/*", "https://xn--mnchen-3ya.example/a", true);
    check("https://example.com/é/:id", "https://example.com/%C3%A9/1", true);
    check("https://example.com/books/:id", "https://example.com/BOOKS/1", false);
}

#[wasm_bindgen_test]
fn a_pattern_with_a_scheme_of_its_own_owes_nothing_to_the_hub() {
    check("*://example.com/books/:id", "http://example.com/books/1", true);
    check(r"urn\:isbn\:*", "urn:isbn:1", true);
}

#[wasm_bindgen_test]
fn regular_expressions_names_and_repetitions_survive_the_normal_form() {
    check(r"/books/:id(\d+)", "/books/12", true);
    check(r"/books/:id(\d+)", "/books/a", false);
    check("/:été/*", "/a/b/c", true);
    check("/a{/:b}*", "/a/x/y", true);
    check("/a{/:b.json}?", "/a/x.json", true);
    check(r"/a\*b", "/a*b", true);
    check(r"/a\*b", "/axb", false);
    check("/:a{b}", "/xb", true);
    check("https://{:sub.}?example.com/*", "https://a.example.com/", true);
}

#[wasm_bindgen_test]
fn invalid_and_unsupported_patterns_are_refused() {
    for (pattern, expected) in [
        ("{unclosed", InvalidUrlPattern::Syntax),
        ("https://[", InvalidUrlPattern::Syntax),
        ("/:a/:a", InvalidUrlPattern::Syntax),
        ("/([)", InvalidUrlPattern::Syntax),
        (r"/(\p{L})", InvalidUrlPattern::RegularExpression(Unsupported::UnicodeProperty)),
        ("/(a(?=b).)", InvalidUrlPattern::RegularExpression(Unsupported::Lookaround)),
    ] {
        assert_eq!(UrlPattern::parse(pattern, &parser()).err(), Some(expected), "{pattern}");
    }
}

#[wasm_bindgen_test]
fn what_is_no_url_reference_has_no_url() {
    assert_eq!(parser().parse("https://["), None);
    assert_eq!(parser().parse("").as_deref(), Some("https://hub.example/.well-known/mercure"));
}

#[wasm_bindgen_test]
fn reserved_topics_are_recognised_as_the_host_resolves_them() {
    for (topic, expected) in [
        ("mercure/subscriptions/foo", true),
        ("/.well-known/me%72cure/x", true),
        (r"https://example.com\.well-known\mercure\subscriptions\x", true),
        ("", true),
        ("../mercure/x", false),
        ("a topic with spaces", false),
        ("urn:example:mercure", false),
        ("https://[", false),
    ] {
        let href = parser().parse(topic);
        let url = href.as_deref().and_then(UrlComponents::of_href);
        assert_eq!(url.is_some_and(|url| addresses_hub(&url, HUB_PATH)), expected, "{topic}");
    }
}
