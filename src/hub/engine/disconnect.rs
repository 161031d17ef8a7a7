//! The end of some connections, because their rights have ended.

use super::hub::Hub;
use crate::{
    hub::{close_reason::CloseReason, registry::Closed, whom::Whom},
    log::history::History,
};

impl<H: History, T: Clone> Hub<H, T> {
    /// Ends these connections at once; what is in their queues is dropped. Costs one pass over all
    /// connections. A client that comes back is a new connection: to keep it away, end its rights first.
    pub fn disconnect(&mut self, whom: &Whom) -> Vec<Closed<T>> {
        let ids = self.registry().find(whom, self.beginning().urls);
        ids.into_iter().filter_map(|id| self.remove(id, CloseReason::Stopped)).collect()
    }
}
