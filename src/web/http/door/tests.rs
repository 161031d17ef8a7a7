//! tests/data/tokens.json against the platform's cryptography, and key sets that are fetched.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};

use crate::{
    base::{dialect::Dialect, timestamp::Timestamp},
    door::granted::{Granted, Holder},
    http::error::Error,
    settings::config::Config,
    tokens::{
        challenge::Unauthorized,
        grants::{Grants, Selector},
        invalid_token::InvalidToken,
    },
    web::{
        host::fetch::{Fetch, FetchFailed, HostFetch},
        http::door::{Door, Passage},
    },
};
use futures::{
    FutureExt,
    future::{LocalBoxFuture, join},
};
use serde::Deserialize;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Headers, Request, RequestInit};

#[derive(Deserialize)]
struct Vectors {
    now: u64,
    issuer: String,
    resource: String,
    keys: HashMap<String, Key>,
    tokens: Vec<Token>,
}

#[derive(Deserialize)]
struct Key {
    text: String,
    certificate: Option<String>,
    jwk: Option<serde_json::Value>,
}

#[derive(Deserialize)]
struct Token {
    name: String,
    key: String,
    expected: String,
    #[serde(rename = "token")]
    text: String,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../../../../tests/data/tokens.json")).unwrap()
}

/// Every algorithm that a key can be used with, by the name of the key in the vectors.
fn algorithms(key: &str) -> &'static str {
    match key.trim_start_matches("other_") {
        "secret" => "HS256 HS384 HS512",
        "rsa" => "RS256 RS384 RS512 PS256 PS384 PS512",
        "p256" => "ES256",
        "p384" => "ES384",
        "p521" => "ES512",
        "ed25519" => "EdDSA",
        other => panic!("{other}"),
    }
}

fn config(variables: &[(&str, &str)]) -> Rc<Config> {
    let find = |name: &str| variables.iter().find(|(own, _)| *own == name);
    Rc::new(Config::read(|name| find(name).map(|(_, value)| (*value).to_owned())).unwrap())
}

/// The door of a hub that trusts an issuer by one key.
fn door(key: &str, algorithms: &str, issuer: &str) -> Door {
    let config = config(&[
        ("MERCURE_PUBLISHER_JWT_KEY", key),
        ("MERCURE_PUBLISHER_JWT_ALG", algorithms),
        ("MERCURE_TRUSTED_ISSUERS", issuer),
        ("RESOURCE_IDENTIFIER", &vectors().resource),
        ("DEVELOPMENT", "true"),
    ]);
    Door::new(config, HostFetch, |failure| panic!("{failure}"))
}

/// The grants that a publication with this token is given, at the vectors' moment.
async fn grants(door: &Door, token: &str, vectors: &Vectors) -> Result<Grants, Unauthorized> {
    grants_at(door, token, Timestamp::from_millis(vectors.now * 1_000)).await
}

async fn grants_at(door: &Door, token: &str, now: Timestamp) -> Result<Grants, Unauthorized> {
    let authorization = format!("Bearer {token}");
    let headers = Headers::new().unwrap();
    headers.set("Authorization", &authorization).unwrap();
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_headers(&headers);
    let url = "https://hub.example/.well-known/mercure";
    let request = Request::new_with_str_and_init(url, &init).unwrap();
    match door.judge(&request, || now).await {
        Ok(Passage::Granted(Granted::Publish(Holder::Bearer(bearer)))) => Ok(bearer.grants),
        Err(Error::Unauthorized { reason, .. }) => Err(reason),
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn check(token: &Token, found: &Result<Grants, Unauthorized>) {
    let as_expected = match (token.expected.as_str(), found) {
        ("valid", Ok(grants)) => match grants.dialect {
            Dialect::V0 => {
                let selector = |text: &str| Selector::TopicSelector(text.to_owned());
                grants.publish == [selector("foo"), selector("bar")]
                    && grants.subscribe[0].topics == [selector("foo"), selector("baz")]
                    && grants.subscribe[0].payload.as_deref() == Some(r#"{"user":"alice"}"#)
            }
            Dialect::V1 => {
                grants.publish == [Selector::All]
                    && grants.subscribe[0].topics == [Selector::Exact("books".to_owned())]
            }
        },
        // Some are told from a token by the header alone.
        ("malformed", Err(Unauthorized::Presentation(_))) => true,
        (expected, Err(Unauthorized::Token(refused))) => matches!(
            (expected, refused),
            ("bad signature", InvalidToken::Signature)
                | ("malformed", InvalidToken::Malformed(_))
                | ("algorithm", InvalidToken::Algorithm(_))
                | ("expired", InvalidToken::Expired)
                | ("not yet valid", InvalidToken::NotYetValid | InvalidToken::NotYetIssued)
                | ("wrong issuer", InvalidToken::Issuer)
                | ("wrong audience" | "missing audience", InvalidToken::Audience)
                | ("missing expiry", InvalidToken::Claims(_))
        ),
        _ => false,
    };
    assert!(as_expected, "{}: expected {}, but it is {found:?}", token.name, token.expected);
}

#[wasm_bindgen_test]
async fn every_token_comes_out_as_it_must_by_every_form_of_its_key() {
    let vectors = vectors();
    let mut checked = 0;
    for (name, key) in &vectors.keys {
        let jwk = key.jwk.as_ref().map(ToString::to_string);
        for text in [Some(&key.text), key.certificate.as_ref(), jwk.as_ref()].into_iter().flatten()
        {
            let door = door(text, algorithms(name), &vectors.issuer);
            for token in vectors.tokens.iter().filter(|token| token.key == *name) {
                check(token, &grants(&door, &token.text, &vectors).await);
                checked += 1;
            }
        }
    }
    assert!(checked > vectors.tokens.len(), "{checked}");
}

#[wasm_bindgen_test]
async fn the_wrong_issuers_key_does_not_verify() {
    let vectors = vectors();
    let door = door(&vectors.keys["other_secret"].text, "HS256", "https://other.example");
    for (name, expected) in
        [("HS256 access token", InvalidToken::Issuer), ("wrong issuer", InvalidToken::Signature)]
    {
        let token = vectors.tokens.iter().find(|token| token.name == name).unwrap();
        let found = grants(&door, &token.text, &vectors).await;
        assert_eq!(found, Err(expected.into()));
    }
}

/// Answers with one document after the other, the last for ever, and counts.
#[derive(Clone, Default)]
struct Documents {
    documents: Rc<RefCell<Vec<Result<String, FetchFailed>>>>,
    count: Rc<Cell<usize>>,
}

impl Fetch for Documents {
    fn fetch(&self, _: &str) -> LocalBoxFuture<'static, Result<String, FetchFailed>> {
        self.count.set(self.count.get() + 1);
        let mut documents = self.documents.borrow_mut();
        let next = if documents.len() > 1 { documents.remove(0) } else { documents[0].clone() };
        async { next }.boxed_local()
    }
}

/// A door by the key sets that are fetched one after the other.
fn remote(documents: Vec<Result<String, FetchFailed>>) -> (Door, Documents) {
    let fetch = Documents { documents: Rc::new(RefCell::new(documents)), ..Documents::default() };
    let config = config(&[("MERCURE_PUBLISHER_JWKS_URL", "https://issuer.example/jwks")]);
    (Door::new(config, fetch.clone(), |_| {}), fetch)
}

fn jwks(vectors: &Vectors, names: &[&str]) -> String {
    let keys: Vec<_> = names.iter().map(|name| &vectors.keys[*name].jwk).collect();
    serde_json::json!({ "keys": keys }).to_string()
}

/// The grants for the token of this name, some seconds after the vectors' moment.
async fn at(
    door: &Door,
    vectors: &Vectors,
    name: &str,
    seconds: u64,
) -> Result<Grants, Unauthorized> {
    let token = vectors.tokens.iter().find(|token| token.name == name).unwrap();
    grants_at(door, &token.text, Timestamp::from_millis((vectors.now + seconds) * 1_000)).await
}

#[wasm_bindgen_test]
async fn a_key_set_is_fetched_once_for_all_who_wait_for_it() {
    let vectors = vectors();
    let (door, fetch) = remote(vec![Ok(jwks(&vectors, &["rsa", "p256"]))]);
    let (one, other) = join(at(&door, &vectors, "RS256", 0), at(&door, &vectors, "ES256", 0)).await;
    assert!(one.is_ok() && other.is_ok(), "{one:?} {other:?}");
    assert_eq!(fetch.count.get(), 1);
}

#[wasm_bindgen_test]
async fn an_unknown_key_has_the_set_fetched_again_but_not_at_once() {
    let vectors = vectors();
    let (door, fetch) =
        remote(vec![Ok(jwks(&vectors, &["rsa"])), Ok(jwks(&vectors, &["rsa", "p256"]))]);
    assert!(at(&door, &vectors, "RS256", 0).await.is_ok());
    let refused = at(&door, &vectors, "ES256", 1).await;
    assert_eq!(refused, Err(InvalidToken::NoKey.into()));
    assert_eq!(fetch.count.get(), 1);
    assert!(at(&door, &vectors, "ES256", 30).await.is_ok());
    assert_eq!(fetch.count.get(), 2);
}

#[wasm_bindgen_test]
async fn a_set_that_cannot_be_fetched_again_is_used_and_one_that_never_was_is_said() {
    let vectors = vectors();
    let failed = || Err(FetchFailed::Status(500));
    let (door, fetch) = remote(vec![Ok(jwks(&vectors, &["rsa"])), failed()]);
    assert!(at(&door, &vectors, "RS256", 0).await.is_ok());
    assert!(at(&door, &vectors, "RS256", 3_600).await.is_ok());
    assert_eq!(fetch.count.get(), 2);
    let (door, fetch) = remote(vec![failed()]);
    for _ in 0..2 {
        let refused = at(&door, &vectors, "RS256", 0).await;
        assert_eq!(refused, Err(Unauthorized::KeysUnavailable));
    }
    assert_eq!(fetch.count.get(), 1);
}

#[wasm_bindgen_test]
async fn the_host_fetches_a_document_and_no_more_than_its_limit() {
    let small = HostFetch.fetch("data:application/json,{}").await;
    assert_eq!(small, Ok("{}".to_owned()));
    let large = format!("data:,{}", "x".repeat(crate::base::limits::MAX_KEY_SET_BYTES + 1));
    assert_eq!(HostFetch.fetch(&large).await, Err(FetchFailed::TooLarge));
    let broken = HostFetch.fetch("http://127.0.0.1:1/").await;
    assert!(matches!(broken, Err(FetchFailed::Network(_))), "{broken:?}");
}
