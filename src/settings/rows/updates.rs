//! How updates are accepted and delivered.

use crate::{
    base::{duration::duration, rate::Rate},
    hub::linger::Linger,
    settings::{
        compression::Compression,
        rows::parse::{BOOLEAN, boolean, set},
        setting::{Group, Preset, Read, Setting},
    },
};

pub(crate) const GROUP: Group = Group {
    title: "Updates",
    settings: &[
        Setting {
            name: "PUBLISH_RATE",
            default: Preset::Value("0"),
            expected: "a number of updates a second, or 0 for no limit",
            is_secret: false,
            about: "updates a second that a hub accepts, and as many at once after a pause",
            read: Read::Parsed(|draft, text| {
                let rate = text.parse().ok().map(|rate: u32| (rate > 0).then_some(Rate(rate)));
                set(&mut draft.config.publish_rate, rate)
            }),
        },
        Setting {
            name: "LINGER",
            default: Preset::Value("50ms"),
            expected: "a time such as 50ms, or 0 for none",
            is_secret: false,
            about: "how long updates of a busy hub wait at the most, so that they go out together",
            read: Read::Parsed(|draft, text| {
                set(&mut draft.config.delivery.linger, duration(text).map(Linger::up_to))
            }),
        },
        Setting {
            name: "COMPRESSION",
            default: Preset::Value("off"),
            expected: "off, public or all",
            is_secret: false,
            about: "which streams are compressed with gzip: none, those without private updates, or all",
            read: Read::Parsed(|draft, text| {
                set(&mut draft.config.compression, Compression::parse(text))
            }),
        },
        Setting {
            name: "SLOW_CONSUMERS",
            default: Preset::Value("resume"),
            expected: "resume, conflate or evict",
            is_secret: false,
            about: "what happens to a connection that is more than 1,000 updates behind",
            read: Read::Parsed(|draft, text| {
                set(&mut draft.config.delivery.slow_consumers, text.parse().ok())
            }),
        },
        Setting {
            name: "SUBSCRIPTIONS",
            default: Preset::Value("false"),
            expected: BOOLEAN,
            is_secret: false,
            about: "whether the hub announces subscriptions by private updates, and has the subscription API",
            read: Read::Parsed(|draft, text| set(&mut draft.config.subscriptions, boolean(text))),
        },
    ],
};
