//! A body that publishes while it arrives: NDJSON lines, or the events of an event stream.

use std::mem;

use thiserror::Error;

use crate::{
    base::{
        form,
        limits::{MAX_BODY_BYTES, MAX_LINE_BYTES, RESTING_BYTES},
    },
    event_stream::decoder::{DecodeError, Decoder},
    publishing::{
        ndjson::{Line, Lines},
        request::{InvalidPublishRequest, PublishRequest},
        stream_target::StreamTarget,
    },
    topics::{topic::Topic, topics::Topics},
};

/// The parser of one such body. What it gives is in the order of the body: publications, and what
/// is wrong with those that are none.
#[derive(Debug)]
pub struct PublishStream {
    parser: Parser,
    /// Whether something was found, be it wrong.
    found: bool,
}

#[derive(Debug)]
enum Parser {
    /// `application/x-ndjson`: each line is a publication of its own.
    Ndjson(Lines),
    /// `text/event-stream`: each event is published to the topics that the query names.
    EventStream {
        /// Where to.
        target: StreamTarget,
        /// What finds the events.
        decoder: Box<Decoder>,
    },
}

/// A body ended without a publication in it. Its sender may take it for published otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NothingFound {
    /// There was no line but blank ones.
    #[error("the body holds no line; each line is one update as a JSON object")]
    Lines,
    /// There was no event that has data and ends.
    #[error(
        "the body holds no event; an event is one or more lines such as \"data: hello\", and a \
         blank line behind them"
    )]
    Events,
}

/// Why a part of the body is no publication.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidPublication {
    /// The publication is wrong.
    #[error(transparent)]
    Request(#[from] InvalidPublishRequest),
    /// A line of an NDJSON body is longer than this.
    #[error("the line is longer than {0} bytes")]
    LineTooLong(usize),
    /// The event stream cannot be read on.
    #[error("the body is read no further: {0}")]
    EventStream(#[from] DecodeError),
    /// The body came to its end, and there was nothing in it to publish.
    #[error("nothing was published: {0}")]
    NothingFound(NothingFound),
}

/// A publication, or why it is none.
pub type Publication = Result<PublishRequest, InvalidPublication>;

impl PublishStream {
    /// A stream of lines.
    #[must_use]
    pub fn ndjson() -> Self {
        Self { parser: Parser::Ndjson(Lines::default()), found: false }
    }

    /// A stream of events for the topics in the URL's query: `topic`, repeated, `private`, and
    /// `keep_ids`.
    ///
    /// # Errors
    /// What is wrong with the query.
    pub fn event_stream(query: &str) -> Result<Self, InvalidPublishRequest> {
        let (mut topics, mut private, mut keep_ids) = (Vec::<Topic>::new(), false, false);
        let is_ours = |name: &str| matches!(name, "topic" | "private" | "keep_ids");
        for pair in form::pairs_of(query.as_bytes(), is_ours) {
            let (name, value) = pair?;
            match &*name {
                "topic" => topics.push(value.parse()?),
                "private" => private = true,
                _ => keep_ids = true,
            }
        }
        let decoder = Decoder::with_max_event_bytes(MAX_BODY_BYTES).retaining(RESTING_BYTES);
        let decoder = Box::new(decoder);
        let target = StreamTarget { topics: Topics::to_publish(topics)?, private, keep_ids };
        Ok(Self { parser: Parser::EventStream { target, decoder }, found: false })
    }

    /// Reads the next chunk of the body.
    ///
    /// # Errors
    /// Why nothing behind it can be read.
    pub fn read(
        &mut self,
        chunk: &[u8],
        mut found: impl FnMut(Publication),
    ) -> Result<(), InvalidPublication> {
        let any = &mut self.found;
        let mut found = |publication| {
            *any = true;
            found(publication);
        };
        match &mut self.parser {
            Parser::Ndjson(lines) => lines.split(chunk, |line| found(publication(line))),
            Parser::EventStream { target, decoder } => decoder.decode(chunk, |event| {
                found(PublishRequest::from_event(target, &event).map_err(InvalidPublication::from));
            })?,
        }
        Ok(())
    }

    /// Bytes that are kept of what was read.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        match &self.parser {
            Parser::Ndjson(lines) => lines.held_bytes(),
            Parser::EventStream { decoder, .. } => decoder.held_bytes(),
        }
    }

    /// Whether nothing is begun, so that it costs next to nothing to wait for more.
    #[must_use]
    pub fn is_between(&self) -> bool {
        let begun = match &self.parser {
            Parser::Ndjson(lines) => lines.held_bytes() > 0,
            Parser::EventStream { decoder, .. } => decoder.is_amid_event(),
        };
        !begun && self.held_bytes() <= RESTING_BYTES
    }

    /// The body has ended as it should. What an event stream leaves unfinished is discarded, as the
    /// standard has it. A body in which nothing was found is told so.
    pub fn end(&mut self, mut found: impl FnMut(Publication)) {
        let mut any = mem::replace(&mut self.found, true);
        let nothing = match &mut self.parser {
            Parser::Ndjson(lines) => {
                lines.end(|line| {
                    any = true;
                    found(publication(line));
                });
                NothingFound::Lines
            }
            Parser::EventStream { .. } => NothingFound::Events,
        };
        if !any {
            found(Err(InvalidPublication::NothingFound(nothing)));
        }
    }
}

fn publication(line: Line<'_>) -> Publication {
    match line {
        Line::Text(json) => Ok(PublishRequest::from_json(json)?),
        Line::TooLong => Err(InvalidPublication::LineTooLong(MAX_LINE_BYTES)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            read(PublishStream::ndjson(), body),
            [
                "id: generated\ndata: \n\n",
                "Missing \"topic\" parameter: name at least one topic",
                "id: 2\ndata: \n\n",
            ]
        );
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
            assert_eq!(read(PublishStream::ndjson(), body), [of_lines], "{body:?}");
        }
        assert_eq!(read(PublishStream::ndjson(), "{}").len(), 1);
        assert_eq!(read(PublishStream::event_stream("topic=x").unwrap(), "data\n\n").len(), 1);
    }

    #[test]
    fn a_byte_order_mark_before_the_first_line_is_passed_over() {
        let body = "\u{feff}{\"topic\":\"a\",\"id\":\"1\"}\n{\"topic\":\"a\",\"id\":\"2\"}";
        let updates = ["id: 1\ndata: \n\n", "id: 2\ndata: \n\n"];
        assert_eq!(read(PublishStream::ndjson(), body), updates);
    }

    #[test]
    fn an_event_keeps_what_its_own_block_set_but_its_id() {
        let body =
            "retry: 9000\ndata: a\nid: 1\n\ndata: b\n\nevent: t\nid\ndata: c\n\n:\n\ndata: half";
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
}
