//! Expressions against a general engine, on ASCII.

use proptest::{prelude::*, sample::select};
use regex_lite::RegexBuilder;

use super::*;
use crate::base::limits::{MAX_REGEXP_BYTES, MAX_REGEXP_NESTING};

fn steps(source: &str) -> Option<Steps> {
    let mut compiler = Compiler::default();
    compiler.expression(source.as_bytes())?;
    Some(compiler.finish())
}

#[track_caller]
fn check(source: &str, text: &str, expected: bool) {
    let matches = steps(source).unwrap().match_all(text.as_bytes());
    assert_eq!(matches, expected, "{source} on {text}");
}

#[test]
fn a_whole_text_is_matched() {
    check("a|bc", "a", true);
    check("a|bc", "bc", true);
    check("a|bc", "ac", false);
    check("a|bc", "ab", false);
    check("a||b", "", true);
    check("", "", true);
    check("", "a", false);
}

#[test]
fn classes_and_escapes_mean_what_they_mean_in_ecmascript() {
    check(r"[a-c\-\&]+", "ab-c&", true);
    check(r"[^a-c\d]", "1", false);
    check(r"[^a-c\d]", "d", true);
    check(r"[]", "", false);
    check(r"[^]", "\n", true);
    check(r".", "\n", false);
    check(r".", "\r", false);
    check(r"\x41\u0042\u{43}", "ABC", true);
    check(r"\u{e9}", "é", false);
    check(r"[a-\u{10ffff}]", "z", true);
    check(r"\/\.\-\_", "/.-_", true);
    check(r"\S\D\W", "ab-", true);
    check(r"\s\t", "\u{B}\t", true);
    check(r"\bab\b-\Ba", "ab-a", false);
    check(r"\bab\b-\b\w\B\w", "ab-ab", true);
    check(r"^a$", "a", true);
    check(r"a^b|a$b", "ab", false);
}

#[test]
fn flags_hold_to_the_end_of_their_group() {
    check("(?i:a[b-c](?-i:d)[^e])a", "ABdFa", true);
    check("(?i:a[b-c](?-i:d)[^e])a", "ABDFa", false);
    check("(?i:a[b-c](?-i:d)[^e])a", "ABdEa", false);
    check("(?i:a[b-c](?-i:d)[^e])a", "ABdFA", false);
    check(r"(?i:@\x41)", "@a", true);
    check(r"(?i:@)", "`", false);
}

#[test]
fn repetitions_have_bounds() {
    for (source, counts) in [
        ("(?:ab){2}", &[2][..]),
        ("(?:ab){0}", &[0]),
        ("(?:ab){0,1}", &[0, 1]),
        ("(?:ab){2,}?", &[2, 3, 4, 5]),
        ("(?:ab){1,3}", &[1, 2, 3]),
        ("(?:(?:ab)+){3}", &[3, 4, 5]),
        ("(?:(?:ab)*)+", &[0, 1, 2, 3, 4, 5]),
        ("(?:(?:ab|)*?)?", &[0, 1, 2, 3, 4, 5]),
        ("(?:ab){1,2}(?:ab){1,2}", &[2, 3, 4]),
    ] {
        for count in 0..=5 {
            check(source, &"ab".repeat(count), counts.contains(&count));
        }
    }
}

#[test]
fn an_expression_has_a_size_and_a_depth() {
    let most = MAX_REGEXP_BYTES / 16 - 1;
    assert!(steps(&format!("a{{{most}}}")).is_some_and(|steps| steps.bytes() < MAX_REGEXP_BYTES));
    assert!(steps(&format!("a{{{}}}", most + 1)).is_none());
    assert!(steps(&"[a]".repeat(most / 2)).is_some());
    assert!(steps(&"[a]".repeat(most / 2 + 1)).is_none());
    assert!(steps("(?:(?:a{99}){99}){99}").is_none());
    assert!(steps("a{99999999999999999999999999}").is_none());
    assert!(steps("(?:(?:){9999999999}){9999999999}").is_some());
    let nested = |depth: usize| format!("{}a{}", "(?:".repeat(depth), ")".repeat(depth));
    let depth = usize::try_from(MAX_REGEXP_NESTING).unwrap();
    assert!(steps(&nested(depth)).is_some());
    assert!(steps(&nested(depth + 1)).is_none());
}

#[test]
fn what_is_not_supported_is_refused() {
    for source in [
        "a(?=b)",
        "a(?!b)",
        "(?<=a)b",
        "(?<!a)b",
        r"(a)\1",
        r"(?<n>a)\k<n>",
        r"\p{L}",
        r"[\P{L}]",
        "[a-z--[aeiou]]",
        "[[a-z]&&a]",
        r"[\q{ab}]",
        "[z-a]",
        r"\ca",
        r"\0",
        r"[\b]",
    ] {
        assert!(steps(source).is_none(), "{source}");
    }
}

#[test]
fn what_is_no_expression_is_refused() {
    for source in [
        "(", ")", "a)", "(?", "(?<n", "(?x:a)", "[", "[a", "[a-", r"\", r"\x4", r"\u{41", "*",
        "a**", "a{", "a{1", "a{,2}", "a{2,1}", "}", "]",
    ] {
        assert!(steps(source).is_none(), "{source}");
    }
}

fn any_expression() -> impl Strategy<Value = String> {
    let atoms = vec![
        "a", "b", ".", "[ab]", "[^a-b]", r"\w", r"\W", r"\d", r"\-", r"\b", r"\B", "^", "$", "",
    ];
    select(atoms).prop_map(str::to_owned).prop_recursive(4, 24, 4, |inner| {
        let signs = vec!["", "*", "+", "?", "*?", "{2}", "{0,2}", "{1,}"];
        prop_oneof![
            (inner.clone(), select(signs)).prop_map(|(inner, sign)| format!("(?:{inner}){sign}")),
            (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("{left}|{right}")),
            prop::collection::vec(inner.clone(), 0..4).prop_map(|all| all.concat()),
            inner.prop_map(|inner| format!("(?i:{inner})")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_024))]

    #[test]
    fn an_expression_matches_as_a_general_engine_has_it(
        source in any_expression(),
        texts in prop::collection::vec("[abAB1-]{0,8}", 1..16),
    ) {
        let general = RegexBuilder::new(&format!("^(?:{source})$")).build().unwrap();
        let Some(steps) = steps(&source) else {
            // Repetitions within repetitions are soon too large.
            prop_assert!(source.contains('{'), "{} is refused", source);
            return Ok(());
        };
        for text in texts {
            let expected = general.is_match(&text);
            prop_assert_eq!(steps.match_all(text.as_bytes()), expected, "{} on {}", source, text);
        }
    }

    #[test]
    fn an_arbitrary_source_does_not_panic(
        source in r"[ab(){}\[\]\\^$|*+?.,<>:=!i0-9dwux-]{0,24}|.{0,24}",
        text in "[ab:=!0-9]{0,8}",
    ) {
        if let Some(steps) = steps(&source) {
            steps.match_all(text.as_bytes());
        }
    }
}
