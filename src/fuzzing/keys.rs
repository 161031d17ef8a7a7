//! A key as an operator configures it: as text, and as DER in every form in which DER is a text.
//! Whatever is a public key in one form is no secret in any other, nor when it is slightly wrong.

use crate::{
    base::json,
    tokens::{algorithm::KeyKind, key::Key, key_set::KeySet, lookalike},
};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD},
};

fn has_secret(set: &KeySet) -> bool {
    set.keys().iter().any(|key| key.kind() == KeyKind::Secret)
}

/// A whole JSON object has its secret as a member, so it is meant as one.
fn is_no_secret(text: &str) {
    let is_object = json::object(lookalike::trimmed(text)).is_ok();
    assert!(is_object || KeySet::parse(text).map_or(true, |set| !has_secret(&set)), "{text:?}");
}

/// The texts that people make of a key when they copy it.
fn slightly_wrong(text: &str) -> Vec<String> {
    let mut wrong = vec![
        format!("\u{feff}{text}"),
        format!("{text}\u{feff}"),
        format!("[{text}]"),
        format!("{text},"),
        format!("{text}{text}"),
        format!("# of the issuer\n{text}"),
        text.replace('"', "'"),
        text.replace('"', "\\\""),
        text.replace('\n', "\\n"),
        text.replace('-', "\u{2014}"),
        text.replacen("-----", "----", 1),
        BASE64_STANDARD.encode(text.trim()),
        BASE64_URL_SAFE_NO_PAD.encode(text.trim()),
    ];
    // What stands ahead of PEM tells nothing of it.
    if text.starts_with('{') || text.starts_with("-----BEGIN ") {
        let ends = [text.len() / 2, text.len() - 1];
        wrong.extend(ends.into_iter().filter_map(|end| text.get(..end)).map(str::to_owned));
    }
    wrong
}

/// See the module.
pub fn keys(input: &[u8]) {
    let encoded = BASE64_STANDARD.encode(input);
    for label in ["PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE"] {
        let pem = format!("-----BEGIN {label}-----\n{encoded}\n-----END {label}-----\n");
        if KeySet::parse(&pem).is_err() {
            continue;
        }
        let lines: Vec<_> = encoded.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
        let hex: String = input.iter().map(|byte| format!("{byte:02x}")).collect();
        for bare in [
            encoded.clone(),
            lines.join("\n"),
            lines.join("\\n"),
            BASE64_STANDARD_NO_PAD.encode(input),
            BASE64_URL_SAFE.encode(input),
            format!("\"{encoded}\""),
            hex,
        ] {
            is_no_secret(&bare);
        }
        assert!(Key::secret(input.to_vec()).is_err(), "{pem}");
    }
    let Ok(text) = std::str::from_utf8(input) else { return };
    if let Ok(public) = KeySet::from_public_jwks(text) {
        assert!(!has_secret(&public) && !public.keys().is_empty());
    }
    let start = text.trim_start_matches(|first: char| first == '\u{feff}' || first.is_whitespace());
    match KeySet::parse(text) {
        Ok(set) if has_secret(&set) => {
            let is_jwk = start.starts_with('{') && start.ends_with(['}', '\n', ' ', '\r', '\t']);
            let is_meant = ["BEGIN", "\"kty\"", "\u{feff}"].iter().any(|part| text.contains(part));
            assert!(is_jwk || !is_meant && !start.starts_with(['{', '[']), "{text:?}");
        }
        Ok(_) => slightly_wrong(text).iter().for_each(|wrong| is_no_secret(wrong)),
        // What is wrong is told without the text.
        Err(invalid) => assert!(invalid.to_string().len() < 400, "{invalid}"),
    }
}
