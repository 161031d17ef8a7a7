//! Keys as JSON: RFC 7517, with the members of RFC 7518 § 6 and RFC 8037 § 2.

use crate::{
    base::{
        base64,
        json::{Json, Unexpected},
    },
    tokens::{
        algorithm::{Curve, KeyKind},
        der,
        key::{InvalidKey, Key},
    },
};

/// Bytes of a public key: RFC 8032 § 5.1.5.
const ED25519_BYTES: usize = 32;

/// Reads one JWK. A key for another use than signatures is refused. Private members are passed over.
pub(crate) fn parse(jwk: &Json<'_>) -> Result<Key, InvalidKey> {
    let operations = jwk.texts("key_ops")?;
    let for_signatures = jwk.text("use")?.is_none_or(|usage| usage == "sig")
        && operations.is_none_or(|operations| operations.contains(&"verify"));
    if !for_signatures {
        return Err(InvalidKey::Jwk);
    }
    let mut key = key(jwk)?;
    if let Some(name) = jwk.text("alg")? {
        let algorithm = name.parse().map_err(|_| InvalidKey::Jwk)?;
        if !key.limit_to(algorithm) {
            return Err(InvalidKey::Jwk);
        }
    }
    if let Some(id) = jwk.text("kid")? {
        key.set_id(id);
    }
    Ok(key)
}

/// Reads one JWK of the configuration, where a private key does not belong.
pub(crate) fn public_or_secret(jwk: &Json<'_>) -> Result<Key, InvalidKey> {
    if is_private(jwk) { Err(InvalidKey::Private) } else { parse(jwk) }
}

/// Whether it is a private key, which signs: RFC 7518 §§ 6.2.2 and 6.3.2.
pub(crate) fn is_private(jwk: &Json<'_>) -> bool {
    jwk.get("d").is_some()
}

fn key(jwk: &Json<'_>) -> Result<Key, InvalidKey> {
    match (jwk.text("kty")?, jwk.text("crv")?) {
        (Some("RSA"), _) => {
            let spki = der::spki_of_rsa(&bytes(jwk, "n")?, &bytes(jwk, "e")?);
            Ok(Key::from_spki(spki)?)
        }
        (Some("EC"), Some("P-256")) => point(jwk, Curve::P256),
        (Some("EC"), Some("P-384")) => point(jwk, Curve::P384),
        (Some("EC"), Some("P-521")) => point(jwk, Curve::P521),
        (Some("OKP"), Some("Ed25519")) => {
            Ok(Key::raw(KeyKind::Ed25519, coordinate(jwk, "x", ED25519_BYTES)?))
        }
        (Some("oct"), _) => Key::secret(bytes(jwk, "k")?),
        _ => Err(InvalidKey::Jwk),
    }
}

/// The uncompressed point: SEC 1 § 2.3.3.
fn point(jwk: &Json<'_>, curve: Curve) -> Result<Key, InvalidKey> {
    let length = curve.coordinate_bytes();
    let (x, y) = (coordinate(jwk, "x", length)?, coordinate(jwk, "y", length)?);
    Ok(Key::raw(KeyKind::Ec(curve), [&[0x04], x.as_slice(), y.as_slice()].concat()))
}

fn coordinate(jwk: &Json<'_>, member: &str, length: usize) -> Result<Vec<u8>, InvalidKey> {
    let bytes = bytes(jwk, member)?;
    if bytes.len() == length { Ok(bytes) } else { Err(InvalidKey::Jwk) }
}

fn bytes(jwk: &Json<'_>, member: &str) -> Result<Vec<u8>, InvalidKey> {
    let encoded = jwk.text(member)?.ok_or(InvalidKey::Jwk)?;
    base64::url_decoded(encoded).ok_or(InvalidKey::Jwk)
}

impl From<Unexpected> for InvalidKey {
    fn from(_: Unexpected) -> Self {
        Self::Jwk
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::json,
        tokens::algorithm::{Algorithm, Sha},
    };

    fn parse(text: &str) -> Result<Key, InvalidKey> {
        super::parse(&json::parse(text).unwrap())
    }

    #[track_caller]
    fn refused(text: &str) {
        assert_eq!(parse(text), Err(InvalidKey::Jwk), "{text}");
    }

    #[test]
    fn a_secret_is_read_with_its_id_and_algorithm() {
        let key = parse(r#"{"kty":"oct","k":"YWJj","kid":"1","alg":"HS384"}"#).unwrap();
        assert_eq!((key.id(), key.bytes()), (Some("1"), &b"abc"[..]));
        assert!(key.fits(Algorithm::Hs(Sha::Sha384)) && !key.fits(Algorithm::Hs(Sha::Sha256)));
    }

    #[test]
    fn a_key_for_encryption_or_for_signing_alone_is_refused() {
        refused(r#"{"kty":"oct","k":"YWJj","use":"enc"}"#);
        refused(r#"{"kty":"oct","k":"YWJj","key_ops":["sign"]}"#);
        refused(r#"{"kty":"oct","k":"YWJj","alg":"A256KW"}"#);
        assert!(parse(r#"{"kty":"oct","k":"YWJj","use":"sig","key_ops":["verify"]}"#).is_ok());
    }

    #[test]
    fn an_algorithm_of_another_kind_is_refused() {
        refused(r#"{"kty":"oct","k":"YWJj","alg":"RS256"}"#);
    }

    #[test]
    fn a_missing_broken_or_short_member_is_refused() {
        refused(r#"{"kty":"oct"}"#);
        refused(r#"{"kty":"oct","k":"YWJj="}"#);
        refused(r#"{"kty":"RSA","n":"AQAB"}"#);
        refused(r#"{"kty":"EC","crv":"P-256","x":"YWJj","y":"YWJj"}"#);
        refused(r#"{"kty":"EC","crv":"secp256k1","x":"YWJj","y":"YWJj"}"#);
        refused(r#"{"kty":"OKP","crv":"Ed25519","x":"YWJj"}"#);
        refused(r#"{"kty":"OKP","crv":"X25519","x":"YWJj"}"#);
        refused(r#"["oct"]"#);
        refused("null");
    }
}
