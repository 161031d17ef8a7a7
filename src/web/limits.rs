//! What an engine keeps to hold its publishers and subscribers to their limits.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use super::{bodies::Bodies, clock, once::Once};
use crate::{
    admission::Admissions,
    config::Config,
    idempotency::Outcomes,
    newcomers::Newcomers,
    rate::{Bucket, Rate},
};

/// The limits of one hub, and how far each is used.
#[derive(Debug)]
pub(super) struct Limits {
    pub(super) admissions: RefCell<Admissions>,
    pub(super) newcomers: RefCell<Newcomers>,
    pub(super) bodies: Rc<Bodies>,
    pub(super) once: Once,
    pub(super) rate: Option<Rate>,
    /// Filled at the first update: there may be no clock when the hub is made.
    bucket: Cell<Option<Bucket>>,
}

impl Limits {
    pub(super) fn new(config: &Config, outcomes: Rc<dyn Outcomes>) -> Self {
        Self {
            admissions: RefCell::new(Admissions::new(
                config.connection_limits.within(config.delivery.memory),
            )),
            newcomers: RefCell::default(),
            bodies: Rc::default(),
            once: Once::new(outcomes),
            rate: config.publish_rate,
            bucket: Cell::default(),
        }
    }

    /// Counts an update against the rate, or says how long to wait until it may come.
    pub(super) fn take_update(&self) -> Result<(), Duration> {
        let Some(rate) = self.rate else { return Ok(()) };
        let now = clock::now();
        let mut bucket = self.bucket.take().unwrap_or_else(|| Bucket::full(rate, now));
        let taken = bucket.take(now);
        self.bucket.set(Some(bucket));
        taken
    }
}
