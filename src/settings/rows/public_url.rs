//! The URL and the origins at which clients find the hub.

use crate::{
    base::url_parts,
    settings::{
        rows::parse::{ORIGINS, origins, set},
        setting::{Group, Preset, Read, Setting},
    },
    tokens::origins::{is_of_server, normalize},
};

pub(crate) const GROUP: Group = Group {
    title: "Public URL",
    settings: &[
        Setting {
            name: "RESOURCE_IDENTIFIER",
            default: Preset::Told(
                "the hub's URL at the first of `PUBLIC_ORIGINS`, else the URL of each request",
            ),
            expected: "the URL of the hub, such as https://example.com/.well-known/mercure",
            is_secret: false,
            about: "the public URL of the default hub, also behind a proxy that ends TLS",
            read: Read::Parsed(|draft, text| {
                let url = is_url(text).then(|| Some(text.to_owned()));
                set(&mut draft.config.authorization.public_url, url)
            }),
        },
        Setting {
            name: "PUBLIC_ORIGINS",
            default: Preset::Told("any"),
            expected: ORIGINS,
            is_secret: false,
            about: "the origins at which the hub answers; at others it answers 421",
            read: Read::Parsed(|draft, text| {
                draft.config.authorization.public_origins = Some(origins(text)?);
                Ok(())
            }),
        },
    ],
};

/// Whether other URLs can be resolved against this one, and tokens can name it.
fn is_url(text: &str) -> bool {
    let origin = normalize(url_parts::origin(text));
    origin.is_some_and(|origin| is_of_server(&origin))
        && !text.contains(|end: char| end == '#' || end.is_whitespace())
}
