use super::*;
use crate::{
    base::{
        dialect::Dialect,
        limits::{MAX_CLAIM_SELECTORS, MAX_DETAIL_TOPICS, MAX_SUBSCRIBER_BYTES},
    },
    tokens::{
        access_token::{self, Expected},
        authorization_details::TYPE,
        grants::{Selector, SubscribeGrant},
        payload::Payload,
    },
};

#[test]
fn claims_of_an_application_are_read_in_both_forms() -> Result<(), InvalidClaims> {
    let now = Timestamp::from_millis(1_800_000_000_000);
    let read = |json| parse(json, now);
    let short = read(r#"{"subscribe":["orders/{id}"],"subscriber":"ada"}"#)?;
    assert_eq!(
        short.grants.subscribe[0].topics,
        [Selector::TopicSelector("orders/{id}".to_owned())]
    );
    let payload = read(r#"{"mercure":{"subscribe":["orders/{id}"]},"sub":"ada"}"#)?;
    assert_eq!((&payload.grants, &payload.publisher), (&short.grants, &short.publisher));
    assert_eq!(
        (&payload.subscriber, &short.subscriber),
        (&"ada".parse().ok(), &"ada".parse().ok())
    );
    // The claims of a token keep Mercure's meaning.
    assert_eq!([short.selectable, payload.selectable], [Selectable::Granted, Selectable::Anything]);
    assert!(read(r#"{"subscibe":["orders/{id}"]}"#).is_err());
    Ok(())
}

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

fn read(json: &str) -> Result<ApplicationClaims, InvalidClaims> {
    parse(json, NOW)
}

#[track_caller]
fn grants(json: &str) -> Grants {
    read(json).unwrap().grants
}

#[track_caller]
fn publisher(json: &str) -> Option<Publisher> {
    read(json).unwrap().publisher
}

#[track_caller]
fn expires(json: &str) -> Option<u64> {
    grants(json).expires.map(Timestamp::as_millis)
}

/// Holds what the developer is told against a text.
#[track_caller]
fn told(json: &str, expected: &str) {
    assert_eq!(read(json).unwrap_err().to_string(), expected, "{json}");
}

#[track_caller]
fn refused(json: &str, part: &str) {
    let told = read(json).unwrap_err().to_string();
    assert!(told.contains(part), "{json}: {told}");
}

fn selector(text: &str) -> Selector {
    Selector::TopicSelector(text.to_owned())
}

fn exact(text: &str) -> Selector {
    Selector::Exact(text.to_owned())
}

fn detail(members: &str) -> String {
    format!(r#"{{"authorization_details":[{{"type":"{TYPE}",{members}}}]}}"#)
}

const ONE: &str = r#""actions":["subscribe"],"topics":[{"match":"a"}]"#;

#[test]
fn the_short_form_with_texts_grants_as_a_token_of_0_x() {
    let short = r#"{"subscribe":["a/{b}","*"],"publish":["c"],"payload":{"d":1},"subscriber":"e",
        "expires":1800000001}"#;
    assert_eq!(
        grants(short),
        Grants {
            dialect: Dialect::V0,
            publish: vec![selector("c")],
            has_publish_claim: false,
            subscribe: vec![SubscribeGrant {
                topics: vec![selector("a/{b}"), Selector::All],
                payload: Some(r#"{"d":1}"#.to_owned()),
            }],
            expires: Some(Timestamp::from_millis(1_800_000_001_000)),
        }
    );
}

#[test]
fn the_short_form_with_objects_grants_as_a_token_of_1_0() {
    let short = r#"{"subscribe":[{"match":"a"},{"match":"/b/:c","match_type":"urlpattern"},
        {"match":"*"}],"publish":[{"match":"d","match_type":"exact"}],"payload":{"e":1},
        "expires":1800000001}"#;
    assert_eq!(
        grants(short),
        Grants {
            dialect: Dialect::V1,
            publish: vec![exact("d")],
            has_publish_claim: false,
            subscribe: vec![SubscribeGrant {
                topics: vec![exact("a"), Selector::UrlPattern("/b/:c".to_owned()), Selector::All],
                payload: Some(r#"{"e":1}"#.to_owned()),
            }],
            expires: Some(Timestamp::from_millis(1_800_000_001_000)),
        }
    );
    let publish = grants(r#"{"publish":[{"match":"a"}],"subscribe":[],"payload":{"e":1}}"#);
    assert_eq!(publish.publish, [exact("a")]);
    assert!(publish.subscribe.iter().all(|grant| grant.topics.is_empty()));
}

#[test]
fn a_payload_of_0_x_grants_as_in_a_token() {
    for payload in [
        r#"{"mercure":{"publish":["a"],"subscribe":["b","*"],"payload":7},"exp":1800000001,"jti":"1"}"#,
        r#"{"https://mercure.rocks/":{"publish":[]},"iss":"a","aud":["b"],"iat":1800000000,"nbf":1}"#,
        r#"{"mercure":{"publish":null}}"#,
        r#"{"mercure":null,"sub":"a"}"#,
        r#"{"exp":1800000001}"#,
    ] {
        assert_eq!(Ok(grants(payload)), claims::parse(&Payload::new(payload), NOW), "{payload}");
    }
    assert!(grants(r#"{"mercure":{"publish":[]}}"#).has_publish_claim);
}

#[test]
fn a_payload_of_1_0_grants_as_in_a_token_without_its_issuer_and_audience() {
    let own = detail(
        r#""actions":["publish","subscribe"],"topics":[{"match":"a"}],"payload":{"b":1}},
        {"type":"https://mercure.rocks/authorization-detail","actions":["publish"],
         "topics":[{"match":"/c/:d","match_type":"urlpattern"}]"#,
    );
    let token = own.replacen('{', r#"{"iss":"i","aud":"r","exp":1800000001,"#, 1);
    let of_token =
        access_token::parse(&Payload::new(&token), Expected { issuer: "i", resource: "r" }, NOW)
            .unwrap();
    assert_eq!(grants(&token), of_token);
    assert_eq!(grants(&own), Grants { expires: None, ..of_token });
}

#[test]
fn a_list_to_publish_that_is_empty_is_no_claim_in_the_short_form() {
    for short in ["{}", r#"{"publish":[]}"#, r#"{"publish":["a"]}"#, r#"{"publish":null}"#] {
        assert!(!grants(short).has_publish_claim, "{short}");
    }
}

#[test]
fn nothing_is_granted_where_nothing_is_told() {
    for json in
        ["{}", r#"{"subscribe":[],"publish":null}"#, r#"{"subscriber":null,"payload":null}"#]
    {
        let grants = grants(json);
        let topics: usize = grants.subscribe.iter().map(|grant| grant.topics.len()).sum();
        assert_eq!((grants.publish.len(), topics, grants.expires), (0, 0, None), "{json}");
        assert_eq!(publisher(json), None, "{json}");
    }
}

#[test]
fn the_publisher_is_the_subject_in_either_form_and_no_tokens() {
    let ada = publisher(r#"{"subscriber":"ada"}"#);
    assert_eq!(ada, Some(Publisher::of_application(None, "ada")));
    assert_eq!(publisher(r#"{"sub":"ada"}"#), ada);
    assert_eq!(publisher(r#"{"sub":"ada","mercure":{"publish":["*"]},"jti":"1"}"#), ada);
    assert_eq!(publisher(&detail(ONE).replacen('{', r#"{"sub":"ada","#, 1)), ada);
    // Two issuers may have an ada each.
    assert_ne!(publisher(r#"{"sub":"ada","iss":"a"}"#), publisher(r#"{"sub":"ada","iss":"b"}"#));
}

#[test]
fn a_subject_is_a_text_that_is_not_empty() {
    told(r#"{"subscriber":42}"#, "subscriber is 42, and has to be a text that is not empty");
    told(r#"{"sub":""}"#, "sub is \"\", and has to be a text that is not empty");
    // What is in an object may be nobody's business.
    let shown = "subscriber is an object, and has to be a text that is not empty";
    told(r#"{"subscriber":{"password":"secret"}}"#, shown);
}

#[test]
fn an_unknown_member_is_told_with_those_that_are_known() {
    told(
        r#"{"subscibe":["a"]}"#,
        "\"subscibe\" is not known in the claims; known are subscribe, publish, subscriber, payload, \
         expires",
    );
    told(
        r#"{"mercure":{"subscribe":["a"],"publsh":["b"]}}"#,
        "\"mercure.publsh\" is not known in the claims; known are publish, subscribe, payload",
    );
    for (json, part) in [
        (r#"{"subscribe":["a"],"expire":1800000001}"#.to_owned(), "\"expire\" is not known"),
        (r#"{"mercure":{},"expp":1800000001}"#.to_owned(), "\"expp\" is not known"),
        (
            r#"{"subscribe":[{"match":"a","matchType":"exact"}]}"#.to_owned(),
            "\"subscribe[0].matchType\"",
        ),
        (detail(r#""actions":["publish"],"topics":[{"match":"a"}],"paylod":{}"#), "[0].paylod\""),
        (
            detail(r#""actions":["publish"],"topics":[{"match":"a"},{"match":"b","kind":1}]"#),
            "\"authorization_details[0].topics[1].kind\" is not known in the claims; known are match, \
             match_type",
        ),
    ] {
        refused(&json, part);
    }
    // A name is shown so that it stays in its line.
    refused(r#"{"a\nb":1}"#, r#""a\nb" is not known"#);
}

#[test]
fn forms_are_not_mixed() {
    told(
        r#"{"subscribe":["a"],"exp":1800000001}"#,
        "\"exp\" is not known in the claims; known are subscribe, publish, subscriber, payload, expires",
    );
    for (json, unknown) in [
        (r#"{"subscribe":["a"],"mercure":{"publish":["b"]}}"#, "\"mercure\""),
        (r#"{"sub":"a","publish":["b"]}"#, "\"sub\""),
        (r#"{"authorization_details":[],"expires":1800000001}"#, "\"authorization_details\""),
    ] {
        refused(json, &format!("{unknown} is not known in the claims"));
    }
    for claim in ["mercure", "https://mercure.rocks/"] {
        told(
            &format!(r#"{{"{claim}":{{}},"authorization_details":[]}}"#),
            "authorization_details is a list, and has to be left out where the claim of 0.x is",
        );
    }
    told(
        r#"{"subscribe":[{"match":"a"}],"publish":["b"]}"#,
        "publish[0] is \"b\", and has to be an object with the member match; or all selectors are \
         texts",
    );
    told(
        r#"{"subscribe":["*",{"match":"a"}]}"#,
        "subscribe[1] is an object, and has to be a text; or all selectors are objects, as in 1.0",
    );
}

#[test]
fn a_selector_of_another_form_is_told_with_its_place() {
    for (json, expected) in [
        (r#"{"subscribe":"a"}"#.to_owned(), "subscribe is \"a\", and has to be a list"),
        (
            r#"{"subscribe":["a",null]}"#.to_owned(),
            "subscribe[1] is null, and has to be a text; or all selectors are objects, as in 1.0",
        ),
        (
            r#"{"publish":[{"match":7}]}"#.to_owned(),
            "publish[0].match is 7, and has to be a text: a topic, a pattern, or \"*\"",
        ),
        (
            r#"{"publish":[{"match":""}]}"#.to_owned(),
            "publish[0].match is \"\", and has to be a text: a topic, a pattern, or \"*\"",
        ),
        (
            detail(r#""topics":[{"match":"a"}]"#),
            "authorization_details[0].actions is missing, and has to be a list",
        ),
        (
            r#"{"publish":[{"match_type":"exact"}]}"#.to_owned(),
            "publish[0].match is missing, and has to be a text: a topic, a pattern, or \"*\"",
        ),
        (
            r#"{"publish":[{"match":"a","match_type":"URLPattern"}]}"#.to_owned(),
            "publish[0].match_type is \"URLPattern\", and has to be \"exact\" or \"urlpattern\"",
        ),
        (
            r#"{"mercure":{"subscribe":["a",{"match":"b"}]}}"#.to_owned(),
            "mercure.subscribe[1] is an object, and has to be a text: a topic, a URI template, or \"*\"",
        ),
        (
            r#"{"mercure":{"publish":"*"}}"#.to_owned(),
            "mercure.publish is \"*\", and has to be a list",
        ),
        (r#"{"mercure":["a"]}"#.to_owned(), "mercure is a list, and has to be an object"),
        (
            r#"{"authorization_details":{}}"#.to_owned(),
            "authorization_details is an object, and has to be a list",
        ),
        (
            detail(r#""actions":["subscibe"],"topics":[{"match":"a"}]"#),
            "authorization_details[0].actions[0] is \"subscibe\", and has to be \"publish\" or \
             \"subscribe\"",
        ),
        (
            detail(r#""actions":["publish"],"topics":["a"]"#),
            "authorization_details[0].topics[0] is \"a\", and has to be an object with the member \
             match",
        ),
        (
            r#"{"authorization_details":[{"type":"https://mercure.rocks/"}]}"#.to_owned(),
            "authorization_details[0].type is \"https://mercure.rocks/\", and has to be \
             \"https://mercure.rocks/authorization-detail\"",
        ),
        (
            r#"{"authorization_details":[7]}"#.to_owned(),
            "authorization_details[0] is 7, and has to be an object",
        ),
    ] {
        told(&json, expected);
    }
}

#[test]
fn a_value_is_shown_as_far_as_one_looks_at() {
    let told =
        read(&format!(r#"{{"subscribe":"{}"}}"#, "a".repeat(1_000))).unwrap_err().to_string();
    assert!(told.len() < 200, "{told}");
}

#[test]
fn an_end_is_seconds() {
    assert_eq!(expires(r#"{"expires":1800000001}"#), Some(1_800_000_001_000));
    assert_eq!(expires(r#"{"expires":1800000000.5}"#), Some(1_800_000_000_500));
    assert_eq!(expires(r#"{"exp":1800000001.5}"#), Some(1_800_000_001_500));
}

#[test]
fn an_end_that_is_none_or_has_passed_is_refused_and_is_not_claims_without_an_end() {
    for (value, shown) in [
        // What JSON.stringify makes of NaN, and of a Date that is none.
        ("null", "null"),
        // Date.now() + 3600_000
        ("1800003600000", "1800003600000"),
        ("1e300", "1e+300"),
        ("3600", "3600"),
        ("1800000000", "1800000000"),
        ("-1", "-1"),
        ("\"2027-01-15T08:00:00.000Z\"", "\"2027-01-15T08:00:00.000Z\""),
        ("\"1800000001\"", "\"1800000001\""),
        ("\"tomorrow\"", "\"tomorrow\""),
        ("true", "true"),
        ("{}", "an object"),
    ] {
        told(
            &format!(r#"{{"expires":{value}}}"#),
            &format!(
                "expires is {shown}, and has to be a moment to come, in seconds since 1970 (not \
                 milliseconds) or as a Date; without an end it is left out"
            ),
        );
        refused(&format!(r#"{{"mercure":{{}},"exp":{value}}}"#), "exp is ");
    }
    refused(r#"{"mercure":{},"exp":"2027-01-15T08:00:01.000Z"}"#, "exp is ");
}

#[test]
fn the_other_dates_of_a_payload_hold_as_in_a_token() {
    assert_eq!(read(r#"{"nbf":1800000006}"#), Err(InvalidToken::NotYetValid.into()));
    assert_eq!(read(r#"{"iat":1800000006}"#), Err(InvalidToken::NotYetIssued.into()));
    assert!(matches!(read(r#"{"nbf":"a"}"#), Err(InvalidClaims::Refused(InvalidToken::Claims(_)))));
    assert!(read(r#"{"nbf":1800000005,"iat":1800000005}"#).is_ok());
}

#[test]
fn the_bounds_are_those_of_tokens() {
    let list = |item: &str, count: usize| vec![item; count].join(",");
    let texts = |count| format!(r#"{{"publish":[{}]}}"#, list("\"a\"", count));
    assert!(read(&texts(MAX_CLAIM_SELECTORS)).is_ok());
    assert!(matches!(
        read(&texts(MAX_CLAIM_SELECTORS + 1)),
        Err(InvalidClaims::Refused(InvalidToken::TooMany { count: 1_001, .. }))
    ));
    let objects = |publish, subscribe| {
        let item = r#"{"match":"a"}"#;
        let (publish, subscribe) = (list(item, publish), list(item, subscribe));
        format!(r#"{{"publish":[{publish}],"subscribe":[{subscribe}]}}"#)
    };
    assert!(read(&objects(1, MAX_DETAIL_TOPICS - 1)).is_ok());
    assert!(matches!(
        read(&objects(1, MAX_DETAIL_TOPICS)),
        Err(InvalidClaims::Refused(InvalidToken::TooMany { count: 101, .. }))
    ));
    let long = |bytes: usize| format!(r#"{{"payload":"{}"}}"#, "a".repeat(bytes - 14));
    assert!(read(&long(MAX_TOKEN_BYTES)).is_ok());
    refused(&long(MAX_TOKEN_BYTES + 1), "65537 bytes of JSON, the limit is 65536");
}

#[test]
fn rules_of_tokens_hold_for_claims() {
    for (json, part) in [
        (r#"{"subscribe":[{"match":"a"}],"payload":7}"#.to_owned(), "\"payload\" is not an object"),
        (r#"{"subscribe":[{"match":"a\u202e"}]}"#.to_owned(), "format character"),
        (detail(r#""actions":[],"topics":[{"match":"a"}]"#), "\"actions\""),
        (detail(r#""actions":["publish"],"topics":[]"#), "\"topics\""),
    ] {
        refused(&json, "they are refused as the claims of a token would be: ");
        refused(&json, part);
    }
}

#[test]
fn what_is_no_object_is_refused() {
    let expected = "the claims are not one JSON object with each member once, such as \
                    { subscribe: [\"orders/{id}\"], publish: [] }";
    for json in
        ["", "null", "true", "[]", "\"*\"", "{", "{} {}", r#"{"publish":[],"publish":["*"]}"#]
    {
        told(json, expected);
    }
}

#[test]
fn the_name_of_a_subscriber_has_a_limit_in_either_form() {
    let (most, long) = ("x".repeat(MAX_SUBSCRIBER_BYTES), "x".repeat(MAX_SUBSCRIBER_BYTES + 1));
    for member in ["subscriber", "sub"] {
        let named = |name: &str| format!(r#"{{"{member}":"{name}"}}"#);
        let name = read(&named(&most)).unwrap().subscriber;
        assert_eq!(name.as_ref().map(SubscriberName::as_str), Some(most.as_str()));
        let why = format!(
            "{member} is refused: the name of the subscriber has 257 bytes, the limit is 256"
        );
        told(&named(&long), &why);
    }
    assert_eq!(read(r#"{"subscriber":null}"#).unwrap().subscriber, None);
    assert_eq!(read("{}").unwrap().subscriber, None);
}
