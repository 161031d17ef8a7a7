use super::*;
use crate::event_stream::event::Event;

/// The data of the events that the chunks give.
fn data(decoder: &mut Decoder, chunks: &[&[u8]]) -> Vec<String> {
    let mut data = Vec::new();
    for chunk in chunks {
        decoder.decode(chunk, |event| data.push(event.data().to_owned())).unwrap();
    }
    data
}

#[test]
fn a_value_that_lies_in_the_chunk_is_borrowed_from_it() {
    let chunk = b"id: 1\nevent: e\ndata: whole\n\n";
    let inside = |part: &str| chunk.as_ptr_range().contains(&part.as_ptr());
    let mut events = 0;
    Decoder::new()
        .decode(chunk, |event| {
            assert!(inside(event.data()) && inside(event.event_type()));
            assert!(inside(event.last_event_id()));
            events += 1;
        })
        .unwrap();
    assert_eq!(events, 1);
}

#[test]
fn a_final_cr_dispatches_at_once_and_its_lf_is_swallowed_later() {
    let mut decoder = Decoder::new();
    assert_eq!(data(&mut decoder, &[b"data: 1\r\n\r"]), ["1"]);
    assert_eq!(data(&mut decoder, &[b"", b"\ndata: 2\r", b"\n", b"\r"]), ["2"]);
}

#[test]
fn an_id_is_committed_by_the_blank_line_even_without_data() {
    let mut decoder = Decoder::new();
    assert!(data(&mut decoder, &[b"id: 1\n"]).is_empty());
    assert_eq!(decoder.last_event_id(), "");
    assert!(data(&mut decoder, &[b"\n"]).is_empty());
    assert_eq!(decoder.last_event_id(), "1");
}

#[test]
fn a_block_that_the_end_cuts_leaves_no_id() {
    let mut decoder = Decoder::new();
    assert_eq!(data(&mut decoder, &[b"id: 1\ndata: 1\n\nid: 2\ndata: 2\n"]), ["1"]);
    assert_eq!(decoder.last_event_id(), "1");
}

#[test]
fn an_event_says_what_its_own_block_set() {
    let stream = b"id: 1\nretry: 5\nevent: e\ndata: a\n\ndata: b\n\nid\ndata: c\n\n";
    let mut own = Vec::new();
    Decoder::new()
        .decode(stream, |event| {
            own.push((
                event.id().map(str::to_owned),
                event.named_event_type().map(str::to_owned),
                event.reconnection_time(),
            ));
        })
        .unwrap();
    let own_of_first = (Some("1".to_owned()), Some("e".to_owned()), Some(5));
    assert_eq!(own, [own_of_first, (None, None, None), (Some(String::new()), None, None)]);
}

#[test]
fn a_cut_id_with_nul_does_not_spoil_the_one_before_it() {
    let mut decoder = Decoder::new();
    assert_eq!(data(&mut decoder, &[b"id: 1\nid: 2", b"\0", b"\ndata\n\n"]), [""]);
    assert_eq!(decoder.last_event_id(), "1");
}

#[test]
fn a_time_beyond_64_bits_is_the_longest_there_is() {
    let mut decoder = Decoder::new();
    data(&mut decoder, &[b"retry: 1844674407370955", b"1616\n"]);
    assert_eq!(decoder.reconnection_time(), Some(u64::MAX));
}

#[test]
fn an_event_of_just_the_limit_passes_and_one_byte_more_fails_for_good() {
    let mut decoder = Decoder::with_max_event_bytes(10);
    assert_eq!(data(&mut decoder, &[b"data: 123456789\n\n", b"data: 12345678\ndata\n"]).len(), 1);

    let mut decoder = Decoder::with_max_event_bytes(10);
    let mut events = 0;
    let too_large = Err(DecodeError::EventTooLarge { max: 10 });
    let stream = b"id: 1\ndata: 1\n\nid: 2\ndata: 12345678\n\n";
    assert_eq!(decoder.decode(stream, |_| events += 1), too_large);
    assert_eq!(decoder.decode(b"\n\ndata: 1\n\n", |_| events += 1), too_large);
    assert_eq!((events, decoder.last_event_id()), (1, "1"));
}

#[test]
fn an_endless_line_fails_as_soon_as_it_is_over_the_limit() {
    let mut decoder = Decoder::with_max_event_bytes(1_000);
    decoder.decode(b"data: ", |_| {}).unwrap();
    let chunks = std::iter::repeat(&[b'x'; 100]);
    let taken = chunks.take(100).take_while(|chunk| decoder.decode(*chunk, |_| {}).is_ok());
    assert_eq!(taken.count(), 9);
}

#[test]
fn comments_and_unknown_fields_of_any_length_hold_no_memory() {
    let mut decoder = Decoder::with_max_event_bytes(10);
    for start in [b": ", b"x:"] {
        decoder.decode(start, |_| {}).unwrap();
        for _ in 0..100 {
            decoder.decode(&[b'x'; 100], |_| {}).unwrap();
        }
        decoder.decode(b"\n", |_| {}).unwrap();
    }
    assert_eq!(data(&mut decoder, &[b"data: 1\n\n"]), ["1"]);
}

#[test]
fn a_nul_in_the_event_type_is_decoded_but_not_sent_on() {
    let mut kept = Vec::new();
    Decoder::new()
        .decode(b"event: a\0\ndata: 1\n\ndata: 2\n\n", |event| {
            kept.push((event.event_type().to_owned(), Event::try_from(event).is_ok()));
        })
        .unwrap();
    assert_eq!(kept, [("a\0".to_owned(), false), ("message".to_owned(), true)]);
}

#[test]
fn the_memory_of_a_large_event_is_given_back() {
    let mut decoder = Decoder::new();
    decoder.decode(b"data: ", |_| {}).unwrap();
    decoder.decode(&vec![b'x'; 5 * 1024 * 1024], |_| {}).unwrap();
    assert!(decoder.block.held_capacity() > 4 * 1024 * 1024);
    assert_eq!(data(&mut decoder, &[b"\n\n"]).len(), 1);
    assert_eq!(decoder.block.held_capacity(), 0);
}

#[test]
fn a_character_that_chunks_cut_comes_whole_and_what_cannot_be_one_is_replaced() {
    let mut decoder = Decoder::new();
    assert_eq!(data(&mut decoder, &[b"data: a\xf0", b"\x9f\x98", b"", b"\x80b\n\n"]), ["a😀b"]);
    assert_eq!(data(&mut decoder, &[b"data: \xf0\x9f", b"\xc3\xa9\n\n"]), ["\u{fffd}é"]);
    assert_eq!(
        data(&mut decoder, &[b"data: \xe2\x82", b"\n", b"data: \xac\n\n"]),
        ["\u{fffd}\n\u{fffd}"]
    );
}

#[test]
fn invalid_bytes_in_a_long_chunk_spoil_their_own_value_alone() {
    let long = "é".repeat(500);
    let stream =
        [b"data: ", long.as_bytes(), b"\n\nid: \xff\ndata: x\xffy\n\ndata: z\n\n"].concat();
    let mut decoder = Decoder::new();
    assert_eq!(data(&mut decoder, &[&stream]), [long.as_str(), "x\u{fffd}y", "z"]);
    assert_eq!(decoder.last_event_id(), "\u{fffd}");
}

#[test]
fn keep_alives_are_skipped_only_where_a_blank_line_does_nothing() {
    let mut decoder = Decoder::new();
    let stream = b": a\n\n: a\n\n: a\ndata: 1\n: a\n\n: a\n\n: ab\n\ndata: 2\n\n";
    assert_eq!(data(&mut decoder, &[stream]), ["1", "2"]);
    let stream = b":\n:\n\n:\ndata: 3\n:\n\n:\nid: 1\n:\n\n:\ndata: 4\n:\n:\n\n:\n";
    assert_eq!(data(&mut decoder, &[stream]), ["3", "4"]);
    assert_eq!(decoder.last_event_id(), "1");
}
