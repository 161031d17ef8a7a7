//! Tables: rows of the web platform tests, of the reference hub, and hostile patterns.

use super::*;
use crate::{
    base::limits::MAX_REGEXP_TEXT_BYTES,
    topics::{positions::steps, url_parser::native::NativeUrlParser},
};

#[test]
fn a_compiled_pattern_matches_the_components_of_a_url() -> Result<(), InvalidUrlPattern> {
    // The attributes of `new URLPattern("/books/:id", "https://example.com")`.
    let pattern = UrlPattern::compile(&UrlComponents {
        protocol: "https",
        username: "*",
        password: "*",
        hostname: "example.com",
        port: "",
        pathname: "/books/:id",
        search: "*",
        hash: "*",
    })?;
    let book = UrlComponents::of_href("https://example.com/books/1").unwrap();
    assert!(pattern.matches(&book));
    Ok(())
}

const HUB: &str = "https://hub.example/.well-known/mercure";

/// The pattern and the topic as they are written, both against the URL of the hub.
#[track_caller]
fn check(pattern: &str, topic: &str, expected: bool) {
    let parser = NativeUrlParser::new(HUB);
    let compiled = UrlPattern::parse(pattern, &parser).unwrap();
    let href = parser.parse(topic);
    let url = href.as_deref().and_then(UrlComponents::of_href);
    assert_eq!(url.is_some_and(|url| compiled.matches(&url)), expected, "{pattern} on {topic}");
}

/// The same where the hub was asked by this URL and has no public one.
#[track_caller]
fn check_asked(url: &str, pattern: &str, topic: &str, expected: bool) {
    let parser = NativeUrlParser::of_request(url);
    let compiled = UrlPattern::parse(pattern, &parser).unwrap();
    let href = parser.parse(topic);
    let url = href.as_deref().and_then(UrlComponents::of_href);
    assert_eq!(url.is_some_and(|url| compiled.matches(&url)), expected, "{pattern} on {topic}");
}

#[track_caller]
fn check_invalid(pattern: &str, expected: InvalidUrlPattern) {
    let parsed = UrlPattern::parse(pattern, &NativeUrlParser::new(HUB));
    assert_eq!(parsed.err(), Some(expected), "{pattern}");
}

/// One path against one pattern string of paths.
#[track_caller]
fn check_path(pattern: &str, path: &str, expected: bool) {
    let component = Component::compile(pattern, Options::PATHNAME).unwrap();
    assert_eq!(component.matches(path), expected, "{pattern} on {path}");
}

#[test]
fn without_a_public_url_a_relative_topic_is_at_the_host_that_a_pattern_was_asked_by() {
    for hub in ["http://127.0.0.1:8787/.well-known/mercure", HUB] {
        let at = |path: &str| format!("{}{path}", hub.split("/.well").next().unwrap());
        check_asked(hub, "/books/:id", "/books/1", true);
        check_asked(hub, "/books/:id", &at("/books/1"), true);
        check_asked(hub, &at("/books/:id"), "/books/1", true);
        check_asked(hub, "mercure/:a", "mercure/b", true);
        check_asked(hub, "/books/:id", "/books/1/2", false);
        check_asked(hub, "*://*/books/:id", "/books/1", true);
        check_asked(hub, "/books/:id", "https://other.example/books/1", false);
        check_asked(hub, "https://other.example/books/:id", "/books/1", false);
        check_asked(hub, "https://other.example/books/:id", "https://other.example/books/1", true);
        check_asked(hub, r"urn\:isbn\:*", "urn:isbn:1", true);
    }
    check_asked("http://127.0.0.1:8787/hub", "http://127.0.0.1/books/:id", "/books/1", false);
    check_asked("http://hub.example/hub", "https://hub.example/books/:id", "/books/1", false);
}

#[test]
fn the_rows_of_the_reference_hub() {
    check("https://example.com/books/:id", "https://example.com/books/123", true);
    check("https://example.com/books/:id", "https://example.com/authors/123", false);
    check("https://example.com/*", "https://example.com/a/b/c", true);
    check(
        "https://example.com/users/:uid/posts/:pid",
        "https://example.com/users/42/posts/99",
        true,
    );
    check("https://example.com/users/:uid/posts/:pid", "https://example.com/users/42", false);
    check("*://example.com/books/:id", "http://example.com/books/1", true);
    check("reviews/:id", "https://hub.example/.well-known/reviews/22", true);
}

#[test]
fn the_case_of_hosts_does_not_matter_and_that_of_paths_does() {
    check("https://example.com/books/:id", "https://EXAMPLE.com/books/123", true);
    check("https://EXAMPLE.com/books/:id", "https://example.com/books/123", true);
    check("HTTPS://example.com/books/:id", "https://example.com/books/123", true);
    check("https://example.com/books/:id", "https://example.com/BOOKS/123", false);
}

#[test]
fn relative_patterns_and_topics_are_resolved_against_the_hub() {
    check("/books/:id", "/books/123", true);
    check("/books/:id", "/authors/123", false);
    check("/books/:id", "https://hub.example/books/123", true);
    check("https://hub.example/books/:id", "/books/123", true);
    check("/books/:id", "https://example.com/books/123", false);
    check("https://example.com/books/:id", "/books/123", false);
    check(
        "/.well-known/mercure/subscriptions/exact/:match/:subscriber",
        "/.well-known/mercure/subscriptions/exact/foo/bar",
        true,
    );
    check("?q=:word", "mercure?q=a", true);
}

#[test]
fn a_topic_that_is_no_url_reference_never_matches() {
    check("*://*", "https://[", false);
    check("/*", "https://exa mple/", false);
}

#[test]
fn topics_are_canonicalized_before_they_match() {
    check("https://example.com/a/:id", "https://example.com/x/../a/%7Eb", true);
    check("https://example.com/é/:id", "https://example.com/%C3%A9/1", true);
    check("https://münchen.example/*", "https://xn--mnchen-3ya.example/a", true);
    check("https://example.com/a", "https://example.com:443/a?q#h", true);
    check("https://example.com:8080/a", "https://example.com/a", false);
    check("https://user:pass@example.com/a", "https://user:word@example.com/a", false);
}

#[test]
fn a_pattern_with_a_scheme_of_its_own_owes_nothing_to_the_hub() {
    check(r"urn\:isbn\::id", "urn:isbn:1/2", true);
    check(r"urn\:isbn\:*", "urn:issn:1", false);
    check(r"urn\:isbn\:*", "isbn:1", false);
    check("https://example.com", "https://example.com/any", true);
}

#[test]
fn invalid_patterns_are_refused() {
    for pattern in ["{unclosed", "/(", "/()", "/(a", "/:", "/(?<a>b)", "/((a))", r"/\", "/(é)"] {
        check_invalid(pattern, InvalidUrlPattern::Syntax);
    }
}

#[test]
fn strings_that_are_not_in_the_normal_form_do_no_harm() {
    for string in ["{a", "a}", "(", "()", ":", ":1", r"\", "(?a)", "((a))", r"(a\", "{:a{b}}"] {
        let component = Component::compile(string, Options::PATHNAME);
        assert!(matches!(component, Err(InvalidUrlPattern::Syntax)), "{string}");
    }
}

#[test]
fn what_no_linear_matcher_can_do_is_refused() {
    for pattern in [
        r"/(a(?=b).*)",
        r"/(a(?!b))",
        r"/((?:a|b)\1)",
        r"/(\p{L}+)",
        r"/([[a-z]--a])",
        r"/(a{60000})",
        r"/((?:(?:a{99}){99}){99})",
    ] {
        let component = Component::compile(pattern, Options::PATHNAME);
        assert!(matches!(component, Err(InvalidUrlPattern::RegularExpression(_))), "{pattern}");
    }
}

#[test]
fn groups_match_as_in_the_web_platform_tests() {
    for (pattern, matching, other) in [
        ("/foo/bar", &["/foo/bar"][..], &["/foo/ba", "/foo/bar/", "/foo/bar/baz"][..]),
        ("/foo/:bar", &["/foo/bar", "/foo/index.html"], &["/foo/", "/foo/bar/", "/foo"]),
        ("/foo/*", &["/foo/bar", "/foo/bar/baz", "/foo/"], &["/foo"]),
        ("/foo/:bar(.*)", &["/foo/bar", "/foo/bar/baz", "/foo/"], &["/foo"]),
        ("/foo/:bar?", &["/foo/bar", "/foo"], &["/foo/", "/foobar", "/foo/bar/baz"]),
        ("/foo/:bar+", &["/foo/bar", "/foo/bar/baz"], &["/foo", "/foo/", "/foobar", "/foo/a//b"]),
        ("/foo/:bar*", &["/foo/bar", "/foo/bar/baz", "/foo"], &["/foo/", "/foobar"]),
        ("/foo/*?", &["/foo", "/foo/", "/foo/bar/baz"], &["/foobar"]),
        ("/foo/*+", &["/foo/", "/foo/bar/baz"], &["/foo", "/foobar"]),
        ("/foo/**", &["/foo", "/foo/", "/foo/bar/baz"], &["/foobar"]),
        ("/foo{/bar}", &["/foo/bar"], &["/foo"]),
        ("/foo{/bar}?", &["/foo", "/foo/bar"], &["/foo/bar/bar"]),
        ("/foo{/bar}+", &["/foo/bar", "/foo/bar/bar"], &["/foo", "/foo/bar/ba"]),
        ("/foo{/bar}*", &["/foo", "/foo/bar/bar"], &["/foo/ba"]),
        ("{/:a.b}*", &["", "/x.b", "/x.b/y.b"], &["/.b", "/x.b/", "/x"]),
        ("/{:a.}+b", &["/x.b", "/x.y.b", "/x..b"], &["/.b", "/b"]),
        ("/:a.:b", &["/x.y", "/x.y.z"], &["/x", "/x.", "/.y"]),
        ("/:name:other", &["/ab", "/abc"], &["/a"]),
        (r"/a\:b\*", &["/a:b*"], &["/a:bc"]),
        ("/{:a}b", &["/xb", "/bb"], &["/b", "/x"]),
        (r"/([^\/]+?)", &["/a"], &["/", "/a/b"]),
        (r"/(\d+)", &["/12"], &["/", "/1a"]),
        (r"/:id(\d+)?", &["", "/12"], &["/", "/a"]),
        ("/(a|b)", &["/a", "/b"], &["/ab"]),
        ("/(foo)*/x", &["/x", "/foo/x", "/foo/foo/x"], &["/foofoo/x"]),
        (r"/(\w{2})-*.:ext", &["/ab-c.d", "/ab-.d"], &["/a-c.d", "/ab-c."]),
        ("/{a(b|c)d}+", &["/abd", "/abdacd"], &["/", "/ad"]),
    ] {
        for path in matching {
            check_path(pattern, path, true);
        }
        for path in other {
            check_path(pattern, path, false);
        }
    }
}

#[test]
fn labels_of_a_host_are_segments() {
    let component = Component::compile(":sub.example.com", Options::HOSTNAME).unwrap();
    assert!(component.matches("a.example.com"));
    assert!(!component.matches("a.b.example.com"));
    let component = Component::compile("{*.}?example.com", Options::HOSTNAME).unwrap();
    assert!(component.matches("example.com") && component.matches("a.b.example.com"));
    assert!(!component.matches("badexample.com"));
}

#[test]
fn a_regular_expression_matches_up_to_a_length_only() {
    let path = |len: usize| format!("/{}", "a".repeat(len - 1));
    check_path("/(a+)", &path(MAX_REGEXP_TEXT_BYTES), true);
    check_path("/(a+)", &path(MAX_REGEXP_TEXT_BYTES + 1), false);
    check_path("/*", &path(MAX_REGEXP_TEXT_BYTES + 1), true);
}

#[test]
fn regular_expressions_of_identifiers_and_dates_are_small_enough() {
    let uuid = "([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})";
    let date = r"(\d{4}-\d{2}-\d{2})";
    check_path(
        &format!("/:user{uuid}/:book{uuid}/:on{date}"),
        "/0190e3a1-7b2c-7def-8123-456789abcdef/0190e3a1-7b2c-7def-8123-456789abcdef/2026-11-22",
        true,
    );
}

#[test]
fn the_cost_of_a_hostile_pattern_is_linear_in_pattern_and_topic() {
    for part in
        ["*a", "{:a}*b", "{a}*", "{:a}*", "{a:b}+", "{:a/}*", "{*a}?", "{aa}+{b}?", "{:ab}c"]
    {
        for len in [512, 1_024, 2_048, 4_096] {
            let pattern = part.repeat(len / part.len());
            let component = Component::compile(&pattern, Options::PATHNAME).unwrap();
            let steps = steps::of(|| component.matches(&"a".repeat(len)));
            assert!(steps <= len * len, "{part}: {steps} steps for {len} bytes");
        }
    }
}
