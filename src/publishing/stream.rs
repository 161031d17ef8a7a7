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
        invalid_request::InvalidPublishRequest,
        ndjson::{Line, Lines},
        request::{PublishRequest, StreamTarget},
    },
    topics::{topic::Topic, topics::Topics},
};

/// The parser of one such body. It gives publications, and the errors of wrong ones, in the order of
/// the body.
#[derive(Debug)]
pub(crate) struct PublishStream {
    parser: Parser,
    /// Whether something was found, right or wrong.
    found: bool,
}

#[derive(Debug)]
enum Parser {
    /// `application/x-ndjson`: each line is a publication of its own.
    Ndjson(Lines),
    /// `text/event-stream`: each event is published to the topics that the query names.
    EventStream {
        /// Where the events are published.
        target: StreamTarget,
        /// It finds the events.
        decoder: Box<Decoder>,
    },
}

/// A body ended without a publication in it. Without this error its sender could believe that
/// something was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum NothingFound {
    /// All lines were blank.
    #[error("the body holds no line; each line is one update as a JSON object")]
    Lines,
    /// No event had data and an end.
    #[error(
        "the body holds no event; an event is one or more lines such as \"data: hello\", and a \
         blank line behind them"
    )]
    Events,
}

/// Why a part of the body is no publication.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum InvalidPublication {
    /// The publication is wrong.
    #[error(transparent)]
    Request(#[from] InvalidPublishRequest),
    /// A line of an NDJSON body is longer than this.
    #[error("the line is longer than {0} bytes")]
    LineTooLong(usize),
    /// The event stream cannot be read on.
    #[error("the body is read no further: {0}")]
    EventStream(#[from] DecodeError),
    /// The body ended, and nothing in it could be published.
    #[error("nothing was published: {0}")]
    NothingFound(NothingFound),
}

/// A publication, or why it is none.
pub(crate) type Publication = Result<PublishRequest, InvalidPublication>;

impl PublishStream {
    /// A stream of lines.
    #[must_use]
    pub(crate) fn ndjson() -> Self {
        Self { parser: Parser::Ndjson(Lines::default()), found: false }
    }

    /// A stream of events for the topics in the URL's query: `topic`, repeated, `private`, and
    /// `keep_ids`.
    ///
    /// # Errors
    /// The first field of the query that is wrong.
    pub(crate) fn event_stream(query: &str) -> Result<Self, InvalidPublishRequest> {
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
    /// Why the rest of the body cannot be read.
    pub(crate) fn read(
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

    /// Bytes that are kept of a line or event that is not complete.
    #[must_use]
    pub(crate) fn held_bytes(&self) -> usize {
        match &self.parser {
            Parser::Ndjson(lines) => lines.held_bytes(),
            Parser::EventStream { decoder, .. } => decoder.held_bytes(),
        }
    }

    /// Whether no line or event is begun, so that waiting for more takes little memory.
    #[must_use]
    pub(crate) fn is_between(&self) -> bool {
        let begun = match &self.parser {
            Parser::Ndjson(lines) => lines.held_bytes() > 0,
            Parser::EventStream { decoder, .. } => decoder.is_amid_event(),
        };
        !begun && self.held_bytes() <= RESTING_BYTES
    }

    /// Ends a body that came whole. An event that is not complete is discarded, as the standard
    /// demands. A body in which nothing was found gives [`InvalidPublication::NothingFound`].
    pub(crate) fn end(&mut self, mut found: impl FnMut(Publication)) {
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
mod tests;
