//! Templates against an expander that follows RFC 6570 § 3.2.1 step by step.

use std::collections::BTreeSet;

use proptest::{collection::vec, prelude::*, sample::select};

use super::*;

/// RFC 6570 § 2.3: a defined value.
#[derive(Clone, Debug)]
enum Value {
    String(String),
    List(Vec<String>),
    Pairs(Vec<(String, String)>),
}

/// RFC 6570 appendix A: operator, first, sep, named, ifemp, and whether reserved is allowed.
const OPERATORS: [(&str, &str, &str, bool, &str, bool); 8] = [
    ("", "", ",", false, "", false),
    ("+", "", ",", false, "", true),
    ("#", "#", ",", false, "", true),
    (".", ".", ".", false, "", false),
    ("/", "/", "/", false, "", false),
    (";", ";", ";", true, "", false),
    ("?", "?", "&", true, "=", false),
    ("&", "&", "&", true, "=", false),
];

fn encode(text: &str, reserved: bool) -> String {
    let kept = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || b"-._~".contains(&byte)
            || (reserved && b":/?#[]@!$&'()*+,;=".contains(&byte))
    };
    let bytes = text.bytes();
    bytes
        .map(|byte| if kept(byte) { char::from(byte).into() } else { format!("%{byte:02X}") })
        .collect()
}

/// RFC 6570 § 3.2.1 for one expression; variables are `(name, modifier, value)`.
fn expand(operator: usize, variables: &[(String, String, Option<Value>)]) -> String {
    let (_, first, separator, named, if_empty, reserved) = OPERATORS[operator];
    let pair = |name: &str, value: &str| match value {
        "" => format!("{name}{if_empty}"),
        _ => format!("{name}={value}"),
    };
    let mut expanded = Vec::new();
    for (name, modifier, value) in variables {
        let text = |text: &String| encode(text, reserved);
        let explode = modifier == "*";
        let part = match value {
            None => continue,
            Some(Value::List(members)) if members.is_empty() => continue,
            Some(Value::Pairs(pairs)) if pairs.is_empty() => continue,
            Some(Value::String(value)) => {
                let limit = modifier.strip_prefix(':').map_or(usize::MAX, |n| n.parse().unwrap());
                let value = text(&value.chars().take(limit).collect());
                if named { pair(name, &value) } else { value }
            }
            Some(Value::List(members)) if explode => {
                let member = |member| if named { pair(name, &text(member)) } else { text(member) };
                members.iter().map(member).collect::<Vec<_>>().join(separator)
            }
            Some(Value::Pairs(pairs)) if explode => {
                let member = |(key, value): &(String, String)| match (named, text(value)) {
                    (true, value) => pair(&text(key), &value),
                    (false, value) => format!("{}={value}", text(key)),
                };
                pairs.iter().map(member).collect::<Vec<_>>().join(separator)
            }
            Some(Value::List(members)) => {
                let joined = members.iter().map(text).collect::<Vec<_>>().join(",");
                if named { pair(name, &joined) } else { joined }
            }
            Some(Value::Pairs(pairs)) => {
                let member =
                    |(key, value): &(String, String)| format!("{},{}", text(key), text(value));
                let joined = pairs.iter().map(member).collect::<Vec<_>>().join(",");
                if named { pair(name, &joined) } else { joined }
            }
        };
        expanded.push(part);
    }
    if expanded.is_empty() { String::new() } else { format!("{first}{}", expanded.join(separator)) }
}

fn any_text() -> impl Strategy<Value = String> {
    vec(select("ab.-,;=/&?# %é漢!".chars().collect::<Vec<_>>()), 0..4)
        .prop_map(|characters| characters.into_iter().collect())
}

fn any_value() -> impl Strategy<Value = Option<Value>> {
    prop_oneof![
        Just(None),
        any_text().prop_map(|text| Some(Value::String(text))),
        vec(any_text(), 0..4).prop_map(|members| Some(Value::List(members))),
        vec((any_text(), any_text()), 0..3).prop_map(|pairs| Some(Value::Pairs(pairs))),
    ]
}

fn any_expression() -> impl Strategy<Value = (String, String)> {
    let modifier = select(vec!["", "*", ":1", ":3", ":9999"]);
    let variable = (select(vec!["a", "b.c", "%41"]), modifier, any_value());
    (0..OPERATORS.len(), vec(variable, 1..4)).prop_map(|(operator, variables)| {
        let variables: Vec<_> = variables
            .into_iter()
            // "Prefix modifiers are not applicable to variables that have composite values."
            .map(|(name, modifier, value)| match value {
                Some(Value::List(_) | Value::Pairs(_)) if modifier.starts_with(':') => {
                    (name, "", value)
                }
                _ => (name, modifier, value),
            })
            .map(|(name, modifier, value)| (name.to_owned(), modifier.to_owned(), value))
            .collect();
        let list: Vec<_> =
            variables.iter().map(|(name, modifier, _)| format!("{name}{modifier}")).collect();
        let (sign, ..) = OPERATORS[operator];
        (format!("{{{sign}{}}}", list.join(",")), expand(operator, &variables))
    })
}

/// A template and one of its expansions.
fn any_template() -> impl Strategy<Value = (String, String)> {
    let literal = select(vec!["", "/", "https://example.com/", "a", "é", "%41", "?a=b"]);
    vec((literal, any_expression()), 0..4).prop_map(|parts| {
        let (mut template, mut expansion) = (String::new(), String::new());
        for (literal, (expression, expanded)) in parts {
            template = template + literal + &expression;
            expansion = expansion + literal + &expanded;
        }
        (template, expansion)
    })
}

proptest! {
    #[test]
    fn a_template_matches_its_expansions((template, expansion) in any_template()) {
        let template: UriTemplate = template.parse().unwrap();
        prop_assert!(template.matches(&expansion), "{template} on {expansion}");
    }

    #[test]
    fn arbitrary_text_does_not_panic(template in "[a{}*:?&+,%41é ]{0,16}|.{0,16}", topic in ".{0,80}") {
        if let Ok(parsed) = template.parse::<UriTemplate>() {
            let _ = parsed.matches(&topic);
            prop_assert_eq!(parsed.to_string(), template);
        }
    }

    #[test]
    fn the_place_in_the_topic_makes_no_difference(
        (template, expansion) in any_template(),
        before in 0_usize..200,
    ) {
        let before = "x".repeat(before);
        let template: UriTemplate = format!("{before}{template}").parse().unwrap();
        let expansion = format!("{before}{expansion}");
        prop_assert!(template.matches(&expansion), "{template} on {expansion}");
    }
}

/// All texts over these characters, the shortest first.
fn texts(alphabet: &str, longest: usize) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut from = 0;
    for _ in 0..longest {
        let last = all.get(from..).unwrap().to_vec();
        from = all.len();
        all.extend(
            last.iter().flat_map(|text| alphabet.chars().map(move |c| format!("{text}{c}"))),
        );
    }
    all
}

#[test]
fn short_topics_match_exactly_when_there_are_values_for_them() {
    const LONGEST: usize = 4;
    let short = texts("a.=,", LONGEST);
    let strings: Vec<_> = texts("a.=,", LONGEST).into_iter().map(Value::String).collect();
    let mut lists: Vec<Vec<String>> = vec![vec![]];
    let mut composites: Vec<Value> = Vec::new();
    for _ in 0..2 * LONGEST {
        let longer = lists.iter().flat_map(|list| {
            short.iter().map(|member| list.iter().chain([member]).cloned().collect::<Vec<_>>())
        });
        // A pair costs itself and, but for the first, a separator.
        let fits = |list: &Vec<String>| list.concat().len() + list.len() / 2 <= LONGEST + 1;
        lists = longer.filter(fits).collect();
        composites.extend(lists.iter().cloned().map(Value::List));
        let pairs = |list: &Vec<String>| {
            list.chunks(2).map(|two| (two[0].clone(), two[1].clone())).collect()
        };
        composites.extend(
            lists.iter().filter(|list| list.len() % 2 == 0).map(|list| Value::Pairs(pairs(list))),
        );
    }
    let topics = texts("a.=,;&?/#", LONGEST);
    for (operator, (sign, ..)) in OPERATORS.iter().enumerate() {
        for modifier in ["", "*", ":1", ":2"] {
            let template: UriTemplate = format!("{{{sign}a{modifier}}}").parse().unwrap();
            let values = if modifier.starts_with(':') { &strings } else { &composites };
            let plain = if modifier.starts_with(':') { &[][..] } else { &strings[..] };
            let expand = |value: &Value| {
                expand(operator, &[("a".into(), modifier.into(), Some(value.clone()))])
            };
            let mut expansions: BTreeSet<String> = values.iter().chain(plain).map(expand).collect();
            expansions.insert(String::new());
            // Only reserved expansion reaches these: the alphabet of the topics is larger.
            if OPERATORS[operator].5 {
                let first = OPERATORS[operator].1;
                let limit = modifier.strip_prefix(':').map_or(LONGEST, |n| n.parse().unwrap());
                let reserved = topics.iter().filter(|text| text.len() <= limit);
                expansions.extend(reserved.map(|text| format!("{first}{text}")));
            }
            for topic in &topics {
                assert_eq!(
                    template.matches(topic),
                    expansions.contains(topic),
                    "{template} on {topic}"
                );
            }
        }
    }
}
