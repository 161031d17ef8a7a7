//! Group commit: what is written while an earlier write becomes durable waits for it, and then shares
//! one transaction.

use std::{
    cell::{Cell, RefCell},
    error::Error as StdError,
    mem,
};

use futures::channel::oneshot;

use crate::{
    base::{limits::WRITE_EVERY, sequence::Sequence},
    hub::connection::CloseReason,
    settings::level::Level,
    web::{
        engine::engine::Engine,
        host::{clock, storage::Storage},
        http::publish::PublishError,
        streams::{
            hooks::{Hooks, Record},
            streams::Streams,
        },
    },
};

/// The write that is on its way, if one is, and who waits for what.
#[derive(Debug, Default)]
pub(crate) struct Commits {
    stage: Cell<Stage>,
    /// The last update that is to be committed.
    until: Cell<Sequence>,
    /// Those whose updates are a part of it.
    joined: RefCell<Vec<oneshot::Sender<Result<(), PublishError>>>>,
    /// Those who are to write next.
    next: RefCell<Vec<oneshot::Sender<()>>>,
    /// Those who wait for what is durable to be flushed.
    ahead: RefCell<Vec<oneshot::Sender<()>>>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Idle,
    /// Everybody whose turn it is now is still to append.
    Gathering,
    /// What was appended is becoming durable.
    Syncing,
    /// It is, and the next write is to wait a moment for more.
    Resting,
}

impl<K: Hooks, S: Storage> Engine<K, S> {
    /// Waits until no write is on its way, so that what is appended then is a part of the next one:
    /// each transaction has its price, and those who wait together write together.
    pub(crate) async fn turn_to_append(&self) {
        while matches!(self.commits.stage.get(), Stage::Syncing | Stage::Resting) {
            let (done, over) = oneshot::channel();
            self.commits.next.borrow_mut().push(done);
            // It resolves by the sender being dropped.
            let _ = over.await;
        }
    }

    /// Waits while more is durable than the next flush has use for.
    pub(crate) async fn not_ahead(&self) {
        while self.hub.borrow().is_ahead() {
            let (done, over) = oneshot::channel();
            self.commits.ahead.borrow_mut().push(done);
            let _ = over.await;
        }
    }

    /// A flush has begun: there may be use for more.
    pub(crate) fn wake_those_ahead(&self) {
        if !self.hub.borrow().is_ahead() {
            let ahead = mem::take(&mut *self.commits.ahead.borrow_mut());
            drop(ahead);
        }
    }

    /// Makes everything up to and with `until` durable, then shows it to waiting connections.
    pub(crate) async fn commit(&self, until: Sequence) -> Result<(), PublishError> {
        self.turn_to_append().await;
        self.commits.until.set(self.commits.until.get().max(until));
        let (done, committed) = oneshot::channel();
        self.commits.joined.borrow_mut().push(done);
        if self.commits.stage.get() == Stage::Idle
            && let Some(engine) = self.shared()
        {
            self.commits.stage.set(Stage::Gathering);
            // Of its own, so that it goes its way when who asked for it stops waiting.
            wasm_bindgen_futures::spawn_local(async move { engine.write().await });
        }
        committed.await.unwrap_or_else(|_| Err(PublishError::History("it was cut off".to_owned())))
    }

    /// One write, of what everybody appends whose turn it is.
    async fn write(&self) {
        self.commits.stage.set(Stage::Syncing);
        let joined = mem::take(&mut *self.commits.joined.borrow_mut());
        let until = self.commits.until.get();
        // In the turn of the write, so that the storage commits both at once.
        self.prune();
        let began = clock::now();
        // A stream is not held back by the host until storage is safe, so this waits for it.
        let synced = self.hub.borrow().log().history().sync();
        let committed = synced.await.map_err(|error| self.unconfirmed(&error));
        if committed.is_ok() {
            let flush = self.hub.borrow_mut().commit(until, clock::now());
            self.flushed(flush);
        }
        self.commits.stage.set(Stage::Resting);
        for done in joined {
            // Who asked may have stopped waiting.
            let _ = done.send(committed.clone());
        }
        // What is written during a linger reaches nobody sooner: as long as one lasts, half of the time
        // is for writing.
        let now = clock::now();
        let rest = self.hub.borrow().lingers(now).min(now.since(began)).min(WRITE_EVERY);
        if !rest.is_zero() {
            clock::sleep(rest).await;
        }
        self.commits.stage.set(Stage::Idle);
        let next = mem::take(&mut *self.commits.next.borrow_mut());
        drop(next);
    }

    /// Removes some of what is no longer to be kept.
    pub(crate) fn prune(&self) {
        let pruned = self.hub.borrow_mut().prune(clock::now());
        if let Err(error) = pruned {
            self.log(&Record::new(Level::Error, "prune failed").with_detail(error));
        }
    }

    /// What is stored is not known: everything ends here, and begins again over what is.
    pub(crate) fn unconfirmed(&self, error: &dyn StdError) -> PublishError {
        self.stop_all(CloseReason::Failed);
        self.failure.happened();
        self.publish_failed(error)
    }
}
