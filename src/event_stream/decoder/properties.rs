//! The decoder against the standard, transcribed as plainly as can be, and against the encoder.

use proptest::{collection::vec, prelude::*, sample::select};

use super::*;
use crate::event_stream::{
    encoder,
    event::{Event, any_event},
    reconnection_time::ReconnectionTime,
};

/// The result of decoding a stream.
#[derive(Debug, Default, PartialEq)]
struct Outcome {
    events: Vec<Dispatched>,
    last_event_id: String,
    reconnection_time: Option<u64>,
    failed: bool,
}

#[derive(Debug, PartialEq)]
struct Dispatched {
    event_type: String,
    data: String,
    last_event_id: String,
}

/// HTML § 9.2.6, sentence by sentence, over a stream that is there as a whole.
fn transcription(stream: &[u8]) -> Outcome {
    let mut outcome = Outcome::default();
    // "The UTF-8 decode algorithm strips one leading UTF-8 Byte Order Mark (BOM), if any."
    let stream = stream.strip_prefix(b"\xef\xbb\xbf").unwrap_or(stream);
    let text = String::from_utf8_lossy(stream).replace("\r\n", "\n").replace('\r', "\n");
    let (mut data, mut event_type, mut id) = (String::new(), String::new(), String::new());
    let mut lines: Vec<&str> = text.split('\n').collect();
    // The text behind the last line end is no line yet.
    lines.pop();
    for line in lines {
        if line.is_empty() {
            outcome.last_event_id.clone_from(&id);
            if data.is_empty() {
                event_type.clear();
                continue;
            }
            if data.ends_with('\n') {
                data.pop();
            }
            outcome.events.push(Dispatched {
                event_type: if event_type.is_empty() { "message".into() } else { event_type },
                data,
                last_event_id: outcome.last_event_id.clone(),
            });
            (data, event_type) = (String::new(), String::new());
            continue;
        }
        if line.starts_with(':') {
            continue;
        }
        let (field, value) = match line.split_once(':') {
            Some((field, value)) => (field, value.strip_prefix(' ').unwrap_or(value)),
            None => (line, ""),
        };
        match field {
            "event" => value.clone_into(&mut event_type),
            "data" => {
                data.push_str(value);
                data.push('\n');
            }
            "id" if !value.contains('\0') => value.clone_into(&mut id),
            "retry" if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) => {
                outcome.reconnection_time = Some(value.parse().unwrap_or(u64::MAX));
            }
            _ => {}
        }
    }
    outcome
}

fn decode<'c>(decoder: &mut Decoder, chunks: impl Iterator<Item = &'c [u8]>) -> Outcome {
    let mut events = Vec::new();
    let mut failed = false;
    for chunk in chunks {
        // Chunks after a failure are fed too: they must change nothing.
        let result = decoder.decode(chunk, |event| {
            events.push(Dispatched {
                event_type: event.event_type().to_owned(),
                data: event.data().to_owned(),
                last_event_id: event.last_event_id().to_owned(),
            });
        });
        assert!(result.is_err() || !failed, "an error was forgotten");
        failed = result.is_err();
    }
    Outcome {
        events,
        last_event_id: decoder.last_event_id().to_owned(),
        reconnection_time: decoder.reconnection_time(),
        failed,
    }
}

/// The stream cut into pieces of the given sizes, over and over; an empty piece among them.
fn cut<'s>(stream: &'s [u8], sizes: &'s [usize]) -> impl Iterator<Item = &'s [u8]> {
    let mut rest = stream;
    let mut sizes = sizes.iter().cycle();
    std::iter::from_fn(move || {
        let (chunk, tail) = rest.split_at((*sizes.next()?).min(rest.len()));
        let over = rest.is_empty();
        rest = tail;
        (!over).then_some(chunk)
    })
}

fn any_sizes() -> impl Strategy<Value = Vec<usize>> {
    vec(prop_oneof![4 => 0..4_usize, 2 => 4..20_usize, 1 => Just(1_000)], 1..12)
        .prop_filter("progress", |sizes| sizes.iter().any(|size| *size > 0))
}

/// Bytes that meet the parser's branches much oftener than random ones.
fn any_stream() -> impl Strategy<Value = Vec<u8>> {
    let pieces: Vec<&[u8]> = vec![
        b"\n",
        b"\n",
        b"\r",
        b"\r\n",
        b"\n\n",
        b":",
        b": ",
        b" ",
        b"data",
        b"data:",
        b"data: x",
        b"data:y\n",
        b"event",
        b"event:",
        b"event: e\n",
        b"id",
        b"id:",
        b"id: 1\n",
        b"id: \0",
        b"\0",
        b"retry",
        b"retry:",
        b"retry: 10\n",
        b"18446744073709551616",
        b"7",
        b"datas",
        b"Data",
        b"dat",
        b"\xef\xbb\xbf",
        b"\xef",
        b"\xbb",
        b"\xbf",
        b"\xf0\x9f\x98\x80",
        b"\xf0\x9f",
        b"\x80",
        b"\xff",
        b"\xed\xa0\x80",
        b"\xc0\xaf",
        "é".as_bytes(),
        "\u{2028}".as_bytes(),
    ];
    let piece = prop_oneof![
        9 => select(pieces).prop_map(<[u8]>::to_vec),
        1 => vec(any::<u8>(), 1..4),
    ];
    // The text of a long chunk is checked as a whole.
    let pieces = prop_oneof![9 => vec(piece.clone(), 0..40), 1 => vec(piece, 80..160)];
    (any::<bool>(), pieces).prop_map(|(bom, pieces)| {
        let start: &[u8] = if bom { b"\xef\xbb\xbf" } else { b"" };
        [start, &pieces.concat()].concat()
    })
}

/// As a client gives the data back: its line breaks are all LF.
fn received(event: &Event) -> Option<Event> {
    let data = event.data()?.replace("\r\n", "\n").replace('\r', "\n");
    let mut received = Event::new(data);
    if let Some(event_type) = event.event_type() {
        received = received.with_event_type(event_type.clone());
    }
    if let Some(id) = event.id() {
        received = received.with_id(id.clone());
    }
    if let Some(time) = event.reconnection_time() {
        received = received.with_reconnection_time(time);
    }
    Some(received)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn any_bytes_in_any_chunking_give_what_the_standard_gives(
        stream in any_stream(),
        sizes in any_sizes(),
    ) {
        let standard = transcription(&stream);
        let whole = decode(&mut Decoder::new(), std::iter::once(stream.as_slice()));
        prop_assert_eq!(&whole, &standard);
        prop_assert_eq!(&decode(&mut Decoder::new(), cut(&stream, &sizes)), &standard);
        prop_assert_eq!(&decode(&mut Decoder::new(), stream.chunks(1)), &standard);
    }

    #[test]
    fn each_cut_in_two_gives_the_same(stream in any_stream()) {
        let standard = transcription(&stream);
        for at in 0..=stream.len() {
            let (left, right) = stream.split_at(at);
            let outcome = decode(&mut Decoder::new(), [left, right].into_iter());
            prop_assert_eq!(&outcome, &standard, "cut at {}", at);
        }
    }

    #[test]
    fn events_come_back_as_they_were_sent(
        events in vec(any_event(), 1..5),
        sizes in any_sizes(),
    ) {
        let mut stream = Vec::new();
        for event in &events {
            encoder::encode(event, &mut stream);
        }
        let sent: Vec<Event> = events.iter().filter_map(received).collect();
        let last_id = events.iter().rev().find_map(Event::id).cloned().unwrap_or_default();
        let last_time = events.iter().rev().find_map(Event::reconnection_time).map(ReconnectionTime::as_millis);

        let mut decoder = Decoder::new();
        let mut came = Vec::new();
        for chunk in cut(&stream, &sizes) {
            decoder.decode(chunk, |event| came.push(Event::try_from(event).unwrap())).unwrap();
        }
        prop_assert_eq!(came, sent);
        prop_assert_eq!(decoder.last_event_id(), last_id.as_str());
        prop_assert_eq!(decoder.reconnection_time(), last_time);
    }

    #[test]
    fn the_limit_strikes_at_the_same_place_in_any_chunking(
        stream in any_stream(),
        sizes in any_sizes(),
        max in 0..24_usize,
    ) {
        let once = std::iter::once(stream.as_slice());
        let whole = decode(&mut Decoder::with_max_event_bytes(max), once);
        let pieces = decode(&mut Decoder::with_max_event_bytes(max), cut(&stream, &sizes));
        let bytes = decode(&mut Decoder::with_max_event_bytes(max), stream.chunks(1));
        prop_assert_eq!(&pieces, &whole);
        prop_assert_eq!(&bytes, &whole);
    }
}
