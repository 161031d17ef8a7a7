//! Public keys in DER, as they come out of PEM: any bytes.

use crate::{
    base::limits::MIN_RSA_BITS,
    tokens::{
        algorithm::KeyKind,
        der::{InvalidPublicKey, kind_of_spki, spki_of_certificate, spki_of_pkcs1, spki_of_rsa},
    },
};

const BIT_STRING: u8 = 0x03;
const NULL: &[u8] = &[0x05, 0x00];
const SERIAL_NUMBER: &[u8] = &[0x02, 0x01, 0x07];
const SEQUENCE: u8 = 0x30;

/// An element with its length in three bytes, which is enough for an input.
fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let [_, length @ ..] = u32::try_from(content.len()).unwrap().to_be_bytes();
    [&[tag, 0x83], &length[..], content.as_slice()].concat()
}

/// A certificate of this key, without a version.
fn certificate(spki: &[u8]) -> Vec<u8> {
    let signed = element(SEQUENCE, &[SERIAL_NUMBER, NULL, NULL, NULL, NULL, spki]);
    element(SEQUENCE, &[&signed, NULL, &element(BIT_STRING, &[&[0]])])
}

/// A key is read whole or not at all.
fn is_whole(spki: &[u8]) {
    let cut = spki.split_last().unwrap().1;
    for other in [cut, &[spki, &[0]].concat()] {
        assert_eq!(kind_of_spki(other), Err(InvalidPublicKey::Structure), "{spki:02x?}");
    }
    assert_eq!(spki_of_certificate(&certificate(spki)), Ok(spki));
}

/// A modulus has as many bits as it is written with, whatever zeros stand before them.
fn of_modulus(modulus: &[u8]) {
    let zeros = modulus.iter().take_while(|digit| **digit == 0).count();
    let bits = match &modulus[zeros..] {
        [] => 0,
        digits @ [first, ..] => digits.len() * 8 - first.leading_zeros() as usize,
    };
    let spki = spki_of_rsa(modulus, &[1, 0, 1]);
    let expected =
        if bits < MIN_RSA_BITS { Err(InvalidPublicKey::Weak(bits)) } else { Ok(KeyKind::Rsa) };
    assert_eq!(kind_of_spki(&spki), expected);
    assert_eq!(spki, spki_of_rsa(&modulus[zeros..], &[0, 1, 0, 1]));
    if expected.is_ok() {
        is_whole(&spki);
    }
}

/// See the module.
pub fn der(input: &[u8]) {
    if kind_of_spki(input).is_ok() {
        is_whole(input);
    }
    if let Ok(spki) = spki_of_certificate(input) {
        assert!(spki.first() == Some(&SEQUENCE) && spki.len() < input.len());
    }
    if let Ok(kind) = kind_of_spki(&spki_of_pkcs1(input)) {
        assert_eq!(kind, KeyKind::Rsa);
    }
    of_modulus(input);
}
