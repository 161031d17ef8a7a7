//! A timer for the earliest of several due times.

use std::cell::RefCell;

use crate::{
    base::timestamp::Timestamp,
    web::host::{clock, timer::Timer},
};

/// At most one timer, set for the earliest time that was asked for.
#[derive(Debug, Default)]
pub(crate) struct Alarm(RefCell<Option<(Timestamp, Timer)>>);

impl Alarm {
    /// Calls back at this time, unless the alarm is set for an earlier or the same one.
    pub(crate) fn set(&self, due: Timestamp, callback: Box<dyn FnOnce()>) {
        let running = self.0.borrow().as_ref().map(|(due, _)| *due);
        if running.is_none_or(|running| due < running) {
            let timer = Timer::new(due.since(clock::now()), callback);
            let replaced = self.0.borrow_mut().replace((due, timer));
            drop(replaced);
        }
    }

    /// Whether it is set.
    pub(crate) fn is_set(&self) -> bool {
        self.0.borrow().is_some()
    }

    /// Stops it. A callback does this first, so that the alarm can be set again.
    pub(crate) fn clear(&self) {
        let running = self.0.borrow_mut().take();
        drop(running);
    }
}
