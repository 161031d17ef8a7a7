//! Reads the text, part by part.

use super::{Bearer, Granted, Holder, InvalidGranted, VERSION};
use crate::{
    base::{dialect::Dialect, timestamp::Timestamp},
    tokens::{
        bearer::Carrier,
        grants::{Grants, Selectable, Selector, SubscribeGrant},
        publisher::KeySpace,
        subscriber_name::SubscriberName,
    },
};

type Read<T> = Result<T, InvalidGranted>;

/// The text, and how much of it is read.
pub(super) struct Reader<'text> {
    text: &'text str,
    at: usize,
}

impl<'text> Reader<'text> {
    pub(super) fn new(text: &'text str) -> Self {
        Self { text, at: 0 }
    }

    /// Reads the text up to its end.
    pub(super) fn whole(mut self) -> Read<Granted> {
        if !self.take(VERSION) {
            return self.expected("the version 2");
        }
        let granted = if self.take(b'o') {
            Granted::Operator
        } else if self.take(b'p') {
            Granted::Publish(self.holder()?)
        } else if self.take(b's') {
            Granted::Subscribe(self.holder()?)
        } else {
            return self.expected("a role");
        };
        if self.at < self.text.len() {
            return self.expected("the end");
        }
        Ok(granted)
    }

    fn holder(&mut self) -> Read<Holder> {
        if self.take(b'a') {
            Ok(Holder::Anonymous)
        } else if self.take(b'b') {
            self.bearer().map(Holder::Bearer)
        } else {
            self.expected("a holder")
        }
    }

    fn bearer(&mut self) -> Read<Bearer> {
        let carrier = self.carrier()?;
        let dialect = self.dialect()?;
        let has_publish_claim = self.claim()?;
        let selectable = self.selectable()?;
        let subscriber = if self.take(b'-') { None } else { Some(self.subscriber()?) };
        let expires = if self.take(b'-') { None } else { Some(self.number()?) };
        let key_space = self.optional()?.map(KeySpace::stored);
        let publish = self.selectors()?;
        let mut subscribe = Vec::new();
        for _ in 0..self.number()? {
            let payload = self.optional()?;
            subscribe.push(SubscribeGrant { topics: self.selectors()?, payload });
        }
        let expires = expires.map(Timestamp::from_millis);
        let grants = Grants { dialect, publish, has_publish_claim, subscribe, expires };
        Ok(Bearer { grants, selectable, subscriber, carrier, key_space })
    }

    fn carrier(&mut self) -> Read<Carrier> {
        if self.take(b'h') {
            Ok(Carrier::Header)
        } else if self.take(b'c') {
            Ok(Carrier::Cookie)
        } else if self.take(b'q') {
            Ok(Carrier::Query)
        } else {
            self.expected("a carrier")
        }
    }

    fn dialect(&mut self) -> Read<Dialect> {
        if self.take(b'0') {
            Ok(Dialect::V0)
        } else if self.take(b'1') {
            Ok(Dialect::V1)
        } else {
            self.expected("a dialect")
        }
    }

    fn claim(&mut self) -> Read<bool> {
        let there = self.take(b'+');
        if there || self.take(b'-') { Ok(there) } else { self.expected("+ or -") }
    }

    fn selectable(&mut self) -> Read<Selectable> {
        if self.take(b'a') {
            Ok(Selectable::Anything)
        } else if self.take(b'g') {
            Ok(Selectable::Granted)
        } else {
            self.expected("a or g")
        }
    }

    fn subscriber(&mut self) -> Read<SubscriberName> {
        let at = self.at;
        let expected = "the name of a subscriber";
        self.text()?.parse().map_err(|_| InvalidGranted { at, expected })
    }

    /// As many as the number says. They cannot be more than the text has bytes.
    fn selectors(&mut self) -> Read<Vec<Selector>> {
        let mut selectors = Vec::new();
        for _ in 0..self.number()? {
            selectors.push(self.selector()?);
        }
        Ok(selectors)
    }

    fn selector(&mut self) -> Read<Selector> {
        if self.take(b'*') {
            Ok(Selector::All)
        } else if self.take(b't') {
            self.text().map(Selector::TopicSelector)
        } else if self.take(b'e') {
            self.text().map(Selector::Exact)
        } else if self.take(b'u') {
            self.text().map(Selector::UrlPattern)
        } else {
            self.expected("a selector")
        }
    }

    fn optional(&mut self) -> Read<Option<String>> {
        if self.take(b'-') { Ok(None) } else { self.text().map(Some) }
    }

    fn text(&mut self) -> Read<String> {
        let length = usize::try_from(self.number()?).unwrap_or(usize::MAX);
        let end = self.at.saturating_add(length);
        // The text ends behind a whole character, and not beyond the end.
        let Some(text) = self.text.get(self.at..end) else {
            return self.expected("a text of that length");
        };
        self.at = end;
        Ok(text.to_owned())
    }

    /// A number in its one form: without a sign, and without a zero before it.
    fn number(&mut self) -> Read<u64> {
        let start = self.at;
        let mut number = 0_u64;
        while let Some(digit) = self.digit() {
            let is_padded = number == 0 && self.at > start;
            let longer = number.checked_mul(10).and_then(|tens| tens.checked_add(digit));
            match longer {
                Some(longer) if !is_padded => number = longer,
                _ => return self.expected("a number"),
            }
            self.at += 1;
        }
        if self.at > start && self.take(b':') { Ok(number) } else { self.expected("a number") }
    }

    fn digit(&self) -> Option<u64> {
        let byte = *self.text.as_bytes().get(self.at)?;
        byte.is_ascii_digit().then(|| u64::from(byte - b'0'))
    }

    /// Goes past this letter of ASCII, if it is the next.
    fn take(&mut self, letter: u8) -> bool {
        let is_next = self.text.as_bytes().get(self.at) == Some(&letter);
        self.at += usize::from(is_next);
        is_next
    }

    fn expected<T>(&self, expected: &'static str) -> Read<T> {
        Err(InvalidGranted { at: self.at, expected })
    }
}
