//! A write that was not confirmed: memory may be ahead of the storage, so that a new hub has to be made
//! over what is stored.

use std::cell::{Cell, RefCell};

use futures::channel::oneshot;

/// Whether a write of this hub was not confirmed, and the tasks that wait for that.
#[derive(Debug, Default)]
pub(crate) struct Failure {
    failed: Cell<bool>,
    waiting: RefCell<Vec<oneshot::Sender<()>>>,
}

impl Failure {
    pub(crate) fn has_happened(&self) -> bool {
        self.failed.get()
    }

    pub(crate) fn happened(&self) {
        self.failed.set(true);
        for waiting in self.waiting.take() {
            // The task may have stopped waiting.
            let _ = waiting.send(());
        }
    }

    /// Resolves to true once it has happened; to false when the hub ends before.
    pub(crate) fn happens(&self) -> impl Future<Output = bool> + use<> {
        let (happened, happens) = oneshot::channel();
        if self.failed.get() {
            let _ = happened.send(());
        } else {
            self.waiting.borrow_mut().push(happened);
        }
        async move { happens.await.is_ok() }
    }
}
