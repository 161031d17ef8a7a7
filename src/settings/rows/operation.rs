//! Variables for the operator of a deployment.

use crate::settings::{
    invalid_config::{EXPECTED, HUB_NAMES, HUBS},
    level::Level,
    rows::parse::set,
    setting::{Group, Preset, Read, Refusal, Setting},
};

pub(crate) const GROUP: Group = Group {
    title: "Operation",
    settings: &[
        Setting {
            name: "LOG_LEVEL",
            default: Preset::Value("info"),
            expected: "debug, info, warning or error",
            is_secret: false,
            about: "the lowest level that is logged, in upper or lower case; only `debug` logs what is published and the payloads of tokens",
            read: Read::Parsed(|draft, text| set(&mut draft.config.log_level, Level::parse(text))),
        },
        Setting {
            name: "OPERATOR_KEY",
            default: Preset::Told("none"),
            expected: "a secret of at least 16 bytes",
            is_secret: true,
            about: "with it an operator sees the figures of hubs, and lists, drains, clears, deletes, exports and imports them",
            read: Read::Parsed(|draft, text| {
                draft.config.operator_key = Some(text.parse().map_err(Refusal::OperatorKey)?);
                Ok(())
            }),
        },
        Setting {
            name: HUBS,
            default: Preset::Told("none"),
            expected: EXPECTED,
            is_secret: true,
            about: "variables of single hubs, which override those of all",
            read: Read::ByHost,
        },
        Setting {
            name: HUB_NAMES,
            default: Preset::Told("all that hubs can have"),
            expected: "names of hubs, separated by spaces or commas, with * for any characters",
            is_secret: false,
            about: "the hubs that there may be, such as `news tenant-*`; a request for another is answered 404",
            read: Read::Parsed(|draft, text| {
                draft.config.hub_names = text.parse().map_err(Refusal::Part)?;
                Ok(())
            }),
        },
    ],
};
