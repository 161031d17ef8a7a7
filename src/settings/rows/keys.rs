//! Whose tokens are trusted. Variables of the reference hub have its names and meaning; `ISSUERS` is
//! this hub's own.

use crate::{
    settings::{
        rows::parse::{BOOLEAN, boolean, set},
        setting::{Group, Preset, Read, Setting},
    },
    tokens::trust::{DEVELOPMENT, ISSUERS, PUBLISHER, SUBSCRIBER, TRUSTED_ISSUERS},
};

const KEY: &str =
    "a secret of at least 32 bytes, a public key in PEM (or its certificate), or a JWK or JWK Set";
const ALGORITHMS: &str = "algorithms such as ES256, separated by spaces";
const BY_KEY: &str = "`HS256` for a secret, all that fit for a JWK or a key set";
const URL: &str = "an https URL, or an http one of the same machine";

pub(crate) const GROUP: Group = Group {
    title: "Keys",
    settings: &[
        Setting {
            name: PUBLISHER.key,
            default: Preset::Told("none"),
            expected: KEY,
            is_secret: true,
            about: "the key that verifies publishers' tokens of 0.x",
            read: Read::Kept(|draft, value| draft.keys.publisher.key = value),
        },
        Setting {
            name: SUBSCRIBER.key,
            default: Preset::Told("none"),
            expected: KEY,
            is_secret: true,
            about: "the key that verifies subscribers' tokens of 0.x",
            read: Read::Kept(|draft, value| draft.keys.subscriber.key = value),
        },
        Setting {
            name: PUBLISHER.algorithms,
            default: Preset::Told(BY_KEY),
            expected: ALGORITHMS,
            is_secret: false,
            about: "the algorithms of publishers' signatures, which a key in PEM needs",
            read: Read::Kept(|draft, value| draft.keys.publisher.algorithms = value),
        },
        Setting {
            name: SUBSCRIBER.algorithms,
            default: Preset::Told(BY_KEY),
            expected: ALGORITHMS,
            is_secret: false,
            about: "the algorithms of subscribers' signatures, which a key in PEM needs",
            read: Read::Kept(|draft, value| draft.keys.subscriber.algorithms = value),
        },
        Setting {
            name: PUBLISHER.url,
            default: Preset::Told("none"),
            expected: URL,
            is_secret: false,
            about: "where publishers' keys are fetched from, instead of a key",
            read: Read::Kept(|draft, value| draft.keys.publisher.url = value),
        },
        Setting {
            name: SUBSCRIBER.url,
            default: Preset::Told("none"),
            expected: URL,
            is_secret: false,
            about: "where subscribers' keys are fetched from, instead of a key",
            read: Read::Kept(|draft, value| draft.keys.subscriber.url = value),
        },
        Setting {
            name: TRUSTED_ISSUERS,
            default: Preset::Told("none"),
            expected: "one issuer",
            is_secret: false,
            about: "the issuer whose access tokens of 1.0 the keys above verify too",
            read: Read::Kept(|draft, value| draft.keys.trusted_issuer = value),
        },
        Setting {
            name: ISSUERS,
            default: Preset::Told("none"),
            expected: "JSON: a list of issuers with keys",
            is_secret: true,
            about: "issuers of access tokens of 1.0, each with its own keys",
            read: Read::Kept(|draft, value| draft.keys.issuers = value),
        },
        Setting {
            name: DEVELOPMENT,
            default: Preset::Value("false"),
            expected: BOOLEAN,
            is_secret: false,
            about: "`true` accepts secrets that are shorter than 32 bytes or known to everybody, and logs a warning",
            read: Read::Parsed(|draft, text| set(&mut draft.keys.is_development, boolean(text))),
        },
    ],
};
