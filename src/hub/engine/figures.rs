//! The figures of a hub.

use super::hub::Hub;
use crate::{
    base::figures::Figures,
    hub::{
        close_reason::CloseReason, effect::Enqueue, resumes::Keeper, state::State, traffic::Taken,
    },
    log::history::History,
};

impl<H: History, T: Clone> Hub<H, T> {
    /// Counts a chunk that this many streams have taken.
    pub fn took(&mut self, enqueue: &Enqueue<T>, streams: usize) {
        let Enqueue { chunk, updates, .. } = enqueue;
        self.traffic_mut().took(Taken { streams, bytes: chunk.len(), updates: *updates });
    }

    /// The figures of all its owners.
    pub(crate) fn tell(&self, figures: &mut Figures) {
        for (keeper, transport) in [(Keeper::Hub, "stream"), (Keeper::Worker, "link")] {
            let mut counts = [0; State::ALL.len()];
            for connection in self.registry().all() {
                if connection.keeper() == keeper
                    && let Some(count) = counts.get_mut(State::of(connection.progress()) as usize)
                {
                    *count += 1;
                }
            }
            for (state, count) in State::ALL.iter().zip(counts) {
                figures.add(format_args!("connections.{transport}.{}", state.as_str()), count);
            }
        }
        self.traffic().tell(figures);
        self.flushes().tell(figures);
        self.log().tell(figures);
        let ended = |reason| self.registry().ended(reason);
        self.slow_readers().tell(figures, ended(CloseReason::TooSlow));
        for reason in CloseReason::ALL {
            figures.add(format_args!("ended.{}", reason.as_str()), ended(reason));
        }
        self.terms().memory().tell(self.registry().held(), figures);
    }
}
