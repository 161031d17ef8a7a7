//! The fast path against the slow one, and both against the grammar.

use proptest::prelude::*;

use super::*;

#[derive(Debug, Default, PartialEq, Eq)]
struct Seen {
    events: Vec<(String, String)>,
    malformed: usize,
    id: String,
}

impl Sink for Seen {
    fn event(&mut self, event_type: &[u8], data: &[u8]) {
        self.events.push((text(event_type), text(data)));
    }

    fn malformed(&mut self) {
        self.malformed += 1;
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Seen {
    let (mut decoder, mut seen) = (Decoder::default(), Seen::default());
    for piece in pieces {
        decoder.feed(piece, &mut seen);
    }
    seen.id = text(decoder.last_event_id());
    seen
}

/// Line by line alone: what the fast path has to agree with.
fn read_slowly(stream: &[u8]) -> Seen {
    let (mut decoder, mut seen) = (Decoder::default(), Seen::default());
    let mut bytes = stream;
    while !bytes.is_empty() {
        bytes = decoder.feed_line(bytes, &mut seen);
    }
    seen.id = text(decoder.last_event_id());
    seen
}

#[track_caller]
fn check(stream: &str, events: &[(&str, &str)], malformed: usize, id: &str) {
    let events = events.iter().map(|&(name, data)| (name.to_owned(), data.to_owned())).collect();
    let expected = Seen { events, malformed, id: id.to_owned() };
    assert_eq!(read([stream.as_bytes()]), expected);
    assert_eq!(read(stream.as_bytes().chunks(1)), expected);
    assert_eq!(read_slowly(stream.as_bytes()), expected);
}

#[test]
fn common_blocks_are_dispatched() {
    check("id: 1\ndata: a\n\nid: 2\ndata: b\n\n", &[("", "a"), ("", "b")], 0, "2");
}

#[test]
fn an_unfinished_block_is_not_dispatched_and_its_id_does_not_count() {
    check("id: 1\ndata: a\n\nid: 2\ndata: b\n", &[("", "a")], 0, "1");
}

#[test]
fn a_block_of_only_an_id_dispatches_nothing_and_counts_as_last_id() {
    check(": welcome\nretry: 500\nid: 7\n\n", &[], 0, "7");
}

#[test]
fn every_line_break_is_one() {
    check("id:1\rdata:a\r\rid:2\r\ndata:b\r\n\r\n", &[("", "a"), ("", "b")], 0, "2");
}

#[test]
fn types_and_several_lines_of_data_are_read() {
    check("event: gap\ndata: a\ndata: b\ndata\n\n", &[("gap", "a\nb\n")], 0, "");
}

#[test]
fn what_the_grammar_lacks_is_malformed() {
    check("hello\n\nretry: 1s\nid: a\0b\n dat: x\n\n", &[], 4, "");
}

/// Pieces of streams: common blocks mostly, and everything that ends the fast path.
fn streams() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        6 => "id: [a-z0-9]{0,4}\ndata: [a-z ]{0,6}\n\n",
        1 => "(id|data|event|retry|other)(: ?| )?[a-z0-9]{0,3}(\n|\r|\r\n)",
        1 => ": ?[a-z]{0,3}\n",
        1 => "\n|\r|\r\n",
        1 => "id: [a-z\0]{0,2}\ndata: x\n",
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn the_fast_path_agrees_with_the_slow_one_in_every_chunking(
        stream in streams(),
        cuts in prop::collection::vec(1_usize..20, 1..40),
    ) {
        let mut pieces = Vec::new();
        let mut rest = stream.as_bytes();
        for &cut in &cuts {
            let (piece, behind) = rest.split_at(cut.min(rest.len()));
            pieces.push(piece);
            rest = behind;
        }
        pieces.push(rest);
        let expected = read_slowly(stream.as_bytes());
        prop_assert_eq!(&read(pieces), &expected);
        prop_assert_eq!(&read([stream.as_bytes()]), &expected);
    }
}
