//! Callers that wait for a connection to be flushed.

use std::cell::RefCell;

use futures::channel::oneshot;

use crate::{base::connection_id::ConnectionId, hub::progress::FlushMark};

/// The flushes that have not come to their mark.
#[derive(Debug, Default)]
pub(crate) struct Flushes(RefCell<Vec<Flush>>);

#[derive(Debug)]
struct Flush {
    id: ConnectionId,
    mark: FlushMark,
    flushed: oneshot::Sender<()>,
}

impl Flushes {
    /// Resolves when the connection has come to its mark.
    pub(crate) fn join(&self, id: ConnectionId, mark: FlushMark) -> oneshot::Receiver<()> {
        let (flushed, over) = oneshot::channel();
        self.0.borrow_mut().push(Flush { id, mark, flushed });
        over
    }

    /// Resolves the flushes that have come to their mark. `is_over` may call back.
    pub(crate) fn settle(&self, is_over: impl Fn(ConnectionId, FlushMark) -> bool) {
        if self.0.borrow().is_empty() {
            return;
        }
        let waiting = self.0.take();
        let (done, waiting): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|flush| {
            // The caller may have stopped waiting.
            flush.flushed.is_canceled() || is_over(flush.id, flush.mark)
        });
        self.0.borrow_mut().extend(waiting);
        for flush in done {
            let _ = flush.flushed.send(());
        }
    }
}
