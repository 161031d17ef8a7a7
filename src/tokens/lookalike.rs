//! Texts that are no secrets, since they look like something that others know: a public key that is
//! slightly wrong, or the place of a key. With such a text as the secret of an HMAC, everybody who has
//! the public key could sign.

use thiserror::Error;

use crate::base::base64;

/// The known thing that a text or a run of bytes looks like. The message says which form would be right.
/// It never shows the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Lookalike {
    /// It holds U+FEFF, which editors put before a text.
    #[error("it holds a byte order mark, which is to be left out")]
    ByteOrderMark,
    /// It is JSON, or was.
    #[error(
        "it looks like a JWK, but is not one JSON object with the member \"kty\" or \"keys\", each \
         member once"
    )]
    Jwk,
    /// It is PEM, or was.
    #[error(
        "it looks like PEM, but has no lines -----BEGIN PUBLIC KEY----- and -----END PUBLIC \
         KEY----- in capitals and with five hyphens"
    )]
    Pem,
    /// It is DER, in base64 or in hexadecimal digits.
    #[error(
        "it looks like a key in DER, which needs the lines -----BEGIN PUBLIC KEY----- and -----END \
         PUBLIC KEY----- of PEM around it in base64"
    )]
    Der,
    /// It is a key of OpenSSH.
    #[error("it looks like a key of OpenSSH: write it as PEM, as ssh-keygen -e -m PKCS8 does")]
    OpenSsh,
    /// It is a key in XML.
    #[error("it looks like a key in XML: write it as PEM or as a JWK")]
    Xml,
    /// It is JSON or PEM in base64.
    #[error("it looks like a key or a token in base64: a key is to be decoded first")]
    Encoded,
    /// It is the place of a key.
    #[error(
        "it looks like a URL, which is for the variables named …_JWKS_URL and the member \"jwks_uri\""
    )]
    Url,
    /// It is the place of a key on a disk.
    #[error("it looks like the path of a file: give what the file holds")]
    Path,
    /// It is a placeholder for a key.
    #[error("it looks like a variable that was to be replaced by its value")]
    Placeholder,
}

/// The beginning of each line that begins PEM.
const BEGIN: &[u8] = b"-----BEGIN";

const FILES: [&str; 13] = [
    ".pem", ".key", ".pub", ".crt", ".cer", ".cert", ".der", ".json", ".jwk", ".jwks", ".p8",
    ".pk8", ".txt",
];

/// The name of an object's first member begins within this number of bytes. Random bytes that begin like
/// an object have bytes among these that no text has.
const NAMED_WITHIN: usize = 16;

/// Looks for anything in these bytes that is no secret.
#[must_use]
pub(crate) fn of(bytes: &[u8]) -> Option<Lookalike> {
    if is_der(bytes) {
        return Some(Lookalike::Der);
    }
    if is_open_ssh(bytes) {
        return Some(Lookalike::OpenSsh);
    }
    match str::from_utf8(bytes) {
        Ok(text) => of_text(text),
        // Bytes of chance may well begin with `{` or hold `</`.
        Err(_) => of_bytes(bytes),
    }
}

/// A text without the byte order mark and the white space that it begins with.
pub(crate) fn trimmed(text: &str) -> &str {
    text.trim_start_matches(|first: char| first == '\u{feff}' || first.is_whitespace())
}

fn of_text(text: &str) -> Option<Lookalike> {
    let lower = text.to_ascii_lowercase();
    let starts = |start: &[&str]| start.iter().any(|start| trimmed(&lower).starts_with(start));
    let holds = |part: &str| lower.contains(part);
    if text.contains("BEGIN")
        || holds("begin") && (holds(" key") || holds("certificate"))
        || ["public key", "private key", "end certificate"].into_iter().any(holds)
    {
        return Some(Lookalike::Pem);
    }
    if starts(&["${", "$(", "{{", "<%"]) {
        return Some(Lookalike::Placeholder);
    }
    if starts(&["{", "[", "%7b", "%5b"])
        || ["\":\"", "\"kty", "'kty", "%22kty", "kty:", "kty ="].into_iter().any(holds)
    {
        return Some(Lookalike::Jwk);
    }
    if starts(&["<?xml", "<rsakey"]) || holds("</") {
        return Some(Lookalike::Xml);
    }
    if starts(&["ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"]) {
        return Some(Lookalike::OpenSsh);
    }
    if text.contains('\u{feff}') {
        return Some(Lookalike::ByteOrderMark);
    }
    if starts(&["http:", "https:", "data:"]) {
        return Some(Lookalike::Url);
    }
    let is_one_word = !lower.trim().contains(char::is_whitespace);
    if starts(&["file:", "./", "../", "~/", "/etc/", "/run/", "/var/", "c:\\", "@/", "@./"])
        || is_one_word && FILES.iter().any(|suffix| lower.trim_end().ends_with(suffix))
    {
        return Some(Lookalike::Path);
    }
    of_encoded(text)
}

/// Looks for keys in base64 or hexadecimal digits, at the beginning of the text or of a part of it.
fn of_encoded(text: &str) -> Option<Lookalike> {
    let text = text.replace("\\r", "\r").replace("\\n", "\n");
    let is_digit = |digit: char| digit.is_ascii_alphanumeric() || "+/-_".contains(digit);
    let joined: String = text.chars().filter(|digit| is_digit(*digit)).collect();
    for part in text.split(|digit| !is_digit(digit)) {
        if let Some(lookalike) = of_bytes(&of_base64(part)) {
            return Some(lookalike);
        }
    }
    // A text that has lost its beginning still holds the name of the algorithm.
    let is_cut =
        (0..4).any(|lost| names_algorithm(&of_base64(joined.get(lost..).unwrap_or_default())));
    if is_cut || is_point(&joined) {
        return Some(Lookalike::Der);
    }
    of_bytes(&of_base64(&joined)).or_else(|| of_bytes(&hex(&joined)))
}

/// Whether the end of the object identifier of RSA, of elliptic curves or of Ed25519 is in it:
/// RFC 3279 § 2.3 and RFC 8410 § 3.
fn names_algorithm(bytes: &[u8]) -> bool {
    const ALGORITHMS: [&[u8]; 3] =
        [b"\x86\x48\x86\xf7\x0d\x01\x01", b"\x86\x48\xce\x3d\x02\x01", b"\x03\x2b\x65\x70"];
    ALGORITHMS.iter().any(|name| bytes.windows(name.len()).any(|part| part == *name))
}

/// Whether this is an uncompressed point of P-256, as a VAPID key is one: SEC 1 § 2.3.3. It has 65
/// bytes, of which the first is 4.
fn is_point(digits: &str) -> bool {
    match digits.len() {
        87 => of_base64(digits).first() == Some(&4),
        130 => hex(digits).len() == 65 && digits.starts_with("04"),
        _ => false,
    }
}

fn of_bytes(bytes: &[u8]) -> Option<Lookalike> {
    if is_der(bytes) {
        return Some(Lookalike::Der);
    }
    if is_open_ssh(bytes) {
        return Some(Lookalike::OpenSsh);
    }
    // `{"kty"` and `{"alg"`; spaces and line breaks may stand before and between.
    let text = bytes.trim_ascii_start();
    let is_object = text
        .strip_prefix(b"{")
        .is_some_and(|members| members.trim_ascii_start().starts_with(b"\""))
        && text.iter().take(NAMED_WITHIN).all(|byte| (b'\t'..=b'~').contains(byte));
    let is_encoded = is_object
        || bytes.starts_with(b"\xef\xbb\xbf")
        || bytes.windows(BEGIN.len()).any(|part| part == BEGIN);
    is_encoded.then_some(Lookalike::Encoded)
}

/// The bytes that this text is the base64 of, in either alphabet.
fn of_base64(text: &str) -> Vec<u8> {
    let digits = text.trim_start_matches('-');
    // Whole groups of digits, so that a text that is cut off has a beginning too.
    let digits = digits.get(..digits.len() & !3).unwrap_or_default();
    base64::standard_decoded(&digits.replace('-', "+").replace('_', "/")).unwrap_or_default()
}

/// The bytes that the hexadecimal digits of this text stand for.
fn hex(text: &str) -> Vec<u8> {
    let digits = text.strip_prefix("0x").unwrap_or(text).as_bytes();
    let value =
        |digit: &u8| char::from(*digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let byte = |pair: &[u8]| match pair {
        [high, low] => Some(value(high)? << 4 | value(low)?),
        _ => None,
    };
    digits.chunks(2).map_while(byte).collect()
}

/// Whether this is the beginning of a `SubjectPublicKeyInfo`, a certificate, an `RSAPublicKey` or a
/// private key, whole or not: X.690 § 8.1.
fn is_der(bytes: &[u8]) -> bool {
    let Some((outer, inner)) = header(bytes) else { return false };
    let Some((tag, content)) = header(inner) else { return false };
    match (outer, tag, content.first()) {
        // An algorithm, or what is signed: then an identifier, a version or a number.
        (0x30, 0x30, Some(0x06 | 0xa0 | 0x02)) => true,
        // A modulus, whose length takes bytes of its own, or a version of one byte.
        (0x30, 0x02, first) => match inner.get(1) {
            Some(1) => matches!(first, Some(0 | 1 | 3)),
            length => length > Some(&0x80),
        },
        _ => false,
    }
}

/// The tag of an element, and the bytes behind its length.
fn header(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (length, rest) = rest.split_first()?;
    let digits = match length {
        0..=0x7f => 0,
        0x81..=0x83 => usize::from(length & 0x7f),
        _ => return None,
    };
    Some((*tag, rest.get(digits..)?))
}

/// Whether this is the beginning of a public key of OpenSSH: RFC 4253 § 6.6.
fn is_open_ssh(bytes: &[u8]) -> bool {
    let name = bytes.strip_prefix(&[0, 0, 0]).and_then(|rest| rest.get(1..));
    name.is_some_and(|name| {
        [&b"ssh-"[..], b"ecdsa-", b"sk-"].iter().any(|kind| name.starts_with(kind))
    })
}
