//! From a streamed body to updates, and to an answer for each.

use std::rc::Rc;

use futures::{
    StreamExt,
    stream::{self, LocalBoxStream},
};

use crate::{
    base::{
        limits::{MAX_BATCH_UPDATES, WRITE_EVERY},
        sequence::Sequence,
        timestamp::Timestamp,
    },
    http::{
        answer_line::{write_line, write_stop},
        error::Error,
    },
    log::closing::EndReason,
    publishing::{grant::PublishGrant, published::Published, request::PublishRequest},
    web::{
        engine::{closing::Asked, journal::Appended, publish_error::PublishError},
        host::{clock, storage::Storage},
        http::{
            ending::Ending, incoming::Incoming, limits::TooEarly, producers::Producer,
            publishing::Publishing,
        },
        streams::hooks::Hooks,
    },
};

/// The publications of one body.
struct Publisher<K: Hooks, S: Storage> {
    publishing: Publishing<K, S>,
    grant: PublishGrant,
    producer: Rc<Producer>,
    /// The closing of the topics, if the query asks for it and the end has not come.
    ending: Option<Ending<K, S>>,
    incoming: Incoming,
    /// When the last of its updates were committed.
    committed: Timestamp,
}

/// A streamed body, and what its end closes.
pub(crate) struct Body<K: Hooks, S: Storage> {
    pub(crate) incoming: Incoming,
    pub(crate) producer: Rc<Producer>,
    pub(crate) ending: Option<Ending<K, S>>,
}

/// The answers to the publications of a body, in their order: a chunk for each batch, once it is
/// durable. While nobody reads the answers, the body is not read on.
pub(crate) fn answers<K: Hooks, S: Storage>(
    publishing: Publishing<K, S>,
    grant: PublishGrant,
    body: Body<K, S>,
) -> LocalBoxStream<'static, Vec<u8>> {
    let Body { incoming, producer, ending } = body;
    let committed = Timestamp::default();
    let publisher = Publisher { publishing, grant, producer, ending, incoming, committed };
    stream::unfold(publisher, Publisher::next).boxed_local()
}

impl<K: Hooks, S: Storage> Publisher<K, S> {
    async fn next(mut self) -> Option<(Vec<u8>, Self)> {
        self.incoming.drop_if_given_up();
        loop {
            if let Some(line) = self.stop_line() {
                return Some((line, self));
            }
            if self.incoming.len() > 0 {
                break;
            }
            if let Some(reason) = self.incoming.end() {
                let lines = self.ending.take()?.end(reason).await;
                return Some((lines, self));
            }
            self.incoming.read_or(self.producer.stopped()).await;
        }
        self.gather().await;
        let (mut answers, until) = self.append().await;
        // An error is answered after the publications before it.
        self.incoming.hold();
        let committed = match until {
            Some(until) => self.commit(until).await,
            None => Ok(()),
        };
        if committed.is_err() {
            // A restart may or may not find these updates: none of them is confirmed.
            answers.iter_mut().filter(|answer| answer.is_ok()).for_each(|answer| {
                *answer = Err(Error::Unconfirmed);
            });
            self.fail();
        }
        let mut lines = Vec::new();
        for answer in &answers {
            write_line(answer, &mut lines);
        }
        Some((lines, self))
    }

    /// Ends a body whose updates are not confirmed. The topics are closed in the hub's next life, if this one
    /// is over.
    fn fail(&mut self) {
        self.incoming.cut();
        if self.publishing.engine.has_failed() {
            self.ending = None;
        }
    }

    /// The line that asks the sender to stop, if it has to be told.
    fn stop_line(&self) -> Option<Vec<u8>> {
        let stop = self.producer.take_stop()?;
        let mut line = Vec::new();
        write_stop(&stop, &mut line);
        Some(line)
    }

    /// Waits for the least time between two writes, until readers have the updates before, and for its
    /// turn to write. Reads on meanwhile.
    async fn gather(&mut self) {
        let left = WRITE_EVERY.saturating_sub(clock::now().since(self.committed));
        if !left.is_zero() && self.incoming.len() < MAX_BATCH_UPDATES {
            self.incoming.meanwhile(clock::sleep(left)).await;
        }
        let engine = Rc::clone(&self.publishing.engine);
        let turn = async move {
            engine.not_ahead().await;
            engine.turn_to_append().await;
        };
        self.incoming.meanwhile(turn).await;
    }

    /// Appends the publications that were found, as many as a batch holds and the rate allows. It
    /// appends at least one, and waits for the rate if it must.
    async fn append(&mut self) -> (Vec<Result<Published, Error>>, Option<Sequence>) {
        let (mut answers, mut until) = (Vec::new(), None);
        while answers.len() < MAX_BATCH_UPDATES
            && let Some(publication) = self.incoming.pop()
        {
            if publication.is_ok()
                && let Err(TooEarly { wait, .. }) = self.publishing.limits.take_update()
            {
                self.incoming.put_back(publication);
                if answers.is_empty() {
                    clock::sleep(wait).await;
                    continue;
                }
                break;
            }
            let answer = publication.and_then(|request| self.append_one(request, &mut until));
            if answer == Err(Error::Unconfirmed) {
                self.fail();
            }
            answers.push(answer);
        }
        (answers, until)
    }

    fn append_one(
        &self,
        request: PublishRequest,
        until: &mut Option<Sequence>,
    ) -> Result<Published, Error> {
        self.grant.may_publish(&request, clock::now())?;
        let generated = clock::update_id().map_err(|_| Error::Internal)?;
        let asked = Asked { request, generated };
        let Appended { sequence, published } = self.publishing.engine.append_all(asked)?;
        *until = Some(sequence.max(until.unwrap_or_default()));
        Ok(published)
    }

    /// Makes the appended updates durable and shows them to connections. Reads on meanwhile.
    async fn commit(&mut self, until: Sequence) -> Result<(), PublishError> {
        let engine = Rc::clone(&self.publishing.engine);
        let committed = self.incoming.meanwhile(async move { engine.commit(until).await }).await;
        self.committed = clock::now();
        committed
    }
}

impl<K: Hooks, S: Storage> Drop for Publisher<K, S> {
    fn drop(&mut self) {
        if let Some(ending) = self.ending.take() {
            ending.end_later(self.incoming.end().unwrap_or(EndReason::Broken));
        }
    }
}
