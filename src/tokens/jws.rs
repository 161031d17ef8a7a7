//! A token before its signature is verified: the JWS compact serialization, RFC 7515 § 7.1.

use thiserror::Error;

use crate::{
    base::{
        base64,
        json::{self, Unexpected},
        limits::MAX_TOKEN_BYTES,
    },
    tokens::algorithm::{Algorithm, UnknownAlgorithm},
};

/// A signed token, taken apart. Nothing in it is trusted before the signature is verified. Until then
/// it only chooses the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Jws<'token> {
    /// The text that is signed.
    pub signing_input: &'token str,
    /// The header, as far as it is read.
    pub header: Header,
    /// The payload: UTF-8, as every set of claims is.
    pub payload: String,
    /// The signature.
    pub signature: Vec<u8>,
}

/// The header: RFC 7515 § 4. Keys that it brings along (`jwk`, `jku`, `x5u`, `x5c`) are not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// `alg`, which is not yet compared with the list of those allowed.
    pub algorithm: Algorithm,
    /// `typ`.
    pub typ: Option<String>,
    /// `kid`: a hint at one of the trusted keys.
    pub key_id: Option<String>,
}

/// Why a text is not a token that can be verified.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidJws {
    /// It is longer than [`MAX_TOKEN_BYTES`].
    #[error("it has {0} bytes, the limit is {MAX_TOKEN_BYTES}")]
    TooLong(usize),
    /// It is not three parts with dots between them.
    #[error("it is not three parts with dots between them")]
    Parts,
    /// A part is not base64url without padding.
    #[error("its {0} is not base64url without padding")]
    Base64(&'static str),
    /// The header is not the JSON object of RFC 7515.
    #[error("its header is not the JSON object of a JWS")]
    Header,
    /// `alg` is unknown or `none`.
    #[error(transparent)]
    Algorithm(#[from] UnknownAlgorithm),
    /// There are critical extensions: RFC 7515 § 4.1.11. The hub knows none.
    #[error("its header has a \"crit\" member, and no extension is supported")]
    Critical,
    /// The payload is not UTF-8.
    #[error("its payload is not UTF-8")]
    Payload,
}

impl<'token> Jws<'token> {
    /// Takes a token apart.
    ///
    /// # Errors
    /// The first defect.
    pub(crate) fn parse(token: &'token str) -> Result<Self, InvalidJws> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(InvalidJws::TooLong(token.len()));
        }
        let (signing_input, signature) = token.rsplit_once('.').ok_or(InvalidJws::Parts)?;
        let (header, payload) = signing_input.split_once('.').ok_or(InvalidJws::Parts)?;
        if payload.contains('.') {
            return Err(InvalidJws::Parts);
        }
        Ok(Self {
            signing_input,
            header: Header::parse(header)?,
            payload: String::from_utf8(decode(payload, "payload")?)
                .map_err(|_| InvalidJws::Payload)?,
            signature: decode(signature, "signature")?,
        })
    }
}

impl Header {
    fn parse(encoded: &str) -> Result<Self, InvalidJws> {
        let text = String::from_utf8(decode(encoded, "header")?).map_err(|_| InvalidJws::Header)?;
        let malformed = |_: Unexpected| InvalidJws::Header;
        let header = json::object(&text).map_err(malformed)?;
        if header.get("crit").is_some() {
            return Err(InvalidJws::Critical);
        }
        let text = |name| header.text(name).map(|text| text.map(str::to_owned)).map_err(malformed);
        Ok(Self {
            algorithm: text("alg")?.ok_or(InvalidJws::Header)?.parse()?,
            typ: text("typ")?,
            key_id: text("kid")?,
        })
    }
}

fn decode(part: &str, name: &'static str) -> Result<Vec<u8>, InvalidJws> {
    base64::url_decoded(part).ok_or(InvalidJws::Base64(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::algorithm::Sha;

    fn encode(text: &str) -> String {
        base64::url_encoded(text.as_bytes())
    }

    fn header(header: &str) -> Result<Header, InvalidJws> {
        Jws::parse(&format!("{}.{}.c2ln", encode(header), encode("{}"))).map(|jws| jws.header)
    }

    #[test]
    fn a_token_is_taken_apart() {
        let token = format!("{}.{}.c2ln", encode(r#"{"alg":"HS256","kid":"1"}"#), encode("{}"));
        let jws = Jws::parse(&token).unwrap();
        assert_eq!(jws.signing_input, token.strip_suffix(".c2ln").unwrap());
        assert_eq!((jws.payload.as_str(), jws.signature.as_slice()), ("{}", &b"sig"[..]));
        let key_id = Some("1".to_owned());
        assert_eq!(jws.header, Header { algorithm: Algorithm::Hs(Sha::Sha256), typ: None, key_id });
    }

    #[test]
    fn keys_that_the_token_brings_along_are_not_read() {
        let offered = header(r#"{"alg":"RS256","jwk":{"kty":"oct"},"jku":7,"x5u":[],"x5c":{}}"#);
        assert_eq!(offered.unwrap().key_id, None);
    }

    #[test]
    fn none_is_refused() {
        for none in ["none", "None", "NONE"] {
            let refused = header(&format!(r#"{{"alg":"{none}"}}"#));
            assert!(matches!(refused, Err(InvalidJws::Algorithm(_))), "{none}");
        }
    }

    #[test]
    fn a_critical_extension_is_refused() {
        for crit in [r#"["b64"]"#, "[]", "1"] {
            let refused = header(&format!(r#"{{"alg":"HS256","b64":false,"crit":{crit}}}"#));
            assert_eq!(refused, Err(InvalidJws::Critical));
        }
    }

    #[test]
    fn a_header_that_is_no_object_of_a_jws_is_refused() {
        for wrong in
            ["", "null", "[\"HS256\"]", "{}", r#"{"alg":1}"#, r#"{"alg":"HS256","alg":"RS256"}"#]
        {
            assert_eq!(header(wrong), Err(InvalidJws::Header), "{wrong}");
        }
    }

    #[test]
    fn other_than_three_parts_are_refused() {
        for wrong in ["", ".", "a.b", "a.b.c.d", "a.b.c.d.e"] {
            assert_eq!(Jws::parse(wrong), Err(InvalidJws::Parts), "{wrong}");
        }
    }

    #[test]
    fn padding_the_other_alphabet_and_left_over_bits_are_refused() {
        let header = encode(r#"{"alg":"HS256"}"#);
        for wrong in ["e30=", "e+", "e/", "e 0", "e31", "e"] {
            let refused = Jws::parse(&format!("{header}.{wrong}.c2ln")).map(|jws| jws.payload);
            assert_eq!(refused, Err(InvalidJws::Base64("payload")), "{wrong}");
        }
    }

    #[test]
    fn a_token_ends_at_its_limit() {
        let long = "a".repeat(MAX_TOKEN_BYTES + 1);
        assert_eq!(Jws::parse(&long), Err(InvalidJws::TooLong(MAX_TOKEN_BYTES + 1)));
    }

    #[test]
    fn a_payload_that_is_not_utf_8_is_refused() {
        let token = format!("{}._w.c2ln", encode(r#"{"alg":"HS256"}"#));
        assert_eq!(Jws::parse(&token), Err(InvalidJws::Payload));
    }
}
