//! PEM as it comes through files and environments: any text, and any bytes between the right lines.

use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD},
};

use crate::tokens::pem::{self, InvalidPem};

fn pem_of(label: &str, base64: &str) -> String {
    format!("-----BEGIN {label}-----\n{base64}\n-----END {label}-----\n")
}

/// See the module.
pub fn pem(input: &[u8]) {
    let wrapped = BASE64_STANDARD.encode(input);
    let lines: Vec<_> = wrapped.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    for base64 in [
        wrapped.clone(),
        BASE64_STANDARD_NO_PAD.encode(input),
        lines.join("\n"),
        lines.join("\r\n"),
        lines.join("\\n"),
    ] {
        assert_eq!(pem::spki(&pem_of("PUBLIC KEY", &base64)), Ok(input.to_vec()), "{base64:?}");
        for label in ["PRIVATE KEY", "EC PRIVATE KEY"] {
            assert_eq!(pem::spki(&pem_of(label, &base64)), Err(InvalidPem::PrivateKey));
        }
    }
    let Ok(text) = std::str::from_utf8(input) else { return };
    let read = pem::spki(text);
    if !pem::is_pem(text) {
        assert_eq!(read, Err(InvalidPem::Syntax), "{text:?}");
        return;
    }
    if read.is_ok() {
        // The first key counts, and neither line breaks nor notes around it do.
        let second = pem_of("PUBLIC KEY", "AAAA");
        for same in [
            text.replace('\n', "\r\n"),
            text.replace('\n', "\\n"),
            format!("of the issuer\n{text}"),
            format!("{text}\n{second}"),
        ] {
            assert_eq!(pem::spki(&same), read, "{same:?}");
        }
    }
}
