//! Who holds connections, their heartbeat, and the limits of their age, number and memory.

use crate::{
    base::duration::duration,
    hub::{heartbeat::Heartbeat, memory::Memory},
    settings::{
        config::ConnectionAge,
        rows::parse::{LIMIT, number, set},
        setting::{Group, Preset, Read, Setting},
        stream_holder::StreamHolder,
    },
};

pub(crate) const GROUP: Group = Group {
    title: "Connections",
    settings: &[
        Setting {
            name: "DELIVERY",
            default: Preset::Value("direct"),
            expected: "direct or hibernate",
            is_secret: false,
            about: "`hibernate` lets a quiet hub sleep while its subscribers stay connected",
            read: Read::Parsed(|draft, text| {
                set(&mut draft.config.stream_holder, StreamHolder::parse(text))
            }),
        },
        Setting {
            name: "HEARTBEAT",
            default: Preset::Value("15s"),
            expected: "a time such as 15s or 500ms, or 0 for none",
            is_secret: false,
            about: "how long a connection may be sent nothing before the hub sends a comment",
            read: Read::Parsed(|draft, text| {
                set(&mut draft.config.heartbeat, duration(text).map(Heartbeat::every))
            }),
        },
        Setting {
            name: "CONNECTION_AGE",
            default: Preset::Value("1h"),
            expected: "a time such as 10m or 1h, or 0 for no limit",
            is_secret: false,
            about: "a connection ends at 80 to 100 % of this age, and its client comes back and resumes",
            read: Read::Parsed(|draft, text| {
                let age = duration(text).map(|age| ConnectionAge((!age.is_zero()).then_some(age)));
                set(&mut draft.config.connection_age, age)
            }),
        },
        Setting {
            name: "MAX_CONNECTIONS",
            default: Preset::Value("10000"),
            expected: LIMIT,
            is_secret: false,
            about: "connections of a hub, so that they fit its object's memory",
            read: Read::Parsed(|draft, text| {
                set(&mut draft.config.connection_limits.connections, number(text))
            }),
        },
        Setting {
            name: "MAX_CONNECTIONS_PER_ADDRESS",
            default: Preset::Value("1000"),
            expected: LIMIT,
            is_secret: false,
            about: "connections of a hub from one client address (of IPv6: one /64)",
            read: Read::Parsed(|draft, text| {
                set(&mut draft.config.connection_limits.per_address, number(text))
            }),
        },
        Setting {
            name: "MEMORY",
            default: Preset::Value("67108864"),
            expected: "a number of bytes from 1 on, or 0 for no limit",
            is_secret: false,
            about: "bytes that a hub uses for its connections, their queues, and updates in memory",
            read: Read::Parsed(|draft, text| {
                set(&mut draft.config.delivery.memory, text.parse().ok().map(Memory::of))
            }),
        },
    ],
};
