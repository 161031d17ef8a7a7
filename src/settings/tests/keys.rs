//! The values that an operator sets as a key. A text that is almost a public key, or that names the
//! place of one, never becomes a secret.

use super::vectors;
use crate::{
    settings::config::Config,
    tokens::{
        algorithm::KeyKind,
        key::InvalidKey,
        key_set::{InvalidKeySet, KeySet},
        lookalike::Lookalike::{
            self, ByteOrderMark, Der, Encoded, Jwk, OpenSsh, Path, Pem, Placeholder, Url, Xml,
        },
    },
};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD},
};
use serde_json::json;

const EC: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAETYCDlNXcNNP7ulInZISh59RiBMAm\n\
    Du8U7wLc+4sh4+73lzb6vBAt7c19zAgrGbysU1SwyYnl5UqzUvc2V1H+ZQ==";
const ED25519: &str = "MCowBQYDK2VwAyEA4n7YGaviLYADDKi47VuNrm42Z45a5uOhylgci8pc0xw=";
const CERTIFICATE: &str = "MIIBgjCCASmgAwIBAgIUBE+TVh84FlHUBBMhBQQWLol2llowCgYIKoZIzj0EAwIw";
/// The beginning of each, which is enough to know one by.
const PRIVATE: [&str; 4] = [
    "MIIEogIBAAKCAQEAnVq7zSOs+T10P80Qv98JwDQB",
    "MHcCAQEEILfqx/K6kgUKmCl6oQyZHyrjyCbqKCrG",
    "MC4CAQAwBQYDK2VwBCIEIHnxgg1OOPo/H9dSd2pU",
    "MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSk",
];
const SSH: &str = "AAAAC3NzaC1lZDI1NTE5AAAAIPoVmtjIHgCPCpFFy5z7jDvf1Z3TYyhfjs4x4O8P9iJx";

/// A public RSA key in PEM, and as a JWK.
fn rsa() -> (String, String) {
    let vectors = vectors();
    let key = |form| vectors.pointer(form).unwrap();
    (key("/keys/rsa/text").as_str().unwrap().to_owned(), key("/keys/rsa/jwk").to_string())
}

fn body(pem: &str) -> String {
    pem.lines().filter(|line| !line.starts_with("---")).collect::<Vec<_>>().join("\n")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

#[track_caller]
fn refused(cases: &[(String, Lookalike)]) {
    for (text, lookalike) in cases {
        let expected = Err(InvalidKeySet::Key(InvalidKey::Lookalike(*lookalike)));
        assert_eq!(KeySet::parse(text), expected, "{text:?}");
        // So it is as the secret in a JWK.
        let jwk = json!({ "kty": "oct", "k": BASE64_URL_SAFE_NO_PAD.encode(text) }).to_string();
        assert_eq!(KeySet::parse(&jwk), expected, "{text:?}");
        for variable in ["MERCURE_SUBSCRIBER_JWT_KEY", "ISSUERS", "OPERATOR_KEY"] {
            let value = match variable {
                "ISSUERS" => json!([{ "issuer": "a", "publisher": { "key": text } }]).to_string(),
                _ => text.clone(),
            };
            let read = |name: &str| (name == variable).then(|| value.clone());
            let error = Config::read(read).unwrap_err();
            let told = error.to_string();
            assert_eq!(error.variable(), variable);
            assert!(told.ends_with(&lookalike.to_string()), "{told}");
        }
    }
}

fn of(texts: &[&str], lookalike: Lookalike) -> Vec<(String, Lookalike)> {
    texts.iter().map(|text| ((*text).to_owned(), lookalike)).collect()
}

#[test]
fn a_jwk_that_is_slightly_wrong_is_no_secret() {
    let (_, jwk) = rsa();
    let open = jwk.strip_suffix('}').unwrap();
    let without_type = jwk.replace(r#""kty":"RSA""#, r#""x":"RSA""#);
    assert_ne!(without_type, jwk);
    refused(&of(
        &[
            &format!("{open},}}"),
            &format!(r#"{open},"kty":"RSA"}}"#),
            &format!("{open},}}").replace('{', "\u{feff}{"),
            &format!("[{jwk}]"),
            &without_type,
            open,
            &jwk[1..],
            &jwk[..jwk.len() / 2],
            &format!("{{/* of the issuer */{}", &jwk[1..]),
            &format!("// of the issuer\n{jwk}"),
            &jwk.replace('"', "'"),
            &jwk.replace('"', "\\\""),
            &jwk.replace('"', "%22").replace('{', "%7B"),
            &format!(" \n\t{open}"),
            &format!("{jwk}{jwk}"),
            &format!("\"{}\"", jwk.replace('"', "\\\"")),
            &format!("const key = {}", jwk.replace('"', "")),
            "kty: RSA\nn: 2s5SfNCwDvxJhQoKcUcl5ekrRP3IheGzgt3YE4iyATmDn1Sc4H3LFIfb\ne: AQAB",
            "{}",
            "[]",
            "{",
            r#"{"keys":"#,
            r#"{"a":1}"#,
        ],
        Jwk,
    ));
}

#[test]
fn pem_that_is_slightly_wrong_is_no_secret() {
    let (pem, _) = rsa();
    let dashes = "-----";
    refused(&of(
        &[
            &pem.replacen(dashes, "----", 1),
            &pem.replace(dashes, "----"),
            &pem.to_ascii_lowercase(),
            &pem.replace("BEGIN PUBLIC KEY", "begin public key"),
            &pem.replace(dashes, "\u{2014}\u{2014}"),
            &pem.replace(dashes, "\u{2013}\u{2013}\u{2013}"),
            &pem.replace(dashes, ""),
            &format!("{}\n-----END PUBLIC KEY-----", body(&pem)),
            &format!("---- BEGIN SSH2 PUBLIC KEY ----\n{SSH}\n---- END SSH2 PUBLIC KEY ----"),
            "BEGIN",
        ],
        Pem,
    ));
}

#[test]
fn a_key_without_its_armour_is_no_secret() {
    let (pem, _) = rsa();
    let body = body(&pem);
    let der = BASE64_STANDARD.decode(body.replace('\n', "")).unwrap();
    let pkcs1 = &der[24..];
    assert_eq!(pkcs1[..4], [0x30, 0x82, 0x01, 0x0a]);
    let cut = BASE64_STANDARD.encode(&der[..40]);
    let colons: Vec<_> = der.iter().map(|byte| format!("{byte:02X}")).collect();
    refused(&of(
        &[
            &body,
            &body.replace('\n', ""),
            &body.replace('\n', "\r\n"),
            &body.replace('\n', "\\n"),
            &format!("\\n{}", body.replace('\n', "\\n")),
            &format!("\"{}\"", body.replace('\n', "")),
            &format!("----{}----", body.replace('\n', "")),
            &format!("RS256:{}", body.replace('\n', "")),
            &format!("{} {}", &body[..7], &body[7..]),
            &cut,
            &BASE64_URL_SAFE.encode(&der),
            &BASE64_STANDARD.encode(pkcs1),
            &BASE64_URL_SAFE_NO_PAD.encode(pkcs1),
            &hex(&der),
            &format!("0x{}", hex(pkcs1)),
            &colons.join(":"),
            &colons.join(" "),
            // Without the sign of its modulus.
            "MIIBCgKCAQHlpRa7YO3YhfTfg4zNeGw4iUcYLINWCvruFtqqsDUV4q1FFB",
            EC,
            ED25519,
            CERTIFICATE,
        ],
        Der,
    ));
    refused(&of(&PRIVATE, Der));
    let raw = json!({ "kty": "oct", "k": BASE64_URL_SAFE_NO_PAD.encode(&der) }).to_string();
    let expected = Err(InvalidKeySet::Key(InvalidKey::Lookalike(Der)));
    assert_eq!(KeySet::parse(&raw), expected);
}

#[test]
fn a_key_that_has_lost_its_beginning_is_no_secret() {
    let body = body(&rsa().0);
    let cut: Vec<_> =
        (1..=10).map(|lost| &body[lost..]).chain((1..=5).map(|lost| &EC[lost..])).collect();
    refused(&of(&cut, Der));
}

#[test]
fn a_point_of_a_curve_as_web_push_shows_it_is_no_secret() {
    let mut point = [7; 65];
    point[0] = 4;
    refused(&of(&[&BASE64_URL_SAFE_NO_PAD.encode(point), &hex(&point)], Der));
}

#[test]
fn a_key_of_another_form_or_in_base64_is_no_secret() {
    let (pem, jwk) = rsa();
    refused(&of(
        &[
            &format!("ssh-ed25519 {SSH} me@host"),
            &format!("  ssh-rsa {SSH}"),
            &format!("ecdsa-sha2-nistp256 {SSH}"),
            SSH,
            &format!("{SSH} me@host"),
            &hex(&BASE64_STANDARD.decode(SSH).unwrap()),
        ],
        OpenSsh,
    ));
    refused(&of(
        &[
            "<RSAKeyValue><Modulus>2s5SfNCw</Modulus><Exponent>AQAB</Exponent></RSAKeyValue>",
            "<?xml version=\"1.0\"?><RSAKeyValue/>",
        ],
        Xml,
    ));
    refused(&of(
        &[
            &BASE64_STANDARD.encode(&pem),
            &BASE64_STANDARD.encode(format!("subject=CN = hub.example\n{pem}")),
            &BASE64_STANDARD.encode(format!("\n\n  {jwk}")),
            &BASE64_URL_SAFE_NO_PAD.encode(&jwk),
            &BASE64_STANDARD.encode(format!("{{ \n {}", &jwk[1..])),
            &BASE64_STANDARD.encode(format!("\u{feff}{jwk}")),
            &hex(pem.as_bytes()),
            "eyJhbGciOiJIUzI1NiJ9.eyJtZXJjdXJlIjp7InB1Ymxpc2giOlsiKiJdfX0.c2ln",
            "Bearer eyJhbGciOiJIUzI1NiJ9.eyJtZXJjdXJlIjp7InB1Ymxpc2giOlsiKiJdfX0.c2ln",
        ],
        Encoded,
    ));
}

#[test]
fn where_a_key_is_is_no_secret() {
    refused(&of(
        &["https://issuer.example/.well-known/jwks", "HTTP://127.0.0.1/keys", "data:,x"],
        Url,
    ));
    refused(&of(
        &[
            "file:///etc/keys/x",
            "/etc/keys/mercure",
            "/run/secrets/mercure",
            "./public",
            "keys/public.pem\n",
            "C:\\keys\\x.PUB",
            "jwks.json",
        ],
        Path,
    ));
    refused(&of(&["${JWT_KEY}", "$(cat key)", "{{ jwt_key }}"], Placeholder));
    refused(&of(
        &["\u{feff}0123456789abcdef0123456789abcdef", "0123456789abcdef0123456789abcdef\u{feff}"],
        ByteOrderMark,
    ));
}

#[test]
fn a_byte_order_mark_ahead_of_a_key_that_is_right_is_passed_over() {
    let (pem, jwk) = rsa();
    for text in [&pem, &jwk, &format!(" {jwk}\n"), &pem.replace('\n', "\\n")] {
        let set = KeySet::parse(&format!("\u{feff}{text}")).unwrap();
        assert_eq!(set.keys()[0].kind(), KeyKind::Rsa, "{text}");
    }
}

#[test]
fn a_private_key_is_named_wherever_it_stands() {
    let vectors = vectors();
    for name in ["rsa", "p256", "ed25519"] {
        let private = vectors["keys"][name]["private"].to_string();
        let expected = Err(InvalidKeySet::Key(InvalidKey::Private));
        assert_eq!(KeySet::parse(&private), expected, "{name}");
        assert_eq!(KeySet::parse(&format!(r#"{{"keys":[{private}]}}"#)), expected, "{name}");
        let issuers =
            format!(r#"[{{"issuer":"a","publisher":{{"jwks":{{"keys":[{private}]}}}}}}]"#);
        let read = |variable: &str| (variable == "ISSUERS").then(|| issuers.clone());
        let told = Config::read(read).unwrap_err().to_string();
        assert!(told.contains("it is a private key"), "{told}");
    }
}

#[test]
fn a_secret_is_taken_as_it_stands() {
    for secret in [
        "!ChangeThisMercureHubJWTSecretKey!",
        "correct horse battery staple at the end of a key",
        " 0123456789abcdef0123456789abcdef\n",
        "3f0b8f6c6b0e4f0d9a1c2e5d7b8a90123f0b8f6c6b0e4f0d9a1c2e5d7b8a9012",
        "MIIseemsLikeABeginningButIsNoneOfDerAtAll0123",
        "/9j/4AAQSkZJRgABAQAAAQABAAD/2wCEAAkGBxMTEhUTExMVFhUX",
        "p4$$w0rd<with>odd{signs}[and]more\\of'them`at_the_end",
        "schlüssel über alles, mit äöü und ß 0123456789",
    ] {
        let set = KeySet::parse(secret).unwrap();
        assert_eq!(set.keys()[0].kind(), KeyKind::Secret, "{secret}");
        assert_eq!(set.keys()[0].bytes(), secret.as_bytes(), "{secret}");
    }
}

#[test]
fn random_secrets_are_taken() {
    let mut seed = 7_u64;
    let mut random = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed.to_le_bytes()
    };
    for _ in 0..20_000 {
        let bytes: Vec<u8> = (0..4).flat_map(|_| random()).collect();
        for secret in
            [BASE64_STANDARD.encode(&bytes), BASE64_URL_SAFE_NO_PAD.encode(&bytes), hex(&bytes)]
        {
            assert!(KeySet::parse(&secret).is_ok(), "{secret}");
        }
    }
}

#[test]
fn a_secret_of_random_bytes_is_one_whatever_text_is_in_it() {
    for text in ["{", "[", "</", "ssh-", "\":\"", "../", "kty:", "%7b", "<%"] {
        for bytes in [[text.as_bytes(), &[0xff; 32]], [&[0xff; 32], text.as_bytes()]] {
            let secret = BASE64_URL_SAFE_NO_PAD.encode(bytes.concat());
            let jwk = json!({ "kty": "oct", "k": secret }).to_string();
            assert!(KeySet::parse(&jwk).is_ok(), "{text} in {jwk}");
        }
    }
    let secret = hex(&[&b"{\""[..], &[0x9c; 30]].concat());
    assert!(KeySet::parse(&secret).is_ok(), "{secret}");
}
