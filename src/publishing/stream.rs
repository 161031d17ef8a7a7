//! A body that publishes while it arrives: NDJSON lines, or the events of an event stream.

use std::mem;

use thiserror::Error;

use crate::{
    base::limits::{MAX_BODY_BYTES, MAX_LINE_BYTES, RESTING_BYTES},
    event_stream::decoder::{DecodeError, Decoder},
    publishing::{
        invalid_request::InvalidPublishRequest,
        ndjson::{Line, Lines},
        request::PublishRequest,
        stream_target::StreamTarget,
    },
};

/// The parser of one such body. It gives publications, and the errors of wrong ones, in the order of
/// the body.
#[derive(Debug)]
pub(crate) struct PublishStream {
    parser: Parser,
    /// Whether something was found, right or wrong.
    found: bool,
    /// Whether no byte has come.
    is_empty: bool,
}

#[derive(Debug)]
enum Parser {
    /// `application/x-ndjson`: each line is a publication of its own.
    Ndjson {
        /// What the query says.
        target: Option<StreamTarget>,
        /// It finds the lines.
        lines: Lines,
    },
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
    ///
    /// # Errors
    /// The first field of the query that is wrong.
    pub(crate) fn ndjson(query: &str) -> Result<Self, InvalidPublishRequest> {
        let target = StreamTarget::of_lines(query)?;
        Ok(Self::new(Parser::Ndjson { target, lines: Lines::default() }))
    }

    /// A stream of events for the topics in the URL's query.
    ///
    /// # Errors
    /// The first field of the query that is wrong.
    pub(crate) fn event_stream(query: &str) -> Result<Self, InvalidPublishRequest> {
        let target = StreamTarget::of_events(query)?;
        let decoder = Decoder::with_max_event_bytes(MAX_BODY_BYTES).retaining(RESTING_BYTES);
        Ok(Self::new(Parser::EventStream { target, decoder: Box::new(decoder) }))
    }

    fn new(parser: Parser) -> Self {
        Self { parser, found: false, is_empty: true }
    }

    /// The topics of the query, and what the end of the body does to them.
    #[must_use]
    pub(crate) fn target(&self) -> Option<&StreamTarget> {
        match &self.parser {
            Parser::Ndjson { target, .. } => target.as_ref(),
            Parser::EventStream { target, .. } => Some(target),
        }
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
        self.is_empty &= chunk.is_empty();
        let any = &mut self.found;
        let mut found = |publication| {
            *any = true;
            found(publication);
        };
        match &mut self.parser {
            Parser::Ndjson { lines, .. } => lines.split(chunk, |line| found(publication(line))),
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
            Parser::Ndjson { lines, .. } => lines.held_bytes(),
            Parser::EventStream { decoder, .. } => decoder.held_bytes(),
        }
    }

    /// Whether no line or event is begun, so that waiting for more takes little memory.
    #[must_use]
    pub(crate) fn is_between(&self) -> bool {
        let begun = match &self.parser {
            Parser::Ndjson { lines, .. } => lines.held_bytes() > 0,
            Parser::EventStream { decoder, .. } => decoder.is_amid_event(),
        };
        !begun && self.held_bytes() <= RESTING_BYTES
    }

    /// Ends a body that came whole. An event that is not complete is discarded, as the standard
    /// demands. A body in which nothing was found gives [`InvalidPublication::NothingFound`], unless it is
    /// empty and closes its topics.
    pub(crate) fn end(&mut self, mut found: impl FnMut(Publication)) {
        let only_closes = self.is_empty && self.target().is_some_and(|target| target.closes);
        let mut any = mem::replace(&mut self.found, true);
        let nothing = match &mut self.parser {
            Parser::Ndjson { lines, .. } => {
                lines.end(|line| {
                    any = true;
                    found(publication(line));
                });
                NothingFound::Lines
            }
            Parser::EventStream { .. } => NothingFound::Events,
        };
        if !any && !only_closes {
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
