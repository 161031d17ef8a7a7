//! Group commit: updates that are appended while an earlier write becomes durable share the next
//! transaction.

use std::{
    cell::{Cell, RefCell},
    mem,
    rc::Rc,
    time::Duration,
};

use futures::channel::oneshot;

use crate::{
    base::{limits::WRITE_EVERY, sequence::Sequence},
    web::{
        engine::{journal::Journal, publish_error::PublishError, waiters::Waiters},
        host::{clock, task},
    },
};

/// The write that is under way, if there is one, and the publishers that wait.
#[derive(Debug, Default)]
pub(crate) struct Commits {
    stage: Cell<Stage>,
    /// The last update that the write includes.
    until: Cell<Sequence>,
    /// Publishers whose updates are a part of the write.
    joined: RefCell<Vec<oneshot::Sender<Result<(), PublishError>>>>,
    /// Publishers whose turn to append is after the write.
    next: Waiters,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Idle,
    /// Publishers whose turn it is append their updates.
    Gathering,
    /// The appended updates become durable.
    Syncing,
    /// They are durable, and the next write waits a moment for more.
    Resting,
}

/// A log that becomes durable by group commit.
pub(crate) trait Durable: Journal + 'static {
    fn commits(&self) -> &Commits;
    /// Makes all that was appended durable.
    fn sync(&self) -> impl Future<Output = Result<(), PublishError>>;
    /// Shows what is durable to waiting connections.
    fn show(&self, until: Sequence);
    /// The time until the next flush.
    fn lingers(&self) -> Duration;
}

impl Commits {
    /// Waits until no write is under way, so that an update that is appended then is a part of the next
    /// one: each transaction has its price, and updates that wait together are written together.
    pub(crate) async fn turn_to_append(&self) {
        while matches!(self.stage.get(), Stage::Syncing | Stage::Resting) {
            let _ = self.next.join().await;
        }
    }

    /// Makes all updates up to and with `until` durable, then shows them to waiting connections.
    pub(crate) async fn commit<L: Durable>(
        log: Rc<L>,
        until: Sequence,
    ) -> Result<(), PublishError> {
        let own = log.commits();
        // An event of presence is appended without its turn, perhaps during a write. Any other update
        // has had its turn, and does not wait here.
        own.turn_to_append().await;
        own.until.set(own.until.get().max(until));
        let (done, committed) = oneshot::channel();
        own.joined.borrow_mut().push(done);
        if own.stage.get() == Stage::Idle {
            own.stage.set(Stage::Gathering);
            // In a task of its own, which goes on when the caller stops waiting.
            task::spawn(Self::write(Rc::clone(&log)));
        }
        committed.await.unwrap_or_else(|_| Err(PublishError::History("it was cut off".to_owned())))
    }

    /// Writes all that was appended, in one transaction.
    async fn write<L: Durable>(log: Rc<L>) {
        let own = log.commits();
        own.stage.set(Stage::Syncing);
        let joined = mem::take(&mut *own.joined.borrow_mut());
        let until = own.until.get();
        // In the turn of the write, so that the storage commits both at once.
        log.prune();
        let began = clock::now();
        // A stream is not held back by the host until storage is safe, so this waits for it.
        let committed = log.sync().await;
        if committed.is_ok() {
            log.show(until);
        }
        own.stage.set(Stage::Resting);
        for done in joined {
            // The publisher may have stopped waiting.
            let _ = done.send(committed.clone());
        }
        // A write during a linger reaches no reader sooner: while one lasts, half of the time is for
        // writing.
        let rest = log.lingers().min(clock::now().since(began)).min(WRITE_EVERY);
        if !rest.is_zero() {
            clock::sleep(rest).await;
        }
        own.stage.set(Stage::Idle);
        own.next.wake();
    }
}

#[cfg(test)]
mod tests;
