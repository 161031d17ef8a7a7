//! Tables: the examples of RFC 6570, the rows of the reference hub, and what is no template.

use super::*;
use crate::topics::positions::steps;

#[test]
fn a_template_matches_what_it_expands_to() -> Result<(), InvalidUriTemplate> {
    let template: UriTemplate = "https://example.com/books/{id}{?page}".parse()?;
    assert!(template.matches("https://example.com/books/1"));
    assert!(template.matches("https://example.com/books/1?page=2"));
    assert!(!template.matches("https://example.com/books/1/reviews"));
    Ok(())
}

#[track_caller]
fn check(template: &str, topic: &str, expected: bool) {
    let template: UriTemplate = template.parse().unwrap();
    assert_eq!(template.matches(topic), expected, "{template} on {topic}");
}

/// RFC 6570 § 3.2.2 to § 3.2.9, and § 1.2: templates with one of their expansions.
const EXAMPLES: &[(&str, &str)] = &[
    ("{var}", "value"),
    ("{hello}", "Hello%20World%21"),
    ("{half}", "50%25"),
    ("O{empty}X", "OX"),
    ("O{undef}X", "OX"),
    ("{x,y}", "1024,768"),
    ("{x,hello,y}", "1024,Hello%20World%21,768"),
    ("?{x,empty}", "?1024,"),
    ("?{x,undef}", "?1024"),
    ("?{undef,y}", "?768"),
    ("{var:3}", "val"),
    ("{var:30}", "value"),
    ("{list}", "red,green,blue"),
    ("{list*}", "red,green,blue"),
    ("{keys}", "semi,%3B,dot,.,comma,%2C"),
    ("{keys*}", "semi=%3B,dot=.,comma=%2C"),
    ("{+hello}", "Hello%20World!"),
    ("{+half}", "50%25"),
    ("{base}index", "http%3A%2F%2Fexample.com%2Fhome%2Findex"),
    ("{+base}index", "http://example.com/home/index"),
    ("O{+empty}X", "OX"),
    ("{+path}/here", "/foo/bar/here"),
    ("here?ref={+path}", "here?ref=/foo/bar"),
    ("up{+path}{var}/here", "up/foo/barvalue/here"),
    ("{+x,hello,y}", "1024,Hello%20World!,768"),
    ("{+path,x}/here", "/foo/bar,1024/here"),
    ("{+path:6}/here", "/foo/b/here"),
    ("{+list*}", "red,green,blue"),
    ("{+keys}", "semi,;,dot,.,comma,,"),
    ("{+keys*}", "semi=;,dot=.,comma=,"),
    ("{#hello}", "#Hello%20World!"),
    ("foo{#empty}", "foo#"),
    ("foo{#undef}", "foo"),
    ("{#x,hello,y}", "#1024,Hello%20World!,768"),
    ("{#path:6}/here", "#/foo/b/here"),
    ("{#keys*}", "#semi=;,dot=.,comma=,"),
    ("{.who,who}", ".fred.fred"),
    ("{.half,who}", ".50%25.fred"),
    ("www{.dom*}", "www.example.com"),
    ("X{.empty}", "X."),
    ("X{.undef}", "X"),
    ("X{.var:3}", "X.val"),
    ("X{.list}", "X.red,green,blue"),
    ("X{.keys*}", "X.semi=%3B.dot=..comma=%2C"),
    ("X{.empty_keys*}", "X"),
    ("{/who,who}", "/fred/fred"),
    ("{/var,empty}", "/value/"),
    ("{/var,undef}", "/value"),
    ("{/var,x}/here", "/value/1024/here"),
    ("{/var:1,var}", "/v/value"),
    ("{/list*}", "/red/green/blue"),
    ("{/list*,path:4}", "/red/green/blue/%2Ffoo"),
    ("{/keys}", "/semi,%3B,dot,.,comma,%2C"),
    ("{/keys*}", "/semi=%3B/dot=./comma=%2C"),
    ("{;who}", ";who=fred"),
    ("{;empty}", ";empty"),
    ("{;v,empty,who}", ";v=6;empty;who=fred"),
    ("{;v,bar,who}", ";v=6;who=fred"),
    ("{;hello:5}", ";hello=Hello"),
    ("{;list}", ";list=red,green,blue"),
    ("{;list*}", ";list=red;list=green;list=blue"),
    ("{;keys*}", ";semi=%3B;dot=.;comma=%2C"),
    ("{?x,y}", "?x=1024&y=768"),
    ("{?x,y,empty}", "?x=1024&y=768&empty="),
    ("{?x,y,undef}", "?x=1024&y=768"),
    ("{?var:3}", "?var=val"),
    ("{?list}", "?list=red,green,blue"),
    ("{?list*}", "?list=red&list=green&list=blue"),
    ("{?keys*}", "?semi=%3B&dot=.&comma=%2C"),
    ("?fixed=yes{&x}", "?fixed=yes&x=1024"),
    ("{&x,y,empty}", "&x=1024&y=768&empty="),
    ("{&keys*}", "&semi=%3B&dot=.&comma=%2C"),
];

#[test]
fn each_example_of_the_rfc_matches_its_expansion() {
    for (template, expansion) in EXAMPLES {
        check(template, expansion, true);
    }
}

#[test]
fn a_variable_of_the_simple_kind_does_not_cross_a_slash() {
    check("https://example.com/{foo}/bar", "https://example.com/foo/bar", true);
    check("https://example.com/{foo}/bar", "https://example.com/foo/bar/baz", false);
    check("https://example.com/{foo}/bar", "https://example.net/foo/bar", false);
    check("https://example.com/{foo}/{bar}", "https://example.com/a/b", true);
    check("books/{id}", "books/1", true);
    check("books/{id}", "books/1/2", false);
}

#[test]
fn a_named_variable_is_asked_for_by_its_name() {
    check("users/foo/{?topic}", "users/foo/?topic=a%2Fb", true);
    check("users/foo/{?topic}", "users/foo/", true);
    check("users/foo/{?topic}", "users/foo/?other=a", false);
    check("users/foo/{?topic}", "users/bar/?topic=a", false);
    check("{?x,y}", "?y=1", true);
    check("{?x,y}", "?y=1&x=2", false);
    check("{?x}", "?x", false);
    check("{;x}", ";x=", false);
}

#[test]
fn a_prefix_is_counted_in_characters() {
    check("{var:2}", "ab", true);
    check("{var:2}", "abc", false);
    check("{var:1}", "%C3%A9", true);
    check("{var:1}", "%c3%a9a", false);
    check("{var:2}", "%C3%A9a", true);
    check("{+var:2}", "/%25", true);
    check("{var:2}{rest}", "abcdef", true);
}

#[test]
fn a_value_is_made_of_whole_triplets() {
    check("{var}", "%C3%A9", true);
    check("{var}", "%C3%A", false);
    check("{var}", "%", false);
    check("{var}41", "%41", false);
    check("{var}%41", "a%41", true);
    check("{var}", "é", false);
    check("{var}", "a b", false);
}

#[test]
fn a_literal_beyond_ascii_matches_as_it_is_and_encoded() {
    check("été/{id}", "été/1", true);
    check("été/{id}", "%C3%A9t%C3%A9/1", true);
    check("été/{id}", "%C3%A9té/1", true);
    check("été/{id}", "ete/1", false);
}

#[test]
fn a_template_without_expressions_is_told_from_one_with() {
    assert!(!"https://example.com/a".parse::<UriTemplate>().unwrap().has_expressions());
    assert!(!"".parse::<UriTemplate>().unwrap().has_expressions());
    assert!("a{b}".parse::<UriTemplate>().unwrap().has_expressions());
}

#[test]
fn what_is_no_template_is_refused_with_its_place() {
    #[track_caller]
    fn check(source: &str, expected: &InvalidUriTemplate) {
        assert_eq!(source.parse::<UriTemplate>().as_ref(), Err(expected), "{source}");
    }
    check("https://example.com/hub?topic=faulty{iri", &InvalidUriTemplate::Unclosed { at: 36 });
    check("a{b}c}", &InvalidUriTemplate::Literal { character: '}', at: 5 });
    check("a b", &InvalidUriTemplate::Literal { character: ' ', at: 1 });
    check("é%4", &InvalidUriTemplate::Literal { character: '%', at: 2 });
    check("\u{fffe}", &InvalidUriTemplate::Literal { character: '\u{fffe}', at: 0 });
    for variable in [
        "", "a-b", "a:", "a:0", "a:01", "a:10000", "a:+1", "a*:1", ".a.", "a..b", "=a", "!a", "%4",
        "é",
    ] {
        let named = variable.strip_prefix('.').unwrap_or(variable).to_owned();
        check(&format!("{{{variable}}}"), &InvalidUriTemplate::Variable { variable: named });
    }
    check("{a,}", &InvalidUriTemplate::Variable { variable: String::new() });
    check("{a{b}}", &InvalidUriTemplate::Variable { variable: "a{b".into() });
}

#[test]
fn names_may_hold_dots_underscores_and_triplets() {
    for source in ["{a.b}", "{_}", "{%41b}", "{?a.b,c_d:9999}"] {
        assert!(source.parse::<UriTemplate>().is_ok(), "{source}");
    }
    check("{?%41.b}", "?%41.b=1", true);
}

#[test]
fn a_template_is_shown_as_it_was_written() {
    assert_eq!("a{+b,c*}%41".parse::<UriTemplate>().unwrap().to_string(), "a{+b,c*}%41");
}

#[test]
fn the_cost_of_a_hostile_template_is_linear_in_topic_and_template() {
    for part in
        ["{+a}a", "{a}{a}", "{a*}", "{+a:9}", "{?a*,b*}", "{/a*}a", "{;a:2,b:3}", "{+a}aaaaaaaaaaa"]
    {
        for len in [512, 1_024, 2_048, 4_096] {
            let template: UriTemplate = part.repeat(len / part.len()).parse().unwrap();
            let topic = format!("{}!", "a".repeat(len));
            let steps = steps::of(|| template.matches(&topic));
            assert!(steps <= 2 * len * len, "{part}: {steps} steps for {len} bytes");
        }
    }
}
