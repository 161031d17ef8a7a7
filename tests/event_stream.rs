//! Streams and what they dispatch, through the public API alone.
//!
//! `tests/data` has the examples of the standard (HTML § 9.2.6), the event stream format's cases of
//! the web platform tests, and streams that were made to break a parser. Each is fed whole, byte by
//! byte and two bytes at a time.
#![cfg(not(target_arch = "wasm32"))]

use std::{collections::BTreeSet, error::Error, fs, path::PathBuf};

use millstream::{
    decoder::{DecodeError, Decoder},
    reconnection_time::ReconnectionTime,
};

/// A stream's file, its events (type, data, last event ID), then the last event ID and the
/// reconnection time in milliseconds when it is over.
type Case = (&'static str, &'static [Dispatched], &'static str, Option<u64>);
type Dispatched = (&'static str, &'static str, &'static str);

/// An event of the default type on a stream without ids.
const fn message(data: &'static str) -> Dispatched {
    ("message", data, "")
}

const CASES: &[Case] = &[
    (
        "standard_messages",
        &[
            message("This is the first message."),
            message("This is the second message, it\nhas two lines."),
            message("This is the third message."),
        ],
        "",
        None,
    ),
    (
        "standard_event_types",
        &[("add", "73857293", ""), ("remove", "2153", ""), ("add", "113411", "")],
        "",
        None,
    ),
    ("standard_stock", &[message("YHOO\n+2\n10")], "", None),
    (
        "standard_ids",
        &[("message", "first event", "1"), message("second event"), message(" third event")],
        "",
        None,
    ),
    ("standard_empty_data", &[message(""), message("\n")], "", None),
    ("standard_space", &[message("test"), message("test")], "", None),
    ("wpt_bom", &[message("1"), message("3")], "", None),
    ("wpt_bom_twice", &[message("2"), message("3")], "", None),
    ("wpt_comments", &[message("1\n2\n3\n4")], "", None),
    ("wpt_before_final_empty_line", &[message("test1")], "", Some(1_000)),
    ("wpt_field_data", &[message(""), message("\n"), message("test")], "", None),
    ("wpt_field_event", &[("test", "x", ""), message("x")], "", None),
    ("wpt_field_event_empty", &[message("data")], "", None),
    ("wpt_field_id_null", &[message("1"), ("message", "2", "c"), ("message", "3", "c")], "c", None),
    ("wpt_field_parsing", &[message("\0\n 2\n1\n3\n\n4")], "", None),
    ("wpt_field_retry", &[message("x")], "", Some(3_000)),
    ("wpt_field_retry_bogus", &[message("x")], "", Some(3_000)),
    ("wpt_field_retry_empty", &[message("test")], "", None),
    ("wpt_field_unknown", &[message("test\n\ntest")], "", None),
    ("wpt_leading_space", &[message("\ttest\n\ntest")], "", None),
    ("wpt_newlines", &[message("test\n\ntest")], "", None),
    ("wpt_null_character", &[message("\0")], "", None),
    ("wpt_utf_8", &[message("ok…")], "", None),
    ("hostile_bom_cut", &[message("2")], "", None),
    ("hostile_bom_alone", &[message("1")], "", None),
    ("hostile_bom_prefix_line", &[message("1")], "", None),
    ("hostile_cr_only", &[("message", "a\nb", "1"), ("e", "c", "1")], "1", None),
    (
        "hostile_line_ends_mixed",
        &[message("a"), message("b"), message("c"), message("d"), message("e")],
        "",
        None,
    ),
    (
        "hostile_invalid_utf_8",
        &[(
            "\u{fffd}",
            "\u{fffd}\n\u{fffd}\u{fffd}\u{fffd}|\u{fffd}\u{fffd}|\u{fffd}\u{fffd}\u{fffd}\u{fffd}",
            "\u{fffd}",
        )],
        "\u{fffd}",
        None,
    ),
    ("hostile_unicode_line_separators", &[message("a\u{2028}b\u{85}c\u{b}d\u{c}e")], "", None),
    ("hostile_id_without_data", &[("message", "1", "1"), ("message", "3", "2")], "2", None),
    ("hostile_id_reset", &[("message", "1", "1"), message("2")], "", None),
    ("hostile_id_last_wins", &[("message", "1", "2")], "2", None),
    ("hostile_event_last_wins", &[("b", "1", ""), message("2")], "", None),
    ("hostile_event_without_data", &[message("1")], "", None),
    ("hostile_retry", &[message("1")], "", Some(5)),
    ("hostile_retry_overflow", &[message("1")], "", Some(u64::MAX)),
    ("hostile_names", &[message("11")], "", None),
    ("hostile_colons", &[message(":\n:\n: \ndata:x")], "", None),
    ("hostile_keep_alives", &[message("1")], "", None),
    ("hostile_nothing", &[], "", None),
    ("hostile_no_line_end", &[], "", None),
    ("hostile_html", &[], "", None),
];

fn data() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}

#[test]
fn every_stream_dispatches_what_the_standard_says_in_any_chunks() -> Result<(), Box<dyn Error>> {
    for (name, events, last_event_id, millis) in CASES {
        let stream = fs::read(data().join(name).with_extension("stream"))?;
        for size in [stream.len().max(1), 1, 2] {
            let mut decoder = Decoder::new();
            let mut dispatched = Vec::new();
            for chunk in stream.chunks(size) {
                decoder.decode(chunk, |event| {
                    dispatched.push(
                        [event.event_type(), event.data(), event.last_event_id()]
                            .map(str::to_owned),
                    );
                })?;
            }
            let expected: Vec<_> = events
                .iter()
                .map(|(kind, data, id)| [*kind, data, id].map(str::to_owned))
                .collect();
            assert_eq!(dispatched, expected, "events of {name} in chunks of {size}");
            assert_eq!(decoder.last_event_id(), *last_event_id, "{name} in chunks of {size}");
            let time = decoder.reconnection_time().map(ReconnectionTime::as_millis);
            assert_eq!(time, *millis, "{name} in chunks of {size}");
        }
    }
    Ok(())
}

#[test]
fn every_stream_in_the_folder_has_its_line_in_the_table() -> Result<(), Box<dyn Error>> {
    let mut files = BTreeSet::new();
    for entry in fs::read_dir(data())? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "stream") {
            files.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
        }
    }
    let table: BTreeSet<_> = CASES.iter().map(|(name, ..)| (*name).to_owned()).collect();
    assert_eq!(files, table);
    Ok(())
}

#[test]
fn a_stream_without_an_end_is_refused_before_it_fills_the_memory() {
    const MAX: usize = 64 * 1024;
    for start in ["data: ", "id: ", "event: ", "retry: ", "data: x\ndata: "] {
        let mut decoder = Decoder::with_max_event_bytes(MAX);
        assert_eq!(decoder.decode(start.as_bytes(), |_| {}), Ok(()));
        let endless = std::iter::repeat_n([b'7'; 1_024], 2 * MAX / 1_024);
        let error = endless.map(|chunk| decoder.decode(&chunk, |_| {})).find_map(Result::err);
        assert_eq!(error, Some(DecodeError::EventTooLarge { max: MAX }), "after {start:?}");
    }
}

#[test]
fn many_empty_data_lines_count_too() {
    let mut decoder = Decoder::with_max_event_bytes(1_000);
    let result = decoder.decode(&b"data\n".repeat(1_001), |_| {});
    assert_eq!(result, Err(DecodeError::EventTooLarge { max: 1_000 }));
}
