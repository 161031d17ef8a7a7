//! The part of a streamed body that has come and is not published yet.

use std::{collections::VecDeque, rc::Rc};

use futures::{
    FutureExt,
    future::{self, Either, LocalBoxFuture},
};

use crate::{
    base::limits::MAX_READ_AHEAD_BYTES,
    http::error::Error,
    log::closing::EndReason,
    publishing::{
        bodies::{Held, Missing},
        request::PublishRequest,
        stream::PublishStream,
    },
    web::http::body,
};

type Read = Result<Option<Vec<u8>>, Error>;

/// A publication of the body, or the error in its place.
pub(crate) type Found = Result<PublishRequest, Error>;

/// A body that is read, and its publications in their order.
pub(crate) struct Incoming {
    parser: PublishStream,
    reader: Rc<body::Reader>,
    /// A read that began while something else was awaited.
    reading: Option<LocalBoxFuture<'static, Read>>,
    /// Publications that are read and not yet published.
    found: VecDeque<Found>,
    /// The size of `found`: the bytes that were read since it was empty, and its entries.
    ahead: usize,
    /// How the body ended. Then nothing more of it is read.
    end: Option<EndReason>,
}

impl Incoming {
    pub(crate) fn new(parser: PublishStream, reader: body::Reader) -> Self {
        Self {
            parser,
            reader: Rc::new(reader),
            reading: None,
            found: VecDeque::new(),
            ahead: 0,
            end: None,
        }
    }

    /// How many publications and errors are there.
    pub(crate) fn len(&self) -> usize {
        self.found.len()
    }

    /// Takes the first of them.
    pub(crate) fn pop(&mut self) -> Option<Found> {
        let first = self.found.pop_front();
        if self.found.is_empty() {
            self.ahead = 0;
            // A silent body keeps no room for many publications.
            self.found = VecDeque::new();
        }
        first
    }

    /// Puts back the one that was taken last.
    pub(crate) fn put_back(&mut self, first: Found) {
        self.found.push_front(first);
    }

    /// How the body has ended, once there is nothing left of it.
    pub(crate) fn end(&self) -> Option<EndReason> {
        self.end.filter(|_| self.found.is_empty())
    }

    /// Reads no further, and drops what was found.
    pub(crate) fn cut(&mut self) {
        self.found.clear();
        self.end = Some(EndReason::Broken);
    }

    /// Drops what was found of a body that was given up. The error stands in its place.
    pub(crate) fn drop_if_given_up(&mut self) {
        if let Some(silent) = self.reader.given_up().silent()
            && self.end().is_none()
        {
            self.refuse(Error::BodySilent(silent));
        }
    }

    /// Reads the next part, unless `other` resolves before.
    pub(crate) async fn read_or(&mut self, other: impl Future + Unpin) {
        match future::select(self.reading(), other).await {
            Either::Left((read, _)) => self.take(read),
            Either::Right((_, reading)) => self.reading = Some(reading),
        }
    }

    /// Waits for a future, and reads on until it resolves or enough is read ahead.
    pub(crate) async fn meanwhile<T: 'static>(
        &mut self,
        awaited: impl Future<Output = T> + 'static,
    ) -> T {
        let mut awaited = awaited.boxed_local();
        while self.end.is_none()
            && self.ahead < MAX_READ_AHEAD_BYTES
            && self.reader.may_read_ahead()
        {
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

    /// Accounts for the held bytes of the body. Without room for them the body is read no further.
    pub(crate) fn hold(&mut self) {
        if self.end.is_some() {
            return;
        }
        let bytes = self.ahead + self.parser.held_bytes();
        let waits = self.ahead == 0 && self.parser.is_between();
        let missing = if waits { Missing::Next } else { Missing::Rest };
        if let Err(error) = self.reader.hold(Held { bytes, missing }) {
            // The publications that were found have no room either, while nobody reads the answers.
            self.refuse(error);
        }
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
                self.end = Some(EndReason::Done);
                Ok(())
            }
            // The text after the last line break may be half a line: it is dropped.
            Err(error) => Err(error),
        };
        if let Err(error) = outcome {
            self.found.push_back(Err(error));
            self.end = Some(EndReason::Broken);
        }
        self.hold();
    }

    fn refuse(&mut self, error: Error) {
        self.found = VecDeque::from([Err(error)]);
        self.end = Some(EndReason::Broken);
    }
}
