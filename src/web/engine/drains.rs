//! Drains that wait for the last connection to end.

use futures::channel::oneshot;

use crate::web::engine::waiters::Waiters;

/// The drains that are under way.
#[derive(Debug, Default)]
pub(crate) struct Drains(Waiters);

impl Drains {
    /// Resolves when the drains are over.
    pub(crate) fn join(&self) -> oneshot::Receiver<()> {
        self.0.join()
    }

    /// Resolves the drains if they are over. To find that out is dear, so it is asked only when a drain
    /// waits.
    pub(crate) fn settle(&self, are_over: impl FnOnce() -> bool) {
        if !self.0.is_empty() && are_over() {
            self.0.wake();
        }
    }
}
