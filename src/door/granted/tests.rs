use proptest::{option, prelude::*};

use super::*;
use crate::{
    base::{dialect::Dialect, timestamp::Timestamp},
    tokens::grants::{Selectable, Selector, SubscribeGrant},
};

/// Texts of all kinds: those that look like parts of the format, and any Unicode.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![r#"[0-9:*teub+\-"\\\n\r\x00é漢👍]{0,12}"#, any::<String>(), Just("2:ab".to_owned()),]
}

fn any_selector() -> impl Strategy<Value = Selector> {
    prop_oneof![
        Just(Selector::All),
        any_text().prop_map(Selector::TopicSelector),
        any_text().prop_map(Selector::Exact),
        any_text().prop_map(Selector::UrlPattern),
    ]
}

fn any_selectors() -> impl Strategy<Value = Vec<Selector>> {
    prop::collection::vec(any_selector(), 0..12)
}

fn any_grants() -> impl Strategy<Value = Grants> {
    let grant = (any_selectors(), option::of(any_text()))
        .prop_map(|(topics, payload)| SubscribeGrant { topics, payload });
    let dialect = prop_oneof![Just(Dialect::V0), Just(Dialect::V1)];
    let subscribe = prop::collection::vec(grant, 0..4);
    let expires = option::of(prop_oneof![Just(0), Just(u64::MAX), any::<u64>()]);
    (dialect, any_selectors(), any::<bool>(), subscribe, expires).prop_map(
        |(dialect, publish, has_publish_claim, subscribe, expires)| {
            let expires = expires.map(Timestamp::from_millis);
            Grants { dialect, publish, has_publish_claim, subscribe, expires }
        },
    )
}

fn any_granted() -> impl Strategy<Value = Granted> {
    let carrier = prop_oneof![Just(Carrier::Header), Just(Carrier::Cookie), Just(Carrier::Query)];
    let key_space = option::of(any_text().prop_map(KeySpace::stored));
    let selectable = prop_oneof![Just(Selectable::Anything), Just(Selectable::Granted)];
    let subscriber = option::of(any_text()).prop_map(|text| text?.parse().ok());
    let bearer = (any_grants(), selectable, subscriber, carrier, key_space).prop_map(
        |(grants, selectable, subscriber, carrier, key_space)| Bearer {
            grants,
            selectable,
            subscriber,
            carrier,
            key_space,
        },
    );
    let holder = prop_oneof![1 => Just(Holder::Anonymous), 9 => bearer.prop_map(Holder::Bearer)];
    (0..3, holder).prop_map(|(role, holder)| match role {
        0 => Granted::Operator,
        1 => Granted::Publish(holder),
        _ => Granted::Subscribe(holder),
    })
}

/// A value with every kind of part.
fn full() -> Granted {
    let topics = vec![
        Selector::All,
        Selector::TopicSelector("a/{b}".to_owned()),
        Selector::Exact("\0\r\n\"é".to_owned()),
        Selector::UrlPattern("/:x".to_owned()),
    ];
    let payload = Some(r#"{"a":1}"#.to_owned());
    let none = SubscribeGrant { topics: vec![], payload: None };
    Granted::Publish(Holder::Bearer(Bearer {
        grants: Grants {
            dialect: Dialect::V1,
            publish: topics.clone(),
            has_publish_claim: true,
            subscribe: vec![SubscribeGrant { topics, payload }, none],
            expires: Some(Timestamp::from_millis(1_800_000_000_000)),
        },
        selectable: Selectable::Granted,
        subscriber: "a:1".parse().ok(),
        carrier: Carrier::Cookie,
        key_space: Some(KeySpace::stored("space".to_owned())),
    }))
}

const FULL: &str = "2pbc1+g3:a:11800000000000:5:space4:*t5:a/{b}e6:\0\r\n\"éu3:/:x\
                    2:7:{\"a\":1}4:*t5:a/{b}e6:\0\r\n\"éu3:/:x-0:";

#[track_caller]
fn refused(text: &str, at: usize) {
    assert_eq!(text.parse::<Granted>().unwrap_err().at, at, "{text:?}");
}

/// A text is that of its value, or of none.
#[track_caller]
fn is_refused_or_its_own(text: &str) {
    if let Ok(granted) = text.parse::<Granted>() {
        assert_eq!(granted.to_string(), text);
    }
}

#[test]
fn the_text_is_the_one_of_the_grammar() {
    assert_eq!(full().to_string(), FULL);
    assert_eq!(FULL.parse(), Ok(full()));
    for (granted, text) in [
        (Granted::Operator, "2o"),
        (Granted::Publish(Holder::Anonymous), "2pa"),
        (Granted::Subscribe(Holder::Anonymous), "2sa"),
    ] {
        assert_eq!(granted.to_string(), text);
        assert_eq!(text.parse(), Ok(granted));
    }
}

#[test]
fn a_text_that_ends_early_or_goes_on_is_refused() {
    for end in (0..FULL.len()).filter(|end| FULL.is_char_boundary(*end)) {
        assert!(FULL[..end].parse::<Granted>().is_err(), "{end}");
    }
    for behind in ["0", " ", "\0", "\n", FULL] {
        for text in [FULL, "2o", "2pa", "2sa"] {
            refused(&format!("{text}{behind}"), text.len());
        }
    }
}

#[test]
fn a_text_with_one_byte_changed_is_refused_or_that_of_another_value() {
    for at in 0..FULL.len() {
        for byte in 0..=u8::MAX {
            let mut bytes = FULL.as_bytes().to_vec();
            bytes[at] = byte;
            let Ok(text) = String::from_utf8(bytes) else { continue };
            is_refused_or_its_own(&text);
            assert!(text == FULL || text.parse() != Ok(full()), "{text:?}");
        }
    }
}

#[test]
fn a_number_has_one_form() {
    let with = |count: &str| format!("2sbh0-a-{count}-0:0:");
    assert!(with("0:").parse::<Granted>().is_ok());
    assert!(with("18446744073709551615:").parse::<Granted>().is_ok());
    for (count, at) in [
        ("00:", 9),
        ("01:", 9),
        ("18446744073709551616:", 27),
        ("99999999999999999999999:", 27),
        ("+1:", 8),
        (" 1:", 8),
        ("1 :", 9),
        ("٣:", 8),
        (":", 8),
        ("1", 9),
    ] {
        refused(&with(count), at);
    }
}

#[test]
fn a_count_beyond_the_text_is_refused_at_the_end_of_the_text() {
    for count in ["2", "4294967297", "18446744073709551615"] {
        let text = format!("2sbh0-a---{count}:*");
        refused(&text, text.len());
        let text = format!("2sbh0-a---0:{count}:-0:");
        refused(&text, text.len());
        refused(&format!("2sbh0-a--{count}:x"), 10 + count.len());
    }
}

#[test]
fn a_length_that_ends_within_a_character_is_refused() {
    refused("2sbh0-a--1:é0:0:", 11);
    assert!("2sbh0-a--2:é0:0:".parse::<Granted>().is_ok());
}

#[test]
fn another_version_role_or_kind_is_refused_where_it_stands() {
    for (text, at) in [
        ("", 0),
        ("1o", 0),
        ("é", 0),
        ("2x", 1),
        ("2p", 2),
        ("2px", 2),
        ("2sbx", 3),
        ("2sbh2", 4),
        ("2sbh0 ", 5),
        ("2sbh0-x", 6),
        ("2sbh0-a---1:x", 12),
        ("2sbh0-a---1:T1:a0:", 12),
        ("2sbh0-a0:", 7),
        ("2sbh0-a257:", 11),
    ] {
        refused(text, at);
    }
}

#[test]
fn an_error_shows_nothing_of_the_text() {
    let told = "2pbh0+a---1:tsecret".parse::<Granted>().unwrap_err().to_string();
    let expected = "the text of what is granted is wrong at byte 13, where a number has to be";
    assert_eq!(told, expected);
}

proptest! {
    #[test]
    fn a_value_comes_back_from_its_text(granted in any_granted()) {
        prop_assert_eq!(granted.to_string().parse(), Ok(granted));
    }

    #[test]
    fn two_values_have_two_texts(one in any_granted(), other in any_granted()) {
        prop_assert_eq!(one == other, one.to_string() == other.to_string());
    }

    #[test]
    fn a_text_that_is_cut_off_or_changed_is_refused_or_that_of_its_value(
        granted in any_granted(),
        at in any::<prop::sample::Index>(),
        byte in 0_u8..0x80,
    ) {
        let text = granted.to_string();
        let at = at.index(text.len());
        if text.is_char_boundary(at) {
            prop_assert!(text[..at].parse::<Granted>().is_err());
        }
        let mut changed = text.into_bytes();
        changed[at] = byte;
        if let Ok(changed) = String::from_utf8(changed) {
            is_refused_or_its_own(&changed);
        }
    }

    #[test]
    fn arbitrary_text_does_not_panic(text in "2[ops][ab][hcq][01][+-][ag][-1](-|[0-9:]{1,4})(.|[0-9:*teu-]){0,16}|.{0,24}") {
        is_refused_or_its_own(&text);
    }
}
