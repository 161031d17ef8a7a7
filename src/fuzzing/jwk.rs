//! A JWK, as an operator writes it or a key set holds it: any text.

use crate::{
    base::json::{self, Json},
    tokens::{
        algorithm::{Algorithm, KeyKind},
        der, jwk,
        key::{Format, InvalidKey, Key},
        key_set::KeySet,
    },
};

/// The key has the form that the platform imports for its kind.
fn is_of_its_kind(key: &Key) {
    let is_spki = key.format() == Format::Spki;
    assert_eq!(is_spki, key.kind() == KeyKind::Rsa);
    match key.kind() {
        KeyKind::Secret => assert!(!key.bytes().is_empty()),
        KeyKind::Rsa => assert_eq!(der::kind_of_spki(key.bytes()), Ok(KeyKind::Rsa)),
        KeyKind::Ec(curve) => {
            assert_eq!(key.bytes().first(), Some(&4));
            assert_eq!(key.bytes().len(), 1 + 2 * curve.coordinate_bytes());
        }
        KeyKind::Ed25519 => assert_eq!(key.bytes().len(), 32),
    }
}

/// The object with one more member.
fn with(object: &Json<'_>, member: &str) -> String {
    let text = object.to_string();
    format!("{},{member}}}", text.strip_suffix('}').unwrap())
}

/// See the module.
pub fn jwk(text: &str) {
    let Ok(object) = json::object(text) else { return };
    let read = jwk::parse(&object);
    let configured = jwk::public_or_secret(&object);
    if jwk::is_private(&object) {
        assert_eq!(configured, Err(InvalidKey::Private));
    } else {
        assert_eq!(configured, read);
    }
    let set = format!(r#"{{"keys":[{object}]}}"#);
    if json::object(&set).is_err() {
        // In a set it is nested too deep.
        return;
    }
    let set = KeySet::from_public_jwks(&set);
    let Ok(key) = read else {
        assert!(set.is_err(), "{text:?}");
        return;
    };
    is_of_its_kind(&key);
    assert!(Algorithm::all().any(|algorithm| key.fits(algorithm)), "{text:?}");
    assert_eq!(key.kind() == KeyKind::Secret, object.text("kty") == Ok(Some("oct")), "{text:?}");
    // A secret that is fetched is no key.
    let public = set.ok().map(|set| set.keys().to_vec());
    assert_eq!(public, (key.kind() != KeyKind::Secret).then(|| vec![key]), "{text:?}");
    for (name, member) in [("use", r#""use":"enc""#), ("key_ops", r#""key_ops":["sign"]"#)] {
        if object.member(name).is_none() {
            let other = with(&object, member);
            assert_eq!(jwk::parse(&json::object(&other).unwrap()), Err(InvalidKey::Jwk));
        }
    }
}
