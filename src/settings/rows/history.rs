//! The history that a hub keeps, and the events that tell clients their place in it.

use crate::{
    base::duration::duration,
    log::gap::GapEvents,
    settings::{
        rows::parse::{BOOLEAN, boolean, positive, set},
        setting::{Group, Preset, Read, Setting},
    },
};

pub(crate) const GROUP: Group = Group {
    title: "History",
    settings: &[
        Setting {
            name: "HISTORY_UPDATES",
            default: Preset::Value("10000"),
            expected: "a number from 1 on",
            is_secret: false,
            about: "publications that a hub keeps; the oldest are removed",
            read: Read::Parsed(|draft, text| {
                set(&mut draft.config.retention.publications.updates, positive(text))
            }),
        },
        Setting {
            name: "HISTORY_BYTES",
            default: Preset::Value("67108864"),
            expected: "a number from 1 on",
            is_secret: false,
            about: "bytes of publications that a hub keeps",
            read: Read::Parsed(|draft, text| {
                set(&mut draft.config.retention.publications.bytes, positive(text))
            }),
        },
        Setting {
            name: "HISTORY_AGE",
            default: Preset::Value("0"),
            expected: "a time such as 12h or 7d, or 0 for no limit",
            is_secret: false,
            about: "how long a hub keeps an update",
            read: Read::Parsed(|draft, text| {
                let age = duration(text).map(|age| (!age.is_zero()).then_some(age));
                set(&mut draft.config.retention.age, age)
            }),
        },
        Setting {
            name: "CLOSED_AGE",
            default: Preset::Value("24h"),
            expected: "a time such as 24h or 7d",
            is_secret: false,
            about: "how long a topic stays closed at the least; it stays so as long as an update from before its closing is kept",
            read: Read::Parsed(|draft, text| {
                let age = duration(text).filter(|age| !age.is_zero());
                set(&mut draft.config.retention.closed_age, age)
            }),
        },
        Setting {
            name: "GAP_EVENTS",
            default: Preset::Value("true"),
            expected: BOOLEAN,
            is_secret: false,
            about: "`false` sends no `gap`: a client is not told that updates are missing, and a `place` tells it where to come back to (if `PLACE_EVENTS` allows it)",
            read: Read::Parsed(|draft, text| {
                let on = boolean(text).map(|on| if on { GapEvents::On } else { GapEvents::Off });
                set(&mut draft.config.gap_events, on)
            }),
        },
        Setting {
            name: "PLACE_EVENTS",
            default: Preset::Value("auto"),
            expected: "auto, true or false",
            is_secret: false,
            about: "which clients get a `place` event where a live stream begins: `auto` those that send `Cache-Control: no-cache`, `true` all, `false` none",
            read: Read::Parsed(|draft, text| {
                set(&mut draft.config.place_events, text.parse().ok())
            }),
        },
    ],
};
