//! Reading the variables, and choosing by dialect, issuer and role.

use std::sync::Arc;

use super::*;
use crate::{
    base::base64,
    settings::{config::Config, invalid_config::InvalidConfig},
    tokens::{grants::Selector, verifier::Keys},
};

const RESOURCE: &str = "https://hub.example/.well-known/mercure";
const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

/// Reads the variables of a hub in development, whose secrets may be short.
fn read(variables: &[(&str, &str)]) -> Result<Arc<Trust>, InvalidConfig> {
    let others = [(DEVELOPMENT, "true"), ("RESOURCE_IDENTIFIER", RESOURCE)];
    let read = Config::read(|name| {
        let mut all = variables.iter().chain(&others);
        all.find(|(own, _)| *own == name).map(|(_, value)| (*value).to_owned())
    });
    read.map(|read| read.authorization.trust)
}

#[track_caller]
fn refused(variables: &[(&str, &str)], variable: &str) {
    assert_eq!(read(variables).unwrap_err().variable(), variable, "{variables:?}");
}

fn token(header: &str, payload: &str) -> String {
    let encode = |text: &str| base64::url_encoded(text.as_bytes());
    format!("{}.{}.c2ln", encode(header), encode(payload))
}

fn choose(trust: &Trust, typ: &str, payload: &str, role: Role) -> Result<Dialect, InvalidToken> {
    let token = token(&format!(r#"{{"alg":"HS256","typ":"{typ}"}}"#), payload);
    trust.choose(&Jws::parse(&token).unwrap(), role).map(|choice| choice.dialect())
}

const KEYS: [(&str, &str); 2] =
    [("MERCURE_PUBLISHER_JWT_KEY", "publishers"), ("MERCURE_SUBSCRIBER_JWT_KEY", "subscribers")];

fn with(more: (&'static str, &'static str)) -> Vec<(&'static str, &'static str)> {
    KEYS.into_iter().chain([more]).collect()
}

#[test]
fn without_a_key_no_token_is_trusted() {
    let trust = read(&[]).unwrap();
    assert!(trust.is_without_key(Role::Publisher) && trust.is_without_key(Role::Subscriber));
    let refused = choose(&trust, "JWT", "{}", Role::Publisher);
    assert_eq!(refused, Err(InvalidToken::NoVerifier));
}

#[test]
fn each_role_has_its_key() {
    let trust = read(&KEYS).unwrap();
    let token = token(r#"{"alg":"HS256"}"#, "{}");
    for (role, key) in [(Role::Publisher, "publishers"), (Role::Subscriber, "subscribers")] {
        let jws = Jws::parse(&token).unwrap();
        let choice = trust.choose(&jws, role).unwrap();
        let Keys::Fixed(set) = choice.verifier.keys() else { panic!("it is fetched") };
        assert_eq!(set.keys()[0].bytes(), key.as_bytes());
    }
}

#[test]
fn every_variable_is_named_when_it_is_wrong() {
    refused(&[("MERCURE_PUBLISHER_JWT_KEY", "-----BEGIN X")], "MERCURE_PUBLISHER_JWT_KEY");
    refused(&[("MERCURE_SUBSCRIBER_JWT_ALG", "HS256")], "MERCURE_SUBSCRIBER_JWT_ALG");
    refused(&with(("MERCURE_PUBLISHER_JWT_ALG", "RS256")), "MERCURE_PUBLISHER_JWT_ALG");
    refused(&with(("MERCURE_SUBSCRIBER_JWT_ALG", "none")), "MERCURE_SUBSCRIBER_JWT_ALG");
    refused(
        &with(("MERCURE_PUBLISHER_JWKS_URL", "https://a.example")),
        "MERCURE_PUBLISHER_JWKS_URL",
    );
    refused(&[("MERCURE_SUBSCRIBER_JWKS_URL", "file:///keys")], "MERCURE_SUBSCRIBER_JWKS_URL");
    refused(&with((TRUSTED_ISSUERS, "https://a.example https://b.example")), TRUSTED_ISSUERS);
    refused(&[(TRUSTED_ISSUERS, "https://a.example")], TRUSTED_ISSUERS);
}

#[test]
fn what_a_wrong_variable_holds_is_not_shown() {
    let error = read(&[("MERCURE_PUBLISHER_JWT_KEY", "-----BEGIN hidden")]).unwrap_err();
    assert!(!error.to_string().contains("hidden") && !format!("{error:?}").contains("hidden"));
}

#[test]
fn of_a_wrong_list_of_issuers_it_is_told_where_it_is_wrong_and_what_would_be_right() {
    let list = "it must be a JSON list such as [{";
    for (text, told) in [
        ("{}", list),
        (r#"[{"issuer":"a"},"#, list),
        ("[7]", "issuer 1: it must be an object of issuer (a text),"),
        (r#"[{"issuer":"a"}]"#, "issuer \"a\": it must be an object of issuer (a text),"),
        (r#"[{"issuer":"","publisher":{"key":"x"}}]"#, "issuer 1: it must be an object of"),
        (r#"[{"issuer":"b","publisher":{"key":"x"}},{"issuer":7}]"#, "issuer 2: it must be"),
        (
            r#"[{"issuer":"a","publisher":{"key":"x"},"authorization_server":"yes"}]"#,
            "issuer \"a\": it must be an object of issuer",
        ),
        (
            r#"[{"issuer":"a","publisher":{"key":"x"},"subscribers":{"key":"x"}}]"#,
            "issuer \"a\": it must be an object of issuer",
        ),
        (
            r#"[{"issuer":"a","publisher":{}}]"#,
            "publisher of issuer \"a\": it must be an object of key (a text), jwks (a JWK Set) or",
        ),
        (
            r#"[{"issuer":"a","subscriber":{"key":"hidden","alg":"x"}}]"#,
            "subscriber of issuer \"a\": it must be an object of key",
        ),
        (
            r#"[{"issuer":"a","subscriber":"hidden"}]"#,
            "subscriber of issuer \"a\": it must be an object of key",
        ),
        (
            r#"[{"issuer":"a","publisher":{"key":"hidden","algorithms":"HS256"}}]"#,
            "publisher of issuer \"a\": it must be an object of key",
        ),
        (
            r#"[{"issuer":"a","publisher":{"key":"hidden","jwks_uri":"https://a.example"}}]"#,
            "publisher of issuer \"a\": there is a key and a URL of keys for the same role",
        ),
        (
            r#"[{"issuer":"a","publisher":{"key":"hidden","algorithms":["none"]}}]"#,
            "publisher of issuer \"a\": ",
        ),
        (
            r#"[{"issuer":"a","publisher":{"jwks":{"keys":[]}}}]"#,
            "publisher of issuer \"a\": the key is wrong: ",
        ),
        (
            r#"[{"issuer":"a","publisher":{"key":"x"}},{"issuer":"a","publisher":{"key":"y"}}]"#,
            "the issuer \"a\" stands twice",
        ),
    ] {
        let refused = read(&[(ISSUERS, text)]).unwrap_err();
        assert_eq!(refused.variable(), ISSUERS, "{text}");
        let all = refused.to_string();
        let start = format!("the configuration variable ISSUERS is wrong: {told}");
        assert!(all.starts_with(&start), "{text}: {all}");
        assert!(!all.contains("hidden") && !format!("{refused:?}").contains("hidden"), "{all}");
    }
}

#[test]
fn the_type_of_a_token_chooses_its_dialect() {
    let trust = read(&with((TRUSTED_ISSUERS, "https://a.example"))).unwrap();
    let claims = r#"{"iss":"https://a.example"}"#;
    assert_eq!(choose(&trust, "at+jwt", claims, Role::Publisher), Ok(Dialect::V1));
    assert_eq!(choose(&trust, "JWT", claims, Role::Publisher), Ok(Dialect::V0));
    let old = read(&KEYS).unwrap();
    assert_eq!(choose(&old, "at+jwt", claims, Role::Publisher), Ok(Dialect::V0));
}

#[test]
fn a_hub_without_a_key_of_0_x_refuses_every_token_in_1_0() {
    let dialect = |trust: &Trust, typ: Option<&str>| {
        let token = typ.map(|typ| token(&format!(r#"{{"alg":"HS256","typ":"{typ}"}}"#), "{}"));
        let jws = token.as_deref().map(|token| Jws::parse(token).unwrap());
        trust.dialect_of_refusal(jws.as_ref(), Role::Publisher)
    };
    let both = read(&with((TRUSTED_ISSUERS, "a"))).unwrap();
    let new = read(&[(ISSUERS, r#"[{"issuer":"a","publisher":{"key":"x"}}]"#)]).unwrap();
    let old = read(&KEYS).unwrap();
    for (typ, expected) in [
        (Some("at+jwt"), [Dialect::V1, Dialect::V1, Dialect::V0]),
        (Some("JWT"), [Dialect::V0, Dialect::V1, Dialect::V0]),
        (None, [Dialect::V1, Dialect::V1, Dialect::V0]),
    ] {
        assert_eq!([&both, &new, &old].map(|trust| dialect(trust, typ)), expected, "{typ:?}");
    }
}

#[test]
fn an_issuer_is_trusted_with_its_own_keys_and_roles_alone() {
    let list = r#"[{"issuer":"a","publisher":{"key":"of a"}},
        {"issuer":"b","subscriber":{"key":"of b"}}]"#;
    let trust = read(&[(ISSUERS, list)]).unwrap();
    let token = |issuer: &str| {
        token(r#"{"alg":"HS256","typ":"at+jwt"}"#, &format!(r#"{{"iss":"{issuer}"}}"#))
    };
    let key = |issuer: &str, role| {
        let token = token(issuer);
        let jws = Jws::parse(&token).unwrap();
        let choice = trust.choose(&jws, role)?;
        let Keys::Fixed(set) = choice.verifier.keys() else { panic!("it is fetched") };
        Ok(String::from_utf8(set.keys()[0].bytes().to_vec()).unwrap())
    };
    assert_eq!(key("a", Role::Publisher), Ok("of a".to_owned()));
    assert_eq!(key("b", Role::Subscriber), Ok("of b".to_owned()));
    assert_eq!(key("b", Role::Publisher), Err(InvalidToken::NoVerifier));
    assert_eq!(key("c", Role::Publisher), Err(InvalidToken::Issuer));
    assert_eq!(choose(&trust, "at+jwt", "{}", Role::Publisher), Err(InvalidToken::Issuer));
    assert_eq!(choose(&trust, "JWT", "{}", Role::Publisher), Err(InvalidToken::NoVerifier));
}

#[test]
fn an_access_token_in_the_query_and_an_old_token_in_1_0_are_refused() {
    let trust = read(&with((TRUSTED_ISSUERS, "a"))).unwrap();
    let admits = |typ: &str, carrier, request| {
        let token = token(&format!(r#"{{"alg":"HS256","typ":"{typ}"}}"#), r#"{"iss":"a"}"#);
        let jws = Jws::parse(&token).unwrap();
        let choice = trust.choose(&jws, Role::Subscriber).unwrap();
        choice.admits(carrier, request)
    };
    let (old, new) = (Some(Dialect::V0), Some(Dialect::V1));
    assert_eq!(admits("at+jwt", Carrier::Query, old), Err(InvalidToken::InQuery));
    assert_eq!(admits("at+jwt", Carrier::Header, old), Ok(()));
    assert_eq!(admits("JWT", Carrier::Header, new), Err(InvalidToken::NotAnAccessToken));
    assert_eq!(admits("JWT", Carrier::Query, None), Ok(()));
}

#[test]
fn each_dialect_reads_its_own_claims() {
    let trust = read(&with((TRUSTED_ISSUERS, "a"))).unwrap();
    let payload = format!(
        r#"{{"iss":"a","aud":"{RESOURCE}","exp":1800000001,"mercure":{{"publish":["old"]}},
        "authorization_details":[{{"type":"https://mercure.rocks/authorization-detail",
        "actions":["publish"],"topics":[{{"match":"new"}}]}}]}}"#
    );
    let publish = |typ: &str| {
        let token = token(&format!(r#"{{"alg":"HS256","typ":"{typ}"}}"#), &payload);
        let jws = Jws::parse(&token).unwrap();
        let choice = trust.choose(&jws, Role::Publisher).unwrap();
        choice.grants(RESOURCE, NOW).unwrap().publish
    };
    assert_eq!(publish("at+jwt"), [Selector::Exact("new".to_owned())]);
    assert_eq!(publish("JWT"), [Selector::TopicSelector("old".to_owned())]);
}

#[test]
fn a_weak_secret_is_refused_but_in_development() {
    const KNOWN: &str = "!ChangeThisMercureHubJWTSecretKey!";
    let strong = "0123456789abcdef0123456789abcdef";
    let listed = |key: &str| format!(r#"[{{"issuer":"a","subscriber":{{"key":"{key}"}}}}]"#);
    let set = r#"{"keys":[{"kty":"oct","k":"c2hvcnQ"}]}"#;
    for (variable, weak, told) in [
        (
            "MERCURE_PUBLISHER_JWT_KEY",
            "short".to_owned(),
            "the secret has 5 bytes, but must have 32",
        ),
        ("MERCURE_SUBSCRIBER_JWT_KEY", "x".repeat(31), "the secret has 31 bytes"),
        ("MERCURE_SUBSCRIBER_JWT_KEY", set.to_owned(), "the secret has 5 bytes"),
        ("MERCURE_PUBLISHER_JWT_KEY", KNOWN.to_owned(), "the secret is known to everybody"),
        (ISSUERS, listed("short"), "the secret of the issuer \"a\" has 5 bytes"),
    ] {
        let hub = |development| read(&[(variable, &weak), (DEVELOPMENT, development)]);
        for outside in ["", "false"] {
            let refused = hub(outside).unwrap_err();
            assert_eq!(refused.variable(), variable);
            assert!(refused.to_string().contains(told), "{refused}");
            assert!(!refused.to_string().contains("short"), "{refused}");
        }
        let in_development = hub(" true ").unwrap();
        let [weak] = in_development.weak_secrets() else { panic!("{in_development:?}") };
        assert!(weak.to_string().contains(told), "{weak}");
    }
    for (variable, strong) in
        [("MERCURE_PUBLISHER_JWT_KEY", strong.to_owned()), (ISSUERS, listed(strong))]
    {
        assert_eq!(read(&[(variable, &strong), (DEVELOPMENT, "")]).unwrap().weak_secrets(), []);
    }
}

#[test]
fn a_weak_secret_that_an_issuer_has_too_is_told_once() {
    let trust = read(&[("MERCURE_PUBLISHER_JWT_KEY", "short"), (TRUSTED_ISSUERS, "a")]).unwrap();
    assert_eq!(trust.weak_secrets().len(), 1);
}
