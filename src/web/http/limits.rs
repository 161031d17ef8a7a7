//! The limits of publishers, and their use so far.

use std::{cell::Cell, rc::Rc, time::Duration};

use crate::{
    base::rate::{Bucket, Rate},
    publishing::{
        bodies::{Missing, Sender, TooManyBodies},
        idempotency::Outcomes,
    },
    settings::config::Config,
    web::{
        host::clock,
        http::{
            bodies::{Bodies, Place},
            once::Once,
        },
    },
};

/// The limits of one hub, and their use so far.
#[derive(Debug)]
pub(crate) struct Limits {
    bodies: Rc<Bodies>,
    once: Once,
    rate: Option<Rate>,
    /// Full at the first update, not before: there may be no clock when the hub is made.
    bucket: Cell<Option<Bucket>>,
}

/// An update that comes too early for the rate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TooEarly {
    /// The time until it may be published.
    pub(crate) wait: Duration,
    pub(crate) rate: Rate,
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

    /// Enters a body of which no byte has arrived.
    pub(crate) fn enter(&self, sender: Sender, missing: Missing) -> Result<Place, TooManyBodies> {
        self.bodies.enter(sender, missing)
    }

    /// The idempotency keys.
    pub(crate) fn once(&self) -> &Once {
        &self.once
    }

    /// Counts an update against the rate.
    pub(crate) fn take_update(&self) -> Result<(), TooEarly> {
        let Some(rate) = self.rate else { return Ok(()) };
        let now = clock::now();
        let mut bucket = self.bucket.take().unwrap_or_else(|| Bucket::full(rate, now));
        let taken = bucket.take(now);
        self.bucket.set(Some(bucket));
        taken.map_err(|wait| TooEarly { wait, rate })
    }
}
