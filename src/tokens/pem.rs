//! Public keys as operators have them in files: PEM, RFC 7468.

use thiserror::Error;

use crate::{
    base::base64,
    tokens::der::{self, InvalidPublicKey},
};

/// Why a text is not a public key in PEM.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum InvalidPem {
    /// The lines around the base64, or the base64 itself, are not as RFC 7468 § 3 has them.
    #[error("it is not PEM as RFC 7468 has it")]
    Syntax,
    /// It is a private key, which does not belong here.
    #[error("it is a private key: give the hub the public key alone")]
    PrivateKey,
    /// The label names something else.
    #[error("it is a {0:?}, but must be a PUBLIC KEY, an RSA PUBLIC KEY or a CERTIFICATE")]
    Label(String),
    /// The key inside is wrong.
    #[error(transparent)]
    Key(#[from] InvalidPublicKey),
}

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// How much of a label an error shows.
const SHOWN_CHARACTERS: usize = 40;

/// Whether the text is meant as PEM, so that it is never taken for a secret.
pub(crate) fn is_pem(text: &str) -> bool {
    text.contains(BEGIN)
}

/// The `SubjectPublicKeyInfo` of the first public key or certificate in the text. Line breaks may
/// be written as `\n`, which is how they come through an environment.
pub(crate) fn spki(text: &str) -> Result<Vec<u8>, InvalidPem> {
    let (label, inside) = body(text).ok_or(InvalidPem::Syntax)?;
    let inside: String =
        inside.replace("\\n", "").chars().filter(|character| !character.is_whitespace()).collect();
    let der = || base64::standard_decoded(&inside).ok_or(InvalidPem::Syntax);
    match label {
        "PUBLIC KEY" => der(),
        "RSA PUBLIC KEY" => Ok(der::spki_of_pkcs1(&der()?)),
        "CERTIFICATE" => Ok(der::spki_of_certificate(&der()?)?.to_vec()),
        label if label.ends_with("PRIVATE KEY") => Err(InvalidPem::PrivateKey),
        label => Err(InvalidPem::Label(label.chars().take(SHOWN_CHARACTERS).collect())),
    }
}

fn body(text: &str) -> Option<(&str, &str)> {
    let (_, rest) = text.split_once(BEGIN)?;
    let (label, rest) = rest.split_once(DASHES)?;
    let (base64, end) = rest.split_once(END)?;
    end.strip_prefix(label)?.starts_with(DASHES).then_some((label, base64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(text: &str, expected: &InvalidPem) {
        assert_eq!(spki(text).as_ref(), Err(expected), "{text}");
    }

    fn pem(label: &str, body: &str) -> String {
        format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n")
    }

    #[test]
    fn line_breaks_may_be_escaped() {
        let expected = Ok(b"abc".to_vec());
        assert_eq!(spki(&pem("PUBLIC KEY", "YW\nJj")), expected);
        assert_eq!(spki(&pem("PUBLIC KEY", "YW\r\nJj\r")), expected);
        assert_eq!(spki(&pem("PUBLIC KEY", "YWJj").replace('\n', "\\n")), expected);
    }

    #[test]
    fn a_private_key_is_refused_by_name() {
        for label in ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY"] {
            refused(&pem(label, "YWJj"), &InvalidPem::PrivateKey);
        }
    }

    #[test]
    fn another_label_is_refused() {
        let long = InvalidPem::Label("X".repeat(40));
        refused(&pem(&"X".repeat(400), "YWJj"), &long);
        let label = InvalidPem::Label("CERTIFICATE REQUEST".to_owned());
        refused(&pem("CERTIFICATE REQUEST", "YWJj"), &label);
    }

    #[test]
    fn broken_lines_are_refused() {
        for text in [
            "-----BEGIN PUBLIC KEY-----",
            "-----BEGIN PUBLIC KEY-----\nYWJj",
            "-----BEGIN PUBLIC KEY-----\nYWJj\n-----END CERTIFICATE-----",
            "-----BEGIN PUBLIC KEY-----\nYW!j\n-----END PUBLIC KEY-----",
        ] {
            refused(text, &InvalidPem::Syntax);
        }
    }

    #[test]
    fn a_certificate_of_rubbish_is_refused() {
        refused(&pem("CERTIFICATE", "YWJj"), &InvalidPem::Key(InvalidPublicKey::Structure));
    }
}
