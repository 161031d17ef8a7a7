//! Streams and what they dispatch, through the public API alone.
//!
//! `tests/data` has the examples of the standard (HTML § 9.2.6), the event stream format's cases of
//! the web platform tests, and streams that were made to break a parser. Each is fed whole, byte by
//! byte and two bytes at a time.
#![cfg(not(target_arch = "wasm32"))]

#[path = "data/cases.rs"]
mod cases;

use std::{collections::BTreeSet, error::Error, fs, path::PathBuf};

use cases::CASES;
use millstream::{DecodeError, Decoder};

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
            let time = decoder.reconnection_time();
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
