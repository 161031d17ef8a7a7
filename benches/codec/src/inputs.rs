//! What is decoded and encoded: the same bytes for all.

use std::fmt::Write as _;

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

/// A stream, cut.
pub struct Row {
    pub name: &'static str,
    pub chunks: Vec<&'static [u8]>,
    pub bytes: u64,
}

/// The streams to decode.
pub fn streams() -> Vec<Row> {
    let events = keep(events_of(&text(100)));
    let lines = keep(events_of(&vec![text(40); 10].join("\ndata: ")));
    vec![
        row("100-byte events", events, 16 * KIB),
        row("100-byte events, chunks of 128 bytes", events, 128),
        row("100-byte events with CRLF", keep(events.replace('\n', "\r\n")), 16 * KIB),
        row("events of ten 40-byte lines", lines, 16 * KIB),
        row("1 MiB lines", keep(format!("data: {}\n\n", text(MIB)).repeat(4)), 16 * KIB),
        row("heartbeats, `:`", keep(":\n\n".repeat(MIB / 3)), 16 * KIB),
        row("heartbeats, `: keep-alive`", keep(": keep-alive\n\n".repeat(MIB / 14)), 16 * KIB),
    ]
}

/// The events to encode: what each is called, its id and its data.
pub fn events_to_encode() -> Vec<(&'static str, &'static str, &'static str)> {
    let id = "urn:uuid:0189c5a3-8a5b-7c3e-9f42-0c1d2e3f4a5b";
    vec![
        ("a 100-byte event with an id", id, keep(text(100))),
        ("1,000 lines of 40 bytes", id, keep(vec![text(40); 1_000].join("\n"))),
    ]
}

/// Events with ids that count up, all with the same data.
fn events_of(data: &str) -> String {
    let mut stream = String::with_capacity(MIB + KIB);
    for id in 0.. {
        let _ = write!(stream, "id: {id}\ndata: {data}\n\n");
        if stream.len() >= MIB {
            break;
        }
    }
    stream
}

/// JSON such as an API sends, of so many bytes.
fn text(len: usize) -> String {
    r#"{"user":"ada","price":12.5,"note":"up, by a bit"}"#.chars().cycle().take(len).collect()
}

fn row(name: &'static str, stream: &'static str, size: usize) -> Row {
    let chunks: Vec<_> = stream.as_bytes().chunks(size).collect();
    Row { name, chunks, bytes: stream.len() as u64 }
}

/// For as long as the program runs: one of the decoders takes chunks that live on for nothing then.
fn keep(text: String) -> &'static str {
    text.leak()
}
