//! Requests that an application judges.

use super::*;
use crate::{
    hub::not_granted::NotGranted,
    tokens::{application_claims::InvalidClaims, grants::Selectable},
};

#[test]
fn an_application_decides_in_the_place_of_tokens() {
    let config = config(&[("ANONYMOUS_SUBSCRIBE", "true")]);
    let door = Door { config: &config, urls, judge: Judge::Application, now: NOW };
    let step = |asked: &Request, application| {
        let answers = Answers { application, ..Answers::default() };
        door.step(asked, &answers, &mut KeySets::default())
    };
    // A token is nothing here, be it wrong.
    let reader = request("GET", "?topic=a").bearing("a.b.c");
    assert_eq!(step(&reader, None), Ok(Step::Application));
    assert_eq!(granted(step(&reader, Some(Told::Nobody))), Granted::Subscribe(Holder::Anonymous));
    assert_eq!(reason(step(&request("POST", ""), Some(Told::Nobody))), Unauthorized::Unrecognised);
    assert_eq!(step(&reader, Some(Told::Failed)), Err(Error::Internal), "not even what all may do");
    let claims = |json: &str| Some(Told::Claims(json.to_owned()));
    let Granted::Publish(Holder::Bearer(bearer)) =
        granted(step(&request("POST", ""), claims(r#"{"publish":["*"]}"#)))
    else {
        panic!()
    };
    assert_eq!(bearer.grants.publish, [Selector::All]);
    let misspelt = step(&reader, claims(r#"{"subscibe":["a"]}"#));
    assert!(matches!(misspelt, Err(Error::Claims(InvalidClaims::Unknown { .. }))), "{misspelt:?}");
    let pattern = claims(r#"{"subscribe":[{"match":"/:a","match_type":"urlpattern"}]}"#);
    let uncompiled = step(&reader, pattern);
    assert!(matches!(uncompiled, Err(Error::Claims(InvalidClaims::Refused(_)))), "{uncompiled:?}");
    assert_eq!(
        step(&request("DELETE", ""), None),
        Err(MethodRefused::NotAllowed(config.methods.allow()).into())
    );
}

#[test]
fn an_application_need_not_name_a_publisher_who_sends_an_idempotency_key() {
    let config = config(&[]);
    let door = Door { config: &config, urls, judge: Judge::Application, now: NOW };
    let asked = request("POST", "").with("Idempotency-Key", "\"k\"");
    let step = |claims: &str, digest| {
        let application = Some(Told::Claims(claims.to_owned()));
        let answers = Answers { digest, application, ..Answers::default() };
        door.step(&asked, &answers, &mut KeySets::default())
    };
    let space = |step| match granted(step) {
        Granted::Publish(Holder::Bearer(bearer)) => bearer.key_space,
        other => panic!("{other:?}"),
    };
    let nameless = r#"{"publish":["*"]}"#;
    assert_eq!(space(step(nameless, None)), Some(KeySpace::anonymous()));
    let named = r#"{"publish":["*"],"subscriber":"ada"}"#;
    assert!(matches!(step(named, None), Ok(Step::Digest(_))));
    assert_eq!(space(step(named, Some(vec![7; 32]))), Some(KeySpace::of_digest(&[7; 32])));
}

#[test]
fn a_publisher_who_may_publish_nothing_is_refused_before_the_hub_is_touched() {
    let step = |config: &Config, claims: &str| {
        let door = Door { config, urls, judge: Judge::Application, now: NOW };
        let application = Some(Told::Claims(claims.to_owned()));
        let answers = Answers { application, ..Answers::default() };
        let reads = door.step(&request("GET", "?topic=a"), &answers, &mut KeySets::default());
        assert!(matches!(granted(reads), Granted::Subscribe(_)));
        door.step(&request("POST", ""), &answers, &mut KeySets::default())
    };
    let empty = r#"{"mercure":{"subscribe":["*"],"publish":[]}}"#;
    assert_eq!(reason(step(&config(&[]), empty)), Unauthorized::no_publish_grant());
    let version_7 = config(&[("PROTOCOL_VERSION_COMPATIBILITY", "7")]);
    assert!(matches!(granted(step(&version_7, empty)), Granted::Publish(_)), "by its claim");
    let without = r#"{"mercure":{"subscribe":["*"]}}"#;
    assert_eq!(reason(step(&version_7, without)), Unauthorized::no_publish_grant());
}

#[test]
fn a_selector_that_an_application_does_not_grant_is_refused_before_the_hub_is_touched() {
    let config = config(&[("SUBSCRIPTIONS", "true")]);
    let door = Door { config: &config, urls, judge: Judge::Application, now: NOW };
    let step = |claims: &str, asked: Request| {
        let application = Some(Told::Claims(claims.to_owned()));
        let answers = Answers { application, ..Answers::default() };
        door.step(&asked, &answers, &mut KeySets::default())
    };
    let short = r#"{"subscribe":["a","b/{c}"]}"#;
    for method in ["GET", "HEAD"] {
        let step = |query| step(short, request(method, query));
        assert!(matches!(granted(step("?topic=a&topic=b/1&topic=b/{c}")), Granted::Subscribe(_)));
        for (query, parameter, selector) in
            [("?topic=a&topic=c", "topic", "c"), ("?match=a&match=c", "match", "c")]
        {
            let selector = selector.to_owned();
            assert_eq!(step(query), Err(NotGranted { parameter, selector }.into()), "{query}");
        }
        assert!(matches!(step(""), Err(Error::Subscribe(_))), "it asks for nothing");
    }
    let refused = step("{}", request("GET", "?topic=a"));
    assert!(matches!(refused, Err(Error::NotGranted(_))), "{refused:?}");
    let publication = step(r#"{"publish":["a"]}"#, request("POST", "?topic=c"));
    assert!(matches!(granted(publication), Granted::Publish(_)));
}

#[test]
fn the_hub_is_told_what_may_be_asked_for_and_by_whom_and_the_claims_of_a_token_allow_everything() {
    let config = config(&[("SUBSCRIPTIONS", "true")]);
    let door = Door { config: &config, urls, judge: Judge::Application, now: NOW };
    let selectable = |claims: &str, asked: Request| {
        let application = Some(Told::Claims(claims.to_owned()));
        let answers = Answers { application, ..Answers::default() };
        match granted(door.step(&asked, &answers, &mut KeySets::default())) {
            Granted::Subscribe(Holder::Bearer(bearer)) => {
                let named = claims.contains("ada");
                assert_eq!(bearer.subscriber, named.then(|| "ada".parse().unwrap()));
                bearer.selectable
            }
            other => panic!("{other:?}"),
        }
    };
    let short = r#"{"subscribe":["a"],"subscriber":"ada"}"#;
    for asked in [request("QUERY", ""), request("GET", "/subscriptions")] {
        assert_eq!(selectable(short, asked), Selectable::Granted);
    }
    for payload in [r#"{"mercure":{"subscribe":["a"]}}"#, r#"{"authorization_details":[]}"#] {
        let asked = request("GET", "?topic=c");
        assert_eq!(selectable(payload, asked), Selectable::Anything, "{payload}");
    }
}
