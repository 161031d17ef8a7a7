//! A right as text. `FromStr` reads what `Display` writes.

use std::{fmt, str::FromStr};

use super::{Bearer, Granted, Holder, InvalidGranted, VERSION, reader::Reader};
use crate::{
    base::dialect::Dialect,
    tokens::{
        bearer::Carrier,
        grants::{Selectable, Selector},
        publisher::KeySpace,
        subscriber_name::SubscriberName,
    },
};

impl fmt::Display for Granted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        text.push(char::from(VERSION));
        match self {
            Self::Operator => text.push('o'),
            Self::Publish(holder) => holder.write(&mut text, 'p'),
            Self::Subscribe(holder) => holder.write(&mut text, 's'),
        }
        formatter.write_str(&text)
    }
}

impl Holder {
    fn write(&self, to: &mut String, role: char) {
        to.push(role);
        match self {
            Self::Anonymous => to.push('a'),
            Self::Bearer(bearer) => bearer.write(to),
        }
    }
}

impl Bearer {
    fn write(&self, to: &mut String) {
        let grants = &self.grants;
        to.push('b');
        to.push(match self.carrier {
            Carrier::Header => 'h',
            Carrier::Cookie => 'c',
            Carrier::Query => 'q',
        });
        to.push(match grants.dialect {
            Dialect::V0 => '0',
            Dialect::V1 => '1',
        });
        to.push(if grants.has_publish_claim { '+' } else { '-' });
        to.push(match self.selectable {
            Selectable::Anything => 'a',
            Selectable::Granted => 'g',
        });
        write_optional(to, self.subscriber.as_ref().map(SubscriberName::as_str));
        match grants.expires {
            Some(expires) => write_number(to, expires.as_millis()),
            None => to.push('-'),
        }
        write_optional(to, self.key_space.as_ref().map(KeySpace::as_str));
        write_selectors(to, &grants.publish);
        write_number(to, grants.subscribe.len() as u64);
        for grant in &grants.subscribe {
            write_optional(to, grant.payload.as_deref());
            write_selectors(to, &grant.topics);
        }
    }
}

fn write_selectors(to: &mut String, selectors: &[Selector]) {
    write_number(to, selectors.len() as u64);
    for selector in selectors {
        let (kind, text) = match selector {
            Selector::All => {
                to.push('*');
                continue;
            }
            Selector::TopicSelector(text) => ('t', text),
            Selector::Exact(text) => ('e', text),
            Selector::UrlPattern(text) => ('u', text),
        };
        to.push(kind);
        write_text(to, text);
    }
}

fn write_optional(to: &mut String, text: Option<&str>) {
    match text {
        Some(text) => write_text(to, text),
        None => to.push('-'),
    }
}

fn write_text(to: &mut String, text: &str) {
    write_number(to, text.len() as u64);
    to.push_str(text);
}

fn write_number(to: &mut String, number: u64) {
    to.push_str(&number.to_string());
    to.push(':');
}

impl FromStr for Granted {
    type Err = InvalidGranted;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Reader::new(text).whole()
    }
}
