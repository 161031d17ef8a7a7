//! The text in which the door tells what is granted: read as it stands, and made of a value.

use crate::{
    base::{dialect::Dialect, timestamp::Timestamp},
    door::granted::{Bearer, Granted, Holder},
    tokens::{
        bearer::Carrier,
        grants::{Grants, Selectable, Selector, SubscribeGrant},
        publisher::KeySpace,
    },
};

/// Bytes that values are made of. Behind the last there is nothing but zeros.
struct Bytes<'input>(&'input [u8]);

impl Bytes<'_> {
    fn next(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    /// Any text, of up to 15 bytes.
    fn text(&mut self) -> String {
        let length = usize::from(self.next() % 16).min(self.0.len());
        let (text, rest) = self.0.split_at(length);
        self.0 = rest;
        String::from_utf8_lossy(text).into_owned()
    }

    fn flag(&mut self) -> bool {
        self.next() % 2 == 1
    }

    fn optional<T>(&mut self, some: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.flag().then(|| some(self))
    }

    fn list<T>(&mut self, one: impl Fn(&mut Self) -> T) -> Vec<T> {
        (0..self.next() % 16).map(|_| one(self)).collect()
    }

    fn selector(&mut self) -> Selector {
        match self.next() % 4 {
            0 => Selector::All,
            1 => Selector::TopicSelector(self.text()),
            2 => Selector::Exact(self.text()),
            _ => Selector::UrlPattern(self.text()),
        }
    }

    fn grant(&mut self) -> SubscribeGrant {
        SubscribeGrant { topics: self.list(Self::selector), payload: self.optional(Self::text) }
    }

    fn timestamp(&mut self) -> Timestamp {
        Timestamp::from_millis(u64::from_be_bytes([0; 8].map(|_: u8| self.next())))
    }

    fn bearer(&mut self) -> Bearer {
        Bearer {
            grants: Grants {
                dialect: if self.flag() { Dialect::V1 } else { Dialect::V0 },
                publish: self.list(Self::selector),
                has_publish_claim: self.flag(),
                subscribe: self.list(Self::grant),
                expires: self.optional(Self::timestamp),
            },
            selectable: if self.flag() { Selectable::Granted } else { Selectable::Anything },
            subscriber: self.optional(Self::text).and_then(|text| text.parse().ok()),
            carrier: match self.next() % 3 {
                0 => Carrier::Header,
                1 => Carrier::Cookie,
                _ => Carrier::Query,
            },
            key_space: self.optional(Self::text).map(KeySpace::stored),
        }
    }

    fn granted(&mut self) -> Granted {
        let role = match self.next() % 3 {
            0 => return Granted::Operator,
            1 => Granted::Publish,
            _ => Granted::Subscribe,
        };
        role(self.optional(Self::bearer).map_or(Holder::Anonymous, Holder::Bearer))
    }
}

/// See the module.
pub fn granted(input: &[u8]) {
    let granted = Bytes(input).granted();
    assert_eq!(granted.to_string().parse(), Ok(granted));

    let Ok(text) = std::str::from_utf8(input) else { return };
    match text.parse::<Granted>() {
        Ok(granted) => assert_eq!(granted.to_string(), text),
        Err(invalid) => assert!(invalid.at <= text.len()),
    }
}
