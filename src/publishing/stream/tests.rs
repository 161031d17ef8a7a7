use super::*;
use crate::log::closing::EndReason;

fn encoded(publication: Publication) -> String {
    match publication {
        Ok(request) => {
            let update = request.into_update("generated".parse().unwrap());
            String::from_utf8(update.encode().unwrap().event.to_vec()).unwrap()
        }
        Err(error) => error.to_string(),
    }
}

fn read(mut stream: PublishStream, body: &str) -> Vec<String> {
    let mut found = Vec::new();
    for chunk in body.as_bytes().chunks(3) {
        stream.read(chunk, |publication| found.push(encoded(publication))).unwrap();
    }
    stream.end(|publication| found.push(encoded(publication)));
    found
}

#[test]
fn a_wrong_line_is_told_in_its_place_and_ends_nothing() {
    let body = "{\"topic\":\"a\"}\n{\"data\":1}\n\n{\"topic\":\"a\",\"id\":\"2\"}";
    assert_eq!(
        read(PublishStream::ndjson("").unwrap(), body),
        [
            "id: generated\ndata: \n\n",
            "Missing \"topic\" parameter: name at least one topic",
            "id: 2\ndata: \n\n",
        ]
    );
}

#[test]
fn a_line_or_event_that_is_begun_is_held_and_keeps_the_stream_from_resting() {
    let begun = ["{\"topic\":", "data: half"];
    let rest = ["\"a\"}\n", "\n\n"];
    let streams =
        [PublishStream::ndjson("").unwrap(), PublishStream::event_stream("topic=x").unwrap()];
    for ((mut stream, begun), rest) in streams.into_iter().zip(begun).zip(rest) {
        assert!(stream.is_between());
        stream.read(begun.as_bytes(), |_| panic!("nothing is complete")).unwrap();
        assert!(!stream.is_between());
        assert!(stream.held_bytes() > 4, "{}", stream.held_bytes());
        let mut found = 0;
        stream.read(rest.as_bytes(), |_| found += 1).unwrap();
        assert_eq!((found, stream.is_between()), (1, true));
        assert!(stream.held_bytes() <= RESTING_BYTES, "{}", stream.held_bytes());
    }
}

#[test]
fn a_body_with_nothing_to_publish_is_told_so_once() {
    let of_events = "nothing was published: the body holds no event; an event is one or more \
                     lines such as \"data: hello\", and a blank line behind them";
    for body in ["", "{\"error\":1}", ":\n\n", "id: 1\n\n", "data: half", "\n\n"] {
        let stream = PublishStream::event_stream("topic=x").unwrap();
        assert_eq!(read(stream, body), [of_events], "{body:?}");
    }
    let of_lines = "nothing was published: the body holds no line; each line is one update as \
                    a JSON object";
    for body in ["", "\n", " \r\n\t\n"] {
        assert_eq!(read(PublishStream::ndjson("").unwrap(), body), [of_lines], "{body:?}");
    }
    assert_eq!(read(PublishStream::ndjson("").unwrap(), "{}").len(), 1);
    assert_eq!(read(PublishStream::event_stream("topic=x").unwrap(), "data\n\n").len(), 1);
}

#[test]
fn a_byte_order_mark_before_the_first_line_is_passed_over() {
    let body = "\u{feff}{\"topic\":\"a\",\"id\":\"1\"}\n{\"topic\":\"a\",\"id\":\"2\"}";
    let updates = ["id: 1\ndata: \n\n", "id: 2\ndata: \n\n"];
    assert_eq!(read(PublishStream::ndjson("").unwrap(), body), updates);
}

#[test]
fn an_event_keeps_what_its_own_block_set_but_its_id() {
    let body = "retry: 9000\ndata: a\nid: 1\n\ndata: b\n\nevent: t\nid\ndata: c\n\n:\n\ndata: half";
    assert_eq!(
        read(PublishStream::event_stream("topic=x&other=%ff").unwrap(), body),
        [
            "retry: 9000\nid: generated\ndata: a\n\n",
            "id: generated\ndata: b\n\n",
            "event: t\nid: generated\ndata: c\n\n",
        ]
    );
}

#[test]
fn ids_are_kept_where_the_query_says_so() {
    let stream = PublishStream::event_stream("topic=x&keep_ids").unwrap();
    let body = "id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\n";
    assert_eq!(
        read(stream, body),
        ["id: 1\ndata: a\n\n", "id: generated\ndata: b\n\n", "id: generated\ndata: c\n\n"]
    );
}

#[test]
fn a_reconnection_time_of_nought_is_as_good_as_none() {
    let stream = PublishStream::event_stream("topic=x&keep_ids").unwrap();
    let body = "retry: 0\nid: 1\ndata: a\n\nretry: 00\nid: 2\ndata: b\n\n";
    assert_eq!(read(stream, body), ["id: 1\ndata: a\n\n", "id: 2\ndata: b\n\n"]);
}

#[test]
fn an_event_whose_reconnection_time_overflows_is_refused_alone() {
    let found = read(
        PublishStream::event_stream("topic=x&keep_ids").unwrap(),
        "retry: 4294967296\nid: 1\ndata: a\n\nid: 2\ndata: b\n\n",
    );
    assert!(found[0].starts_with("Invalid \"retry\" parameter"), "{}", found[0]);
    assert_eq!(found[1], "id: 2\ndata: b\n\n");
}

#[test]
fn an_event_whose_kept_id_cannot_be_one_is_refused_alone() {
    let found = read(
        PublishStream::event_stream("topic=x&keep_ids").unwrap(),
        "id: earliest\ndata: a\n\nid: 2\ndata: b\n\n",
    );
    assert_eq!(found[0], "Invalid \"id\" parameter: \"earliest\" is reserved");
    assert_eq!(found[1], "id: 2\ndata: b\n\n");
    let stream = PublishStream::event_stream("topic=x").unwrap();
    assert_eq!(read(stream, "id: café\ndata: a\n\n"), ["id: generated\ndata: a\n\n"]);
}

#[test]
fn the_topics_and_private_are_in_the_query() {
    let mut private = Vec::new();
    let mut stream = PublishStream::event_stream("topic=x&topic=y%20z&private").unwrap();
    stream.read(b"data: a\n\n", |found| private.push(found.unwrap())).unwrap();
    assert!(private[0].is_private());
    assert_eq!(private[0].topics().to_lines(), "x\ny z");
    assert_eq!(PublishStream::event_stream("").unwrap_err().field(), "topic");
    assert_eq!(PublishStream::event_stream("topic=%ff").unwrap_err().field(), "topic");
}

#[test]
fn an_event_over_the_limit_ends_the_stream_behind_those_before_it() {
    let mut stream = PublishStream::event_stream("topic=x").unwrap();
    let body = format!("data: a\n\ndata: {}\n\ndata: b\n\n", "x".repeat(MAX_BODY_BYTES + 1));
    let mut found = 0;
    assert!(matches!(
        stream.read(body.as_bytes(), |_| found += 1),
        Err(InvalidPublication::EventStream(_))
    ));
    assert_eq!(found, 1);
}

#[test]
fn an_empty_body_that_closes_its_topics_lacks_nothing() {
    let kinds = [PublishStream::ndjson, PublishStream::event_stream];
    for kind in kinds {
        assert!(read(kind("topic=a&close").unwrap(), "").is_empty());
        assert_eq!(read(kind("topic=a&close").unwrap(), " \n").len(), 1);
        assert_eq!(read(kind("topic=a").unwrap(), "").len(), 1);
    }
}

#[test]
fn a_line_closes_topics_of_its_own() {
    let mut stream = PublishStream::ndjson("topic=a&close").unwrap();
    let mut closes = Vec::new();
    let body = b"{\"topic\":\"b\",\"close\":\"broken\"}\n{\"topic\":\"a\"}\n";
    stream.read(body, |found| closes.push(found.unwrap().closes())).unwrap();
    assert_eq!(closes, [Some(EndReason::Broken), None]);
}
