//! Tokens, keys and where they stand: two lines, read as header and payload, as carriers, as claims
//! and as keys.

use crate::fuzzing::inputs::{LaxUrlParser, lines};
use crate::{
    base::{dialect::Dialect, timestamp::Timestamp},
    tokens::{
        access::Access,
        access_token::{self, Expected},
        application_claims,
        bearer::{self, Carriers, CookieNames},
        claims,
        grants::Grants,
        jws::Jws,
        key_set::KeySet,
        payload::Payload,
    },
};
use base64::{Engine, prelude::BASE64_STANDARD, prelude::BASE64_URL_SAFE_NO_PAD};

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

fn granted<E>(grants: Result<Grants, E>) {
    let Ok(grants) = grants else { return };
    assert!(grants.expires.is_none_or(|expires| expires > NOW), "it has expired");
    let _ = Access::new(grants, &LaxUrlParser);
}

fn key_set(text: &str) {
    for set in [KeySet::parse(text), KeySet::from_public_jwks(text)].into_iter().flatten() {
        assert!(!set.keys().is_empty());
    }
}

/// See the module.
pub fn token(input: &[u8]) {
    // What is binary where it counts: a key inside PEM.
    for label in ["PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE"] {
        let der = BASE64_STANDARD.encode(input);
        key_set(&format!("-----BEGIN {label}-----\n{der}\n-----END {label}-----\n"));
    }
    let Ok(text) = std::str::from_utf8(input) else { return };
    key_set(text);
    let _ = Jws::parse(text);

    let [header, payload] = lines(text);
    let encoded = |part| BASE64_URL_SAFE_NO_PAD.encode(part);
    let token = format!("{}.{}.c2ln", encoded(header), encoded(payload));
    if let Ok(jws) = Jws::parse(&token) {
        assert_eq!((jws.payload.as_str(), jws.signature.as_slice()), (payload, &b"sig"[..]));
        if let Ok(keys) = KeySet::parse(payload) {
            for key in keys.candidates(jws.header.algorithm, jws.header.key_id.as_deref()) {
                assert!(key.fits(jws.header.algorithm));
            }
        }
    }
    granted(application_claims::parse(payload, NOW).map(|claims| claims.grants));
    let of_token = Payload::new(payload);
    granted(claims::parse(&of_token, NOW));
    let expected = Expected { issuer: "https://issuer.example", resource: "https://hub.example" };
    granted(access_token::parse(&of_token, expected, NOW));

    for carriers in [
        Carriers { authorization: Some(header), cookie: Some(payload), query: payload },
        Carriers { authorization: None, cookie: Some(header), query: payload },
    ] {
        for dialect in [None, Some(Dialect::V0), Some(Dialect::V1)] {
            if let Ok(Some(presented)) = bearer::find(carriers, dialect, &CookieNames::default()) {
                let _ = presented.jws();
            }
        }
    }
}
