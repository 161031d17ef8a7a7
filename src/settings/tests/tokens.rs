//! tests/data/tokens.json without cryptography: what is refused before a signature is verified, and
//! what is granted after it. The signatures are for tests/web.

use std::sync::Arc;

use super::vectors;
use crate::{
    base::timestamp::Timestamp,
    settings::config::Config,
    tokens::{
        invalid_token::InvalidToken,
        jws::Jws,
        trust::Trust,
        verifier::{Keys, Role},
    },
};
use serde_json::Value;

fn text<'value>(value: &'value Value, member: &str) -> &'value str {
    value[member].as_str().unwrap()
}

/// A hub that trusts the key for the algorithms that it fits.
fn trust(key: &str, form: &str, issuer: &str) -> Arc<Trust> {
    let algorithms = match key.trim_start_matches("other_") {
        "secret" => "HS256 HS384 HS512",
        "rsa" => "RS256 RS384 RS512 PS256 PS384 PS512",
        "p256" => "ES256",
        "p384" => "ES384",
        "p521" => "ES512",
        _ => "EdDSA",
    };
    let read = |name: &str| match name {
        "MERCURE_PUBLISHER_JWT_KEY" => Some(form.to_owned()),
        "MERCURE_PUBLISHER_JWT_ALG" => Some(algorithms.to_owned()),
        "MERCURE_TRUSTED_ISSUERS" => Some(issuer.to_owned()),
        "RESOURCE_IDENTIFIER" => Some("https://hub.example/.well-known/mercure".to_owned()),
        "DEVELOPMENT" => Some("true".to_owned()),
        _ => None,
    };
    Config::read(read).unwrap().authorization.trust
}

/// What comes of a token if its signature is the key's.
fn outcome(trust: &Trust, token: &str, vectors: &Value) -> Result<usize, InvalidToken> {
    let now = Timestamp::from_millis(vectors["now"].as_u64().unwrap() * 1_000);
    let jws = Jws::parse(token)?;
    let choice = trust.choose(&jws, Role::Publisher)?;
    let Keys::Fixed(keys) = choice.verifier.keys() else { panic!("they are fetched") };
    let key_id = jws.header.key_id.as_deref();
    assert_eq!(keys.candidates(jws.header.algorithm, key_id).count(), 1);
    choice.grants(text(vectors, "resource"), now).map(|grants| grants.publish.len())
}

#[test]
fn every_token_is_read_by_every_form_of_its_key() {
    let vectors = vectors();
    let mut checked = 0;
    for token in vectors["tokens"].as_array().unwrap() {
        let (name, key) = (text(token, "name"), text(token, "key"));
        for form in ["text", "certificate", "jwk"] {
            let form = match &vectors["keys"][key][form] {
                Value::Null => continue,
                Value::String(text) => text.clone(),
                jwk => jwk.to_string(),
            };
            let trust = trust(key, &form, text(&vectors, "issuer"));
            let found = outcome(&trust, text(token, "token"), &vectors);
            let as_expected = match text(token, "expected") {
                "valid" | "bad signature" => matches!(found, Ok(1..)),
                "malformed" => matches!(found, Err(InvalidToken::Malformed(_))),
                "algorithm" => matches!(found, Err(InvalidToken::Algorithm(_))),
                "expired" => found == Err(InvalidToken::Expired),
                "not yet valid" => {
                    matches!(found, Err(InvalidToken::NotYetValid | InvalidToken::NotYetIssued))
                }
                "wrong issuer" => found == Err(InvalidToken::Issuer),
                "wrong audience" | "missing audience" => found == Err(InvalidToken::Audience),
                "missing expiry" => matches!(found, Err(InvalidToken::Claims(_))),
                other => panic!("{other}"),
            };
            assert!(as_expected, "{name}: {found:?}");
            checked += 1;
        }
    }
    assert_eq!(checked, 362);
}

#[test]
fn a_public_key_is_refused_as_the_secret_of_an_hmac() {
    let vectors = vectors();
    for (name, key) in vectors["keys"].as_object().unwrap() {
        for form in ["text", "certificate", "jwk"] {
            let form = match &key[form] {
                Value::String(pem) if pem.contains("BEGIN") => pem.clone(),
                jwk @ Value::Object(_) => jwk.to_string(),
                _ => continue,
            };
            let read = |variable: &str| match variable {
                "MERCURE_PUBLISHER_JWT_KEY" => Some(form.clone()),
                "MERCURE_PUBLISHER_JWT_ALG" => Some("HS256".to_owned()),
                _ => None,
            };
            let refused = Config::read(read).unwrap_err();
            assert_eq!(refused.variable(), "MERCURE_PUBLISHER_JWT_ALG", "{name}");
        }
    }
}

#[test]
fn no_single_changed_byte_of_a_token_or_a_key_stops_the_reader() {
    let vectors = vectors();
    let mut seed = 1_u32;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as usize % below
    };
    let keys = vectors["keys"].as_object().unwrap().values();
    let keys: Vec<_> = keys
        .flat_map(|key| [key["text"].as_str(), key["certificate"].as_str()])
        .flatten()
        .collect();
    let tokens = vectors["tokens"].as_array().unwrap();
    for _ in 0..20_000 {
        let change = |text: &str, random: &mut dyn FnMut(usize) -> usize| {
            let mut bytes = text.as_bytes().to_vec();
            let at = random(bytes.len());
            bytes[at] = b"AZaz09-_.=+/{\"\n "[random(16)];
            String::from_utf8(bytes).unwrap()
        };
        // Whatever comes of it, it comes back.
        let token = change(text(&tokens[random(tokens.len())], "token"), &mut random);
        let _ = Jws::parse(&token);
        let key = change(keys[random(keys.len())], &mut random);
        let _ = crate::tokens::key_set::KeySet::parse(&key);
    }
}
