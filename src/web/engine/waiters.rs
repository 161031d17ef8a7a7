//! Tasks that wait for the same thing.

use std::cell::RefCell;

use futures::channel::oneshot;

/// Tasks that wait until all of them are woken, in their order.
#[derive(Debug, Default)]
pub(crate) struct Waiters(RefCell<Vec<oneshot::Sender<()>>>);

impl Waiters {
    /// Resolves when the waiters are woken.
    pub(crate) fn join(&self) -> oneshot::Receiver<()> {
        let (sender, woken) = oneshot::channel();
        self.0.borrow_mut().push(sender);
        woken
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// Forgets tasks that have stopped waiting.
    pub(crate) fn tidy(&self) {
        self.0.borrow_mut().retain(|waiting| !waiting.is_canceled());
    }

    pub(crate) fn wake(&self) {
        // They resolve by their senders being dropped.
        let waiting = self.0.take();
        drop(waiting);
    }
}
