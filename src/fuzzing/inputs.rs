//! What several fuzz targets share. An input is what would come over the wire, so that a corpus can
//! be read and written by hand; all else that a target needs is derived from it.

use crate::{
    event_stream::{decoder::Decoder, event::Event, event_id::EventId},
    hub::{
        last_event_id::LastEventId, subscribe_parts::SubscribeParts,
        subscribe_request::SubscribeRequest,
    },
    publishing::request::PublishRequest,
    topics::{
        url_components::UrlComponents,
        url_parser::{RELATIVE, UrlParser},
    },
};

/// The stream cut into chunks of 0 to 15 bytes, as its own content has it.
pub fn chunks(stream: &[u8]) -> impl Iterator<Item = &[u8]> {
    // FNV-1a to begin with, then xorshift: any mixture would do, but it has to be the same again.
    let mut state = stream.iter().fold(0xcbf2_9ce4_8422_2325_u64, |state, byte| {
        (state ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)
    }) | 1;
    let mut rest = stream;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let (chunk, tail) = rest.split_at(rest.len().min((state >> 60) as usize));
        rest = tail;
        Some(chunk)
    })
}

/// The parts of an input, one a line; what is missing is empty, and the last takes what is left.
pub fn lines<const N: usize>(input: &str) -> [&str; N] {
    let mut parts = input.splitn(N, '\n');
    std::array::from_fn(|_| parts.next().unwrap_or_default())
}

/// Encodes what was accepted, and reads it back: one event with this type and data under its id,
/// whatever stood in the request.
pub fn check_encoded(request: PublishRequest) {
    let topics = request.topics().clone();
    let is_private = request.is_private();
    let Ok(encoded) = request.into_update("generated".parse().unwrap()).encode() else { return };
    assert_eq!((&encoded.topics, encoded.private), (&topics, is_private));
    // Who was given it can come back with its id, which stands for nothing else.
    let returning = SubscribeRequest::parse(
        SubscribeParts { header: Some(encoded.id.as_str()), ..SubscribeParts::of_query("topic=a") },
        &(),
    );
    let expected = LastEventId::After(encoded.id.clone());
    assert_eq!(returning.unwrap().last_event_id(), Some(&expected));
    let mut events = Vec::new();
    let decoded = Decoder::with_max_event_bytes(usize::MAX).decode(&encoded.event, |event| {
        assert_eq!(event.id(), Some(encoded.id.as_str()));
        events.push(Event::try_from(event).unwrap());
    });
    decoded.unwrap();
    assert!(events.len() <= 1, "{} events of one update", events.len());
    for event in events {
        assert_eq!(event.id().map(EventId::as_str), Some(encoded.id.as_str()));
    }
    assert!(encoded.event.ends_with(b"\n\n"));
}

/// A host whose parsers let through what no real one does: every reference is a path below the base,
/// and the strings of a pattern are what stands between its tabs.
pub struct LaxUrlParser;

impl UrlParser for LaxUrlParser {
    fn parse(&self, reference: &str) -> Option<String> {
        Some(if reference.contains(':') {
            reference.to_owned()
        } else {
            format!("https://hub.example/{reference}")
        })
    }

    fn parse_pattern(&self, pattern: &str) -> Option<UrlComponents> {
        let strings = pattern_strings(pattern);
        Some(UrlComponents {
            protocol: strings.protocol.to_owned(),
            username: strings.username.to_owned(),
            password: strings.password.to_owned(),
            hostname: strings.hostname.to_owned(),
            port: strings.port.to_owned(),
            pathname: strings.pathname.to_owned(),
            search: strings.search.to_owned(),
            hash: strings.hash.to_owned(),
        })
    }
}

/// The same host, whose hub has no public URL and was asked by one of its own.
pub struct AskedUrlParser;

impl UrlParser for AskedUrlParser {
    fn parse(&self, reference: &str) -> Option<String> {
        Some(if reference.contains(':') {
            reference.to_owned()
        } else {
            format!("{RELATIVE}/{reference}")
        })
    }

    fn requested(&self) -> Option<&str> {
        Some("https://hub.example/.well-known/mercure")
    }

    fn parse_pattern(&self, pattern: &str) -> Option<UrlComponents> {
        LaxUrlParser.parse_pattern(pattern)
    }
}

/// The pattern strings of a text: its path, and behind tabs the other components.
pub fn pattern_strings(text: &str) -> UrlComponents<&str> {
    let mut strings = text.split('\t');
    let mut next = || strings.next().unwrap_or("*");
    UrlComponents {
        pathname: next(),
        protocol: next(),
        hostname: next(),
        port: next(),
        search: next(),
        hash: next(),
        username: next(),
        password: next(),
    }
}
