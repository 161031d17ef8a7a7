//! The end of a streamed body that closes its topics.

use std::rc::Rc;

use crate::{
    http::{
        answer_line::{write_closed, write_line},
        error::Error,
    },
    log::closing::{Closing, EndReason},
    publishing::{open_bodies::OpenBody, request::PublishRequest, stream_target::StreamTarget},
    web::{
        engine::{engine::Engine, open_bodies::EndOfBody},
        host::storage::Storage,
        streams::hooks::Hooks,
    },
};

/// The closings that one body owes. Whoever holds it ends the body once.
pub(crate) struct Ending<K: Hooks, S: Storage> {
    engine: Rc<Engine<K, S>>,
    body: OpenBody,
    target: StreamTarget,
}

impl<K: Hooks, S: Storage> Ending<K, S> {
    /// Notes the body, so that its topics are closed whatever becomes of it.
    pub(crate) fn begin(engine: &Rc<Engine<K, S>>, target: StreamTarget) -> Result<Self, Error> {
        let body = engine.begin_body(&closings(&target, EndReason::Broken))?;
        Ok(Self { engine: Rc::clone(engine), body, target })
    }

    /// Closes the topics. Gives the last lines of the answer: the topics of each reason.
    pub(crate) async fn end(self, reason: EndReason) -> Vec<u8> {
        let closings = closings(&self.target, reason);
        let owed = closings.len();
        let closed = self.engine.end_body(EndOfBody { body: self.body, closings }).await;
        let closed = match closed {
            Ok(closed) if closed.len() == owed => Ok(closed),
            Ok(_) => Err(Error::TooManyClosed),
            Err(error) => Err(Error::from(error)),
        };
        lines(closed)
    }

    /// Closes the topics for a sender that is gone.
    pub(crate) fn end_later(self, reason: EndReason) {
        let closings = closings(&self.target, reason);
        self.engine.end_body_later(EndOfBody { body: self.body, closings });
    }
}

fn closings(target: &StreamTarget, reason: EndReason) -> Vec<Closing> {
    PublishRequest::at_end_of(target, reason).closings()
}

fn lines(closed: Result<Vec<Closing>, Error>) -> Vec<u8> {
    let mut lines = Vec::new();
    let closed = match closed {
        Ok(closed) => closed,
        Err(error) => {
            write_line(&Err(error), &mut lines);
            return lines;
        }
    };
    for reason in [EndReason::Done, EndReason::Broken] {
        let topics = closed.iter().filter(|it| it.reason == reason).map(|it| &it.topic);
        if topics.clone().next().is_some() {
            write_closed(topics, reason, &mut lines);
        }
    }
    lines
}
