//! The limits of publishers, and their use so far.

use std::{cell::Cell, rc::Rc, time::Duration};

use crate::{
    base::rate::{Bucket, Rate},
    publishing::idempotency::Outcomes,
    settings::config::Config,
    web::{
        host::clock,
        http::{bodies::Bodies, once::Once},
    },
};

/// The limits of one hub, and their use so far.
#[derive(Debug)]
pub(crate) struct Limits {
    pub(crate) bodies: Rc<Bodies>,
    pub(crate) once: Once,
    pub(crate) rate: Option<Rate>,
    /// Full at the first update, not before: there may be no clock when the hub is made.
    bucket: Cell<Option<Bucket>>,
}

impl Limits {
    pub(crate) fn new(config: &Config, outcomes: Rc<dyn Outcomes>) -> Self {
        Self {
            bodies: Rc::default(),
            once: Once::new(outcomes),
            rate: config.publish_rate,
            bucket: Cell::default(),
        }
    }

    /// Counts an update against the rate, or returns the time until the next one may be published.
    pub(crate) fn take_update(&self) -> Result<(), Duration> {
        let Some(rate) = self.rate else { return Ok(()) };
        let now = clock::now();
        let mut bucket = self.bucket.take().unwrap_or_else(|| Bucket::full(rate, now));
        let taken = bucket.take(now);
        self.bucket.set(Some(bucket));
        taken
    }
}
