//! Who may publish and subscribe, and by which requests.

use crate::{
    settings::{
        rows::parse::{BOOLEAN, ORIGINS, boolean, origins, set},
        setting::{Group, Preset, Read, Refusal, Setting},
    },
    tokens::bearer::CookieNames,
};

pub(crate) const GROUP: Group = Group {
    title: "Access",
    settings: &[
        Setting {
            name: "ANONYMOUS_PUBLISH",
            default: Preset::Value("false"),
            expected: BOOLEAN,
            is_secret: false,
            about: "whether everybody may publish without a token",
            read: Read::Parsed(|draft, text| {
                set(&mut draft.config.authorization.anonymous_publish, boolean(text))
            }),
        },
        Setting {
            name: "ANONYMOUS_SUBSCRIBE",
            default: Preset::Value("false"),
            expected: BOOLEAN,
            is_secret: false,
            about: "whether everybody may subscribe to public updates without a token",
            read: Read::Parsed(|draft, text| {
                set(&mut draft.config.authorization.anonymous_subscribe, boolean(text))
            }),
        },
        Setting {
            name: "PUBLISHING",
            default: Preset::Value("true"),
            expected: BOOLEAN,
            is_secret: false,
            about: "`false` switches publishing off: its methods get 405",
            read: Read::Parsed(|draft, text| {
                set(&mut draft.config.methods.publishing, boolean(text))
            }),
        },
        Setting {
            name: "SUBSCRIBING",
            default: Preset::Value("true"),
            expected: BOOLEAN,
            is_secret: false,
            about: "`false` switches subscribing off: its methods get 405, and the subscription API stays on",
            read: Read::Parsed(|draft, text| {
                set(&mut draft.config.methods.subscribing, boolean(text))
            }),
        },
        Setting {
            name: "PUBLISH_ORIGINS",
            default: Preset::Told("none"),
            expected: ORIGINS,
            is_secret: false,
            about: "origins whose pages may publish with their visitors' cookie",
            read: Read::Parsed(|draft, text| {
                draft.config.authorization.publish_origins = origins(text)?;
                Ok(())
            }),
        },
        Setting {
            name: "CORS_ORIGINS",
            default: Preset::Told("none"),
            expected: ORIGINS,
            is_secret: false,
            about: "origins whose pages may read the hub's answers",
            read: Read::Parsed(|draft, text| {
                draft.config.cors_origins = origins(text)?;
                Ok(())
            }),
        },
        Setting {
            name: "COOKIE_NAME",
            default: Preset::Told(
                "`mercureAuthorization` in 0.x, `__Secure-mercure_access_token` in 1.0",
            ),
            expected: "the name of a cookie",
            is_secret: false,
            about: "the cookie that may carry a token",
            read: Read::Parsed(|draft, text| {
                set(&mut draft.config.authorization.cookie_names, CookieNames::same(text))
            }),
        },
        Setting {
            name: "PROTOCOL_VERSION_COMPATIBILITY",
            default: Preset::Value("8"),
            expected: "7 or 8",
            is_secret: false,
            about: "`7` follows that version of the draft: any `publish` claim in a token, even an empty one, is enough for public updates",
            read: Read::Parsed(|draft, text| {
                // In the reference hub of 1.0, 8 keeps 0.x switched on. This hub always has both.
                draft.config.authorization.public_by_claim = match text {
                    "7" => true,
                    "8" => false,
                    _ => return Err(Refusal::Form),
                };
                Ok(())
            }),
        },
    ],
};
