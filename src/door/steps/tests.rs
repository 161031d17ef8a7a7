mod application;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use super::*;
use crate::{
    base::{limits::MAX_SUBSCRIBER_BYTES, timestamp::Timestamp},
    door::{
        addressed::Addressed,
        granted::{Granted, Holder},
    },
    http::hub_path::HubPath,
    settings::{config::Config, methods::MethodRefused, operator_key::KeyRefused},
    tokens::{
        bearer::Carrier,
        challenge::{NoKey, Unauthorized},
        grants::Selector,
        invalid_token::InvalidToken,
        key::Key,
        publish_origin::ForbiddenOrigin,
        publisher::KeySpace,
    },
    topics::url_parser::UrlParser,
};

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const HUB: &str = "https://hub.example/.well-known/mercure";
const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
/// `{"alg":"HS256"}` and `{"mercure":{"publish":["a"],"subscribe":["b"]},"exp":1800000060}`, signed by
/// nobody: whose the signature is, the tests say.
const TOKEN: &str = concat!(
    "eyJhbGciOiJIUzI1NiJ9.",
    "eyJtZXJjdXJlIjp7InB1Ymxpc2giOlsiYSJdLCJzdWJzY3JpYmUiOlsiYiJdfSwiZXhwIjoxODAwMDAwMDYwfQ.",
    "c2ln",
);

struct Request {
    method: &'static str,
    url: String,
    headers: Vec<(&'static str, String)>,
}

impl Head for Request {
    fn method(&self) -> String {
        self.method.to_owned()
    }

    fn url(&self) -> String {
        self.url.clone()
    }

    fn header(&self, name: &str) -> Option<String> {
        let found = self.headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.clone())
    }
}

fn request(method: &'static str, below: &str) -> Request {
    Request { method, url: format!("{HUB}{below}"), headers: Vec::new() }
}

impl Request {
    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    fn bearing(self, token: &str) -> Self {
        self.with("Authorization", &format!("Bearer {token}"))
    }
}

fn config(variables: &[(&str, &str)]) -> Config {
    let own = [("MERCURE_PUBLISHER_JWT_KEY", SECRET), ("MERCURE_SUBSCRIBER_JWT_KEY", SECRET)];
    let find = |name: &str| own.iter().chain(variables).rfind(|(known, _)| *known == name);
    Config::read(|name| find(name).map(|(_, value)| (*value).to_owned())).unwrap()
}

/// No parser of URLs: no pattern is valid.
fn urls(_: &Config, _: &Addressed) -> Box<dyn UrlParser> {
    Box::new(())
}

fn step_of(config: &Config, request: &Request, answers: &Answers) -> Result<Step, Error> {
    let door = Door { config, urls, judge: Judge::Keys, now: NOW };
    door.step(request, answers, &mut KeySets::default())
}

fn signed_by(key: &str) -> Answers {
    let signer = Some(Signer::Key(key.as_bytes().to_vec()));
    Answers { signer, ..Answers::default() }
}

fn reason(refused: Result<Step, Error>) -> Unauthorized {
    match refused {
        Err(Error::Unauthorized { reason, .. }) => reason,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn granted(step: Result<Step, Error>) -> Granted {
    match step {
        Ok(Step::Grant(granted)) => granted,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_token_is_granted_once_its_signature_is_that_of_a_key() {
    let (config, asked) = (config(&[]), request("POST", "").bearing(TOKEN));
    let Ok(Step::Verify(signed)) = step_of(&config, &asked, &Answers::default()) else { panic!() };
    assert_eq!(signed.input, TOKEN.rsplit_once('.').unwrap().0);
    assert_eq!(signed.signature, b"sig");
    assert_eq!(signed.keys.iter().map(Key::bytes).collect::<Vec<_>>(), [SECRET.as_bytes()]);
    let Granted::Publish(Holder::Bearer(bearer)) =
        granted(step_of(&config, &asked, &signed_by(SECRET)))
    else {
        panic!()
    };
    assert_eq!(bearer.grants.publish, [Selector::TopicSelector("a".to_owned())]);
    assert_eq!(bearer.grants.expires, Some(Timestamp::from_millis(1_800_000_060_000)));
    assert_eq!((bearer.carrier, bearer.key_space), (Carrier::Header, None));
    assert_eq!(bearer.subscriber, None);
}

#[test]
fn a_token_names_its_subscriber_by_sub_if_that_is_a_name_within_the_limit() {
    let subscriber = |sub: &str| {
        let payload = format!(r#"{{"mercure":{{"subscribe":["a"]}},"sub":{sub}}}"#);
        let payload = BASE64_URL_SAFE_NO_PAD.encode(payload);
        let asked =
            request("GET", "?topic=a").bearing(&format!("eyJhbGciOiJIUzI1NiJ9.{payload}.c2ln"));
        match granted(step_of(&config(&[]), &asked, &signed_by(SECRET))) {
            Granted::Subscribe(Holder::Bearer(bearer)) => bearer.subscriber,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(subscriber(r#""ada""#), "ada".parse().ok());
    for sub in [r#""""#, "7", "null", &format!(r#""{}""#, "a".repeat(MAX_SUBSCRIBER_BYTES + 1))] {
        assert_eq!(subscriber(sub), None, "{sub}");
    }
}

#[test]
fn a_signature_of_none_of_the_keys_is_refused_and_one_of_another_key_verified_again() {
    let (config, asked) = (config(&[]), request("POST", "").bearing(TOKEN));
    let of_none = Answers { signer: Some(Signer::Nobody), ..Answers::default() };
    assert_eq!(reason(step_of(&config, &asked, &of_none)), InvalidToken::Signature.into());
    for other in ["", "another key"] {
        let step = step_of(&config, &asked, &signed_by(other));
        assert!(matches!(step, Ok(Step::Verify(_))), "{other}: {step:?}");
    }
}

#[test]
fn without_a_token_only_an_open_half_lets_in() {
    let open = config(&[("ANONYMOUS_SUBSCRIBE", "true"), ("SUBSCRIPTIONS", "true")]);
    let none = Answers::default();
    let subscribed = step_of(&open, &request("GET", "?topic=a"), &none);
    assert_eq!(granted(subscribed), Granted::Subscribe(Holder::Anonymous));
    for closed in [request("POST", ""), request("GET", "/subscriptions")] {
        assert_eq!(reason(step_of(&open, &closed, &none)), Unauthorized::Missing);
    }
    // A wrong token is refused also where nobody needs one.
    let wrong = request("GET", "?topic=a").with("Authorization", "Basic x");
    assert!(matches!(reason(step_of(&open, &wrong, &none)), Unauthorized::Presentation(_)));
}

#[test]
fn a_hub_without_a_key_says_so_and_one_with_an_issuers_key_does_not() {
    let none = Answers::default();
    let keyless =
        Config::read(|name| (name == "SUBSCRIPTIONS").then(|| "true".to_owned())).unwrap();
    for (asked, no_key) in [
        (request("POST", ""), NoKey::Publish),
        (request("GET", "?topic=a"), NoKey::Subscribe),
        (request("GET", "/subscriptions"), NoKey::ReadSubscriptions),
    ] {
        assert_eq!(reason(step_of(&keyless, &asked, &none)), no_key.into());
    }
    let issuers = format!(
        r#"[{{"issuer":"https://a.example","publisher":{{"key":"{SECRET}","algorithms":["HS256"]}}}}]"#
    );
    let variables = [("ISSUERS", issuers.as_str()), ("RESOURCE_IDENTIFIER", HUB)];
    let find = |name: &str| variables.iter().find(|(known, _)| *known == name);
    let issued = Config::read(|name| find(name).map(|(_, value)| (*value).to_owned())).unwrap();
    let refused = |asked: &Request| reason(step_of(&issued, asked, &none));
    assert_eq!(refused(&request("POST", "")), Unauthorized::Missing);
    assert_eq!(refused(&request("GET", "?topic=a")), NoKey::Subscribe.into());
    assert_eq!(
        refused(&request("GET", "?topic=a").bearing(TOKEN)),
        InvalidToken::NoVerifier.into()
    );
}

#[test]
fn an_expired_token_is_refused_behind_its_signature_and_not_before() {
    let (config, asked) = (config(&[]), request("GET", "?topic=a").bearing(TOKEN));
    let late = Timestamp::from_millis(1_900_000_000_000);
    let door = Door { config: &config, urls, judge: Judge::Keys, now: late };
    let mut keys = KeySets::default();
    let first = door.step(&asked, &Answers::default(), &mut keys);
    assert!(matches!(first, Ok(Step::Verify(_))), "{first:?}");
    let refused = door.step(&asked, &signed_by(SECRET), &mut keys);
    assert_eq!(reason(refused), InvalidToken::Expired.into());
}

#[test]
fn a_cookie_publishes_from_a_listed_origin_alone_whatever_is_in_it() {
    let config = config(&[("PUBLISH_ORIGINS", "https://app.example")]);
    for token in [TOKEN, "no token"] {
        let cookie = format!("mercureAuthorization={token}");
        let asked = request("POST", "").with("Cookie", &cookie);
        let refused = reason(step_of(&config, &asked, &Answers::default()));
        assert_eq!(refused, ForbiddenOrigin::Missing.into(), "{token}");
    }
    let cookie = format!("mercureAuthorization={TOKEN}");
    let asked = request("POST", "").with("Cookie", &cookie).with("Origin", "https://app.example");
    assert!(matches!(step_of(&config, &asked, &Answers::default()), Ok(Step::Verify(_))));
}

#[test]
fn a_token_in_the_url_is_granted_as_one() {
    let asked = request("GET", &format!("?topic=a&authorization={TOKEN}"));
    let step = step_of(&config(&[]), &asked, &signed_by(SECRET));
    let Granted::Subscribe(Holder::Bearer(bearer)) = granted(step) else { panic!() };
    assert_eq!(bearer.carrier, Carrier::Query);
}

#[test]
fn an_idempotency_key_is_kept_for_its_publisher_by_a_digest_of_who_that_is() {
    let config = config(&[]);
    let asked = request("POST", "").bearing(TOKEN).with("Idempotency-Key", "\"k\"");
    let Ok(Step::Digest(publisher)) = step_of(&config, &asked, &signed_by(SECRET)) else {
        panic!()
    };
    assert!(!publisher.as_bytes().is_empty());
    let answers = Answers { digest: Some(vec![7; 32]), ..signed_by(SECRET) };
    let Granted::Publish(Holder::Bearer(bearer)) = granted(step_of(&config, &asked, &answers))
    else {
        panic!()
    };
    assert_eq!(bearer.key_space, Some(KeySpace::of_digest(&[7; 32])));
    let reader = request("GET", "?topic=a").bearing(TOKEN).with("Idempotency-Key", "\"k\"");
    assert!(matches!(granted(step_of(&config, &reader, &answers)), Granted::Subscribe(_)));
}

#[test]
fn keys_that_are_fetched_are_asked_for_once() {
    let variables = [
        ("MERCURE_SUBSCRIBER_JWT_KEY", ""),
        ("MERCURE_SUBSCRIBER_JWKS_URL", "https://keys.example/jwks"),
    ];
    let config = config(&variables);
    let header = "eyJhbGciOiJFUzI1NiJ9";
    let token = format!("{header}.{}", TOKEN.split_once('.').unwrap().1);
    let asked = request("GET", "?topic=a").bearing(&token);
    let door = Door { config: &config, urls, judge: Judge::Keys, now: NOW };
    let (mut keys, none) = (KeySets::default(), Answers::default());
    let url = "https://keys.example/jwks".to_owned();
    assert_eq!(door.step(&asked, &none, &mut keys), Ok(Step::Fetch(url.clone())));
    assert_eq!(door.step(&asked, &none, &mut keys), Ok(Step::Wait));
    keys.finish(&url, NOW, None).unwrap();
    assert_eq!(reason(door.step(&asked, &none, &mut keys)), Unauthorized::KeysUnavailable);
}

#[test]
fn what_no_right_can_mend_is_refused_before_anybody_is_asked_for_one() {
    let closed = config(&[("PUBLIC_ORIGINS", "https://hub.example"), ("PUBLISHING", "false")]);
    let status = |asked: &Request| match step_of(&closed, asked, &Answers::default()) {
        Err(error) => error.problem().status(),
        other => panic!("{other:?}"),
    };
    let elsewhere = Request { url: HUB.replace("hub.", "other."), ..request("GET", "") };
    assert_eq!(status(&elsewhere), 421);
    assert_eq!(status(&request("POST", "")), 405);
    assert_eq!(status(&request("DELETE", "")), 405);
    assert_eq!(status(&request("GET", "/subscriptions")), 404);
    assert_eq!(status(&request("GET", "").with("Accept", "text/html")), 406);
    assert_eq!(status(&request("GET", "")), 401);
    // JSON is an answer to those alone who may have asked for a finite read.
    let json = |method, query| status(&request(method, query).with("Accept", "application/json"));
    assert_eq!(json("GET", "?topic=a"), 406);
    assert_eq!(json("GET", "?topic=a&live=false"), 401);
    assert_eq!(json("QUERY", ""), 401, "its form is not read yet");
}

#[test]
fn a_live_stream_alone_is_held_and_only_where_the_hub_may_hibernate() {
    let open = [("ANONYMOUS_SUBSCRIBE", "true"), ("ANONYMOUS_PUBLISH", "true")];
    let hibernating = config(&[open[0], open[1], ("DELIVERY", "hibernate")]);
    let is_held =
        |config: &Config, asked: &Request, answers: &Answers| match step_of(config, asked, answers)
        {
            Ok(Step::Hold(Granted::Subscribe(_))) => true,
            Ok(Step::Grant(_)) => false,
            other => panic!("{other:?}"),
        };
    let nothing = Answers::default();
    for (held, method, below) in [
        (true, "GET", "?topic=a"),
        (true, "QUERY", ""),
        (true, "GET", "?topic=a&live=true"),
        (true, "GET", "?topic=live=false"),
        (false, "GET", "?topic=a&live=false"),
        (false, "GET", "?topic=a&live=true&live=%66alse"),
        (false, "QUERY", "?live=false"),
        (false, "HEAD", "?topic=a"),
        (false, "POST", ""),
    ] {
        let asked = request(method, below);
        assert_eq!(is_held(&hibernating, &asked, &nothing), held, "{method} {below}");
        assert!(!is_held(&config(&open), &asked, &nothing), "{method} {below}");
    }
    let signed = signed_by(SECRET);
    assert!(is_held(&hibernating, &request("GET", "?topic=b").bearing(TOKEN), &signed));
    let api = config(&[("DELIVERY", "hibernate"), ("SUBSCRIPTIONS", "true")]);
    assert!(!is_held(&api, &request("GET", "/subscriptions").bearing(TOKEN), &signed));
}

#[test]
fn options_are_answered_without_the_hub() {
    let of = |below| step_of(&config(&[]), &request("OPTIONS", below), &Answers::default());
    assert_eq!(of(""), Ok(Step::Options("GET, HEAD, QUERY, POST, OPTIONS")));
    assert_eq!(of("/subscriptions"), Ok(Step::Options("GET, HEAD, OPTIONS")));
}

#[test]
fn an_operator_is_known_by_the_key_alone() {
    let config = config(&[("OPERATOR_KEY", "0123456789abcdef")]);
    let Ok(HubPath::Operator(_, drain)) = HubPath::parse("/hubs/a/drain") else { panic!() };
    let with = |method, key: &str| request(method, "").with("Authorization", key);
    let health =
        |config: &Config, head: &Request, is_barred| Caller { head, is_barred }.health(config);
    let may =
        |config: &Config, head: &Request, is_barred| Caller { head, is_barred }.may(config, drain);
    let own = "Bearer 0123456789abcdef";
    let of_hub = Ok(Health::OfHub(Granted::Operator));
    assert_eq!(health(&config, &with("GET", own), false), of_hub);
    assert_eq!(may(&config, &with("POST", own), false), Ok(()));
    for other in ["", "Bearer 0123456789abcdeF", "0123456789abcdef"] {
        assert_eq!(health(&config, &with("GET", other), false), Ok(Health::ForWrongKey), "{other}");
        let wrong = Err(KeyRefused::Wrong.into());
        assert_eq!(may(&config, &with("POST", other), false), wrong, "{other}");
    }
    let post = MethodRefused::NotAllowed("GET, HEAD");
    assert_eq!(health(&config, &with("POST", own), false), Err(post.into()));
    let get = MethodRefused::NotAllowed("POST");
    assert_eq!(may(&config, &with("GET", own), false), Err(get.into()));

    assert_eq!(health(&config, &request("GET", ""), true), Ok(Health::OfDeployment));
    assert_eq!(may(&config, &request("POST", ""), true), Err(KeyRefused::Missing.into()));
    assert_eq!(health(&config, &with("GET", own), true), Ok(Health::OfDeployment));
    assert_eq!(may(&config, &with("POST", own), true), Err(KeyRefused::Barred.into()));

    let unset = Config::read(|_| None).unwrap();
    assert_eq!(health(&unset, &with("GET", own), false), Ok(Health::OfDeployment));
    assert_eq!(may(&unset, &with("POST", own), false), Err(Error::NotFound));
}
