//! The part of DER that public keys need: X.690 § 10, RFC 5280 § 4.1.

use thiserror::Error;

use crate::{
    base::limits::MIN_RSA_BITS,
    tokens::algorithm::{Curve, KeyKind},
};

/// Why bytes are not a public key that can verify a signature here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum InvalidPublicKey {
    /// The structure is not the one that RFC 5280 has.
    #[error("it is not a well-formed DER structure of its kind")]
    Structure,
    /// The key is for an algorithm that is not supported.
    #[error("it is not an RSA, P-256, P-384, P-521 or Ed25519 key")]
    Unsupported,
    /// The RSA key is too short: RFC 7518 § 3.3.
    #[error("it is an RSA key of {0} bits, the least is {MIN_RSA_BITS}")]
    Weak(usize),
}

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OBJECT_IDENTIFIER: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
/// `[0]`, constructed: the version of a certificate.
const VERSION: u8 = 0xa0;

/// 1.2.840.113549.1.1.1, rsaEncryption.
const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
/// 1.2.840.10045.2.1, id-ecPublicKey.
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
/// 1.2.840.10045.3.1.7, secp256r1.
const P256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
/// 1.3.132.0.34, secp384r1.
const P384: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x22];
/// 1.3.132.0.35, secp521r1.
const P521: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x23];
/// 1.3.101.112, id-Ed25519.
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];

/// One element: its content, and all of it with tag and length.
struct Element<'a> {
    tag: u8,
    content: &'a [u8],
    whole: &'a [u8],
}

/// Reads elements one after the other.
struct Elements<'a>(&'a [u8]);

impl<'a> Elements<'a> {
    /// The next element. The definite form of a length alone is DER.
    fn next(&mut self) -> Option<Element<'a>> {
        let bytes = self.0;
        let (tag, rest) = bytes.split_first()?;
        let (length, rest) = match rest.split_first()? {
            (&short @ 0..=0x7f, rest) => (usize::from(short), rest),
            (&long @ 0x81..=0x83, rest) => {
                let (digits, rest) = rest.split_at_checked(usize::from(long & 0x7f))?;
                let fold = |length, digit: &u8| length << 8 | usize::from(*digit);
                (digits.iter().fold(0, fold), rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(Element { tag: *tag, content, whole: bytes.get(..bytes.len() - rest.len())? })
    }

    /// The content of the next element, which has this tag.
    fn expect(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.next().filter(|element| element.tag == tag).map(|element| element.content)
    }
}

/// The subject's public key in a certificate: RFC 5280 § 4.1. Its signature and its dates are not
/// checked, since the operator gave it.
pub(crate) fn spki_of_certificate(certificate: &[u8]) -> Result<&[u8], InvalidPublicKey> {
    let spki = || {
        let mut certificate = Elements(Elements(certificate).expect(SEQUENCE)?);
        let mut tbs = Elements(certificate.expect(SEQUENCE)?);
        // The serial number, behind the version unless it is the first.
        let first = tbs.next()?;
        match first.tag {
            VERSION => tbs.expect(INTEGER).map(drop)?,
            INTEGER => (),
            _ => return None,
        }
        // The signature's algorithm, the issuer, the validity and the subject.
        for _ in 0..4 {
            tbs.next()?;
        }
        tbs.next().filter(|element| element.tag == SEQUENCE).map(|element| element.whole)
    };
    spki().ok_or(InvalidPublicKey::Structure)
}

/// The kind of the key in a `SubjectPublicKeyInfo`: RFC 5280 § 4.1.2.7.
pub(crate) fn kind_of_spki(spki: &[u8]) -> Result<KeyKind, InvalidPublicKey> {
    let parts = || {
        let mut outer = Elements(spki);
        let mut parts = Elements(outer.expect(SEQUENCE)?);
        let mut algorithm = Elements(parts.expect(SEQUENCE)?);
        let identifier = algorithm.expect(OBJECT_IDENTIFIER)?;
        let (unused_bits, key) = parts.expect(BIT_STRING)?.split_first()?;
        let whole = outer.0.is_empty() && parts.0.is_empty() && *unused_bits == 0;
        whole.then_some((identifier, algorithm.next(), key))
    };
    let (identifier, parameters, key) = parts().ok_or(InvalidPublicKey::Structure)?;
    match (identifier, parameters.map(|parameters| parameters.content)) {
        (RSA, _) => {
            let mut key = Elements(Elements(key).expect(SEQUENCE).unwrap_or_default());
            strong_rsa(key.expect(INTEGER).ok_or(InvalidPublicKey::Structure)?)?;
            Ok(KeyKind::Rsa)
        }
        (EC, Some(P256)) => Ok(KeyKind::Ec(Curve::P256)),
        (EC, Some(P384)) => Ok(KeyKind::Ec(Curve::P384)),
        (EC, Some(P521)) => Ok(KeyKind::Ec(Curve::P521)),
        (ED25519, None) => Ok(KeyKind::Ed25519),
        _ => Err(InvalidPublicKey::Unsupported),
    }
}

/// The `SubjectPublicKeyInfo` of an RSA key: RFC 8017 § A.1.1.
pub(crate) fn spki_of_rsa(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    spki_of_pkcs1(&element(SEQUENCE, &[&unsigned(modulus), &unsigned(exponent)]))
}

/// The `SubjectPublicKeyInfo` around an `RSAPublicKey`: RFC 8017 § A.1.1.
pub(crate) fn spki_of_pkcs1(key: &[u8]) -> Vec<u8> {
    let null: &[u8] = &[0x05, 0x00];
    let algorithm = element(SEQUENCE, &[&element(OBJECT_IDENTIFIER, &[RSA]), null]);
    element(SEQUENCE, &[&algorithm, &element(BIT_STRING, &[&[0], key])])
}

fn strong_rsa(modulus: &[u8]) -> Result<(), InvalidPublicKey> {
    let digits = trimmed(modulus);
    let leading = digits.first().map_or(0, |digit| digit.leading_zeros() as usize);
    match digits.len() * 8 - leading {
        weak @ 0..MIN_RSA_BITS => Err(InvalidPublicKey::Weak(weak)),
        _ => Ok(()),
    }
}

fn unsigned(number: &[u8]) -> Vec<u8> {
    let digits = trimmed(number);
    // A first bit that is set would be a minus.
    let sign: &[u8] = if digits.first().is_none_or(|digit| *digit >= 0x80) { &[0] } else { &[] };
    element(INTEGER, &[sign, digits])
}

fn trimmed(number: &[u8]) -> &[u8] {
    let first = number.iter().position(|digit| *digit != 0).unwrap_or(number.len());
    number.get(first..).unwrap_or_default()
}

fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let digits = content.len().to_be_bytes();
    let digits = trimmed(&digits);
    let mut element = vec![tag];
    if content.len() >= 0x80 {
        // No more than the bytes of a length, so that the short form holds their number.
        element.push(0x80 | u8::try_from(digits.len()).unwrap_or(0));
        element.extend_from_slice(digits);
    } else {
        element.push(u8::try_from(content.len()).unwrap_or(0));
    }
    element.extend_from_slice(&content);
    element
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_rsa_key_put_together_is_read_again() {
        let spki = spki_of_rsa(&[0xff; 256], &[1, 0, 1]);
        assert_eq!(kind_of_spki(&spki), Ok(KeyKind::Rsa));
        // RFC 5280 § A.1 with RFC 8017: what openssl writes for a key of 2048 bits.
        assert_eq!(spki[..24], hex("30820122300d06092a864886f70d01010105000382010f00"));
        assert_eq!(spki[24..34], hex("3082010a0282010100ff"));
    }

    #[test]
    fn a_short_rsa_key_is_refused() {
        let refused = kind_of_spki(&spki_of_rsa(&[0x7f; 256], &[3]));
        assert_eq!(refused, Err(InvalidPublicKey::Weak(2_047)));
        assert_eq!(kind_of_spki(&spki_of_rsa(&[], &[])), Err(InvalidPublicKey::Weak(0)));
    }

    #[test]
    fn a_key_cut_short_or_with_something_behind_it_is_refused() {
        let spki = spki_of_rsa(&[0xff; 256], &[1, 0, 1]);
        for end in 0..spki.len() {
            assert_eq!(kind_of_spki(&spki[..end]), Err(InvalidPublicKey::Structure), "{end}");
            assert_eq!(spki_of_certificate(&spki[..end]), Err(InvalidPublicKey::Structure));
        }
        assert_eq!(kind_of_spki(&[&spki[..], &[0]].concat()), Err(InvalidPublicKey::Structure));
    }

    #[test]
    fn a_certificate_begins_with_its_version_or_its_serial_number() {
        let spki = spki_of_rsa(&[0xff; 256], &[1, 0, 1]);
        let certificate = |first: &[u8]| {
            let fields = vec![element(SEQUENCE, &[]); 4].concat();
            element(SEQUENCE, &[&element(SEQUENCE, &[first, &fields, &spki])])
        };
        let number = element(INTEGER, &[&[7]]);
        let version = element(VERSION, &[&element(INTEGER, &[&[2]])]);
        assert_eq!(spki_of_certificate(&certificate(&number)), Ok(&spki[..]));
        assert_eq!(
            spki_of_certificate(&certificate(&[&version[..], &number].concat())),
            Ok(&spki[..])
        );
        for wrong in [element(0x05, &[]), [&version[..], &version].concat()] {
            let refused = certificate(&wrong);
            assert_eq!(
                spki_of_certificate(&refused),
                Err(InvalidPublicKey::Structure),
                "{wrong:?}"
            );
        }
    }

    #[test]
    fn another_algorithm_is_refused() {
        // X25519, 1.3.101.110.
        let x25519 = element(
            SEQUENCE,
            &[
                &element(SEQUENCE, &[&element(OBJECT_IDENTIFIER, &[&[0x2b, 0x65, 0x6e]])]),
                &element(BIT_STRING, &[&[0], &[9; 32]]),
            ],
        );
        assert_eq!(kind_of_spki(&x25519), Err(InvalidPublicKey::Unsupported));
    }

    fn hex(text: &str) -> Vec<u8> {
        let digit = |at| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
        (0..text.len()).step_by(2).map(digit).collect()
    }
}
