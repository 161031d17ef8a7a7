//! A given rate, evenly: each update is sent when it is due, and its age counts from then.

use serde::Serialize;

use super::{SETTLE, timed};
use crate::{
    clock,
    run::{Figures, Run, SetUpError, rounded},
};

/// How far behind the end the last delivery may be if the rate is to count as sustained.
const BEHIND: f64 = 1.0;

#[derive(Debug, Serialize)]
pub struct Results {
    scheduled: Option<u64>,
    sustained: bool,
    last_delivery_behind_end_seconds: f64,
    #[serde(flatten)]
    figures: Figures,
}

pub fn measure(run: &mut Run) -> Result<Results, SetUpError> {
    run.open(0..run.arguments.connections)?;
    run.settle(SETTLE)?;
    run.begin()?;
    let published = run.publish(timed(run))?;
    run.drain(&published)?;
    let figures = run.figures(&published)?;
    run.close_books(&published)?;
    let last_delivery = run.fleet.tally.last_delivery.saturating_sub(published.began);
    let behind = (clock::seconds(last_delivery) - run.arguments.seconds).max(0.0);
    Ok(Results {
        scheduled: published.scheduled,
        sustained: published.scheduled == Some(published.accepted)
            && behind <= BEHIND
            && run.fleet.tally.violations.is_empty(),
        last_delivery_behind_end_seconds: rounded(behind, 3),
        figures,
    })
}
