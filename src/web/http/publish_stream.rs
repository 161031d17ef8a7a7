//! From a streamed body to updates, and to an answer for each.

use std::{collections::VecDeque, rc::Rc};

use futures::{
    FutureExt, StreamExt,
    future::{self, Either, LocalBoxFuture},
    stream::{self, LocalBoxStream},
};

use crate::{
    base::{
        limits::{MAX_BATCH_UPDATES, MAX_READ_AHEAD_BYTES, WRITE_EVERY},
        sequence::Sequence,
        timestamp::Timestamp,
    },
    http::{answer_line::write_line, error::Error},
    publishing::{
        bodies::{Held, Missing},
        grant::PublishGrant,
        published::Published,
        request::PublishRequest,
        stream::PublishStream,
    },
    web::{
        engine::{
            journal::{Appended, Journal},
            publish_error::PublishError,
        },
        host::{clock, storage::Storage},
        http::{body, limits::TooEarly, publishing::Publishing},
        streams::hooks::Hooks,
    },
};

type Read = Result<Option<Vec<u8>>, Error>;

/// A publication of the body, or the error in its place.
type Found = Result<PublishRequest, Error>;

/// The publications of one body.
struct Publisher<K: Hooks, S: Storage> {
    publishing: Publishing<K, S>,
    grant: PublishGrant,
    parser: PublishStream,
    reader: Rc<body::Reader>,
    /// A read that began while updates were synced.
    reading: Option<LocalBoxFuture<'static, Read>>,
    /// Publications that are read and not yet published.
    found: VecDeque<Found>,
    /// The size of `found`: the bytes that were read since it was empty, and its entries.
    ahead: usize,
    over: bool,
    /// When the last of its updates were committed.
    committed: Timestamp,
}

/// A streamed body, and the parser for its kind.
pub(crate) struct Body {
    pub(crate) parser: PublishStream,
    pub(crate) reader: body::Reader,
}

/// The answers to the publications of a body, in their order: a chunk for each batch, once it is
/// durable. While nobody reads the answers, the body is not read on.
pub(crate) fn answers<K: Hooks, S: Storage>(
    publishing: Publishing<K, S>,
    grant: PublishGrant,
    body: Body,
) -> LocalBoxStream<'static, Vec<u8>> {
    let publisher = Publisher {
        publishing,
        grant,
        parser: body.parser,
        reader: Rc::new(body.reader),
        reading: None,
        found: VecDeque::new(),
        ahead: 0,
        over: false,
        committed: Timestamp::default(),
    };
    stream::unfold(publisher, Publisher::next).boxed_local()
}

impl<K: Hooks, S: Storage> Publisher<K, S> {
    async fn next(mut self) -> Option<(Vec<u8>, Self)> {
        while self.found.is_empty() {
            if self.over {
                return None;
            }
            let read = self.reading().await;
            self.take(read);
        }
        self.gather().await;
        let (mut answers, until) = self.append().await;
        // An error is answered after the publications before it.
        self.hold();
        let committed = match until {
            Some(until) => self.commit(until).await,
            None => Ok(()),
        };
        if committed.is_err() {
            // A restart may or may not find these updates: none of them is confirmed.
            answers.iter_mut().filter(|answer| answer.is_ok()).for_each(|answer| {
                *answer = Err(Error::Unconfirmed);
            });
            self.found.clear();
            self.over = true;
        }
        let mut lines = Vec::new();
        for answer in &answers {
            write_line(answer, &mut lines);
        }
        Some((lines, self))
    }

    /// Waits for the least time between two writes, until readers have the updates before, and for its
    /// turn to write. Reads on meanwhile.
    async fn gather(&mut self) {
        let left = WRITE_EVERY.saturating_sub(clock::now().since(self.committed));
        if !left.is_zero() && self.found.len() < MAX_BATCH_UPDATES {
            self.meanwhile(clock::sleep(left)).await;
        }
        let engine = Rc::clone(&self.publishing.engine);
        self.meanwhile(async move {
            engine.not_ahead().await;
            engine.turn_to_append().await;
        })
        .await;
    }

    /// Appends the publications that were found, as many as a batch holds and the rate allows. It
    /// appends at least one, and waits for the rate if it must.
    async fn append(&mut self) -> (Vec<Result<Published, Error>>, Option<Sequence>) {
        let (mut answers, mut until) = (Vec::new(), None);
        while answers.len() < MAX_BATCH_UPDATES
            && let Some(publication) = self.found.pop_front()
        {
            if publication.is_ok()
                && let Err(TooEarly { wait, .. }) = self.publishing.limits.take_update()
            {
                self.found.push_front(publication);
                if answers.is_empty() {
                    clock::sleep(wait).await;
                    continue;
                }
                break;
            }
            let answer = publication.and_then(|request| self.append_one(request, &mut until));
            if answer == Err(Error::Unconfirmed) {
                self.found.clear();
                self.over = true;
            }
            answers.push(answer);
        }
        if self.found.is_empty() {
            self.ahead = 0;
            // A silent body keeps no room for many publications.
            self.found = VecDeque::new();
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
        let update = request.into_update(generated);
        let Appended { sequence, published } = self.publishing.engine.append(&update)?;
        *until = Some(sequence);
        Ok(published)
    }

    /// Makes the appended updates durable and shows them to connections. Reads on meanwhile.
    async fn commit(&mut self, until: Sequence) -> Result<(), PublishError> {
        let engine = Rc::clone(&self.publishing.engine);
        let committed = self.meanwhile(async move { engine.commit(until).await }).await;
        self.committed = clock::now();
        committed
    }

    /// Waits for a future, and reads on until it resolves or enough is read ahead.
    async fn meanwhile<T: 'static>(&mut self, awaited: impl Future<Output = T> + 'static) -> T {
        let mut awaited = awaited.boxed_local();
        while !self.over && self.ahead < MAX_READ_AHEAD_BYTES && self.reader.may_read_ahead() {
            match future::select(awaited, self.reading()).await {
                Either::Left((came, reading)) => {
                    self.reading = Some(reading);
                    return came;
                }
                Either::Right((read, unfinished)) => {
                    awaited = unfinished;
                    self.take(read);
                }
            }
        }
        awaited.await
    }

    fn reading(&mut self) -> LocalBoxFuture<'static, Read> {
        self.reading.take().unwrap_or_else(|| {
            let reader = Rc::clone(&self.reader);
            async move { reader.next().await }.boxed_local()
        })
    }

    fn take(&mut self, read: Read) {
        let found = &mut self.found;
        let outcome = match read {
            Ok(Some(chunk)) => {
                let before = found.len();
                let read = self.parser.read(&chunk, |publication| {
                    found.push_back(publication.map_err(Error::from));
                });
                // A publication of a short line takes many times the memory of the line.
                let found = found.len() - before;
                self.ahead += chunk.len() + found * size_of::<Found>();
                read.map_err(Error::from)
            }
            Ok(None) => {
                self.parser.end(|publication| found.push_back(publication.map_err(Error::from)));
                self.over = true;
                Ok(())
            }
            // The text after the last line break may be half a line: it is dropped.
            Err(error) => Err(error),
        };
        if let Err(error) = outcome {
            self.found.push_back(Err(error));
            self.over = true;
        }
        self.hold();
    }

    /// Accounts for the held bytes of the body. Without room for them the body is read no further.
    fn hold(&mut self) {
        if self.over {
            return;
        }
        let bytes = self.ahead + self.parser.held_bytes();
        let waits = self.ahead == 0 && self.parser.is_between();
        let missing = if waits { Missing::Next } else { Missing::Rest };
        if let Err(error) = self.reader.hold(Held { bytes, missing }) {
            // The publications that were found have no room either, while nobody reads the answers.
            self.found = VecDeque::from([Err(error)]);
            self.over = true;
        }
    }
}
