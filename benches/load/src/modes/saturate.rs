//! As much as goes through: publish as fast as updates are accepted, then wait for the last delivery.

use super::{SETTLE, timed};
use crate::{
    publisher::{Pace, Plan},
    run::{Figures, Run, SetUpError},
};

pub type Results = Figures;

pub fn measure(run: &mut Run) -> Result<Results, SetUpError> {
    run.open(0..run.arguments.connections)?;
    run.settle(SETTLE)?;
    run.begin()?;
    let plan = Plan { pace: Pace::AsAccepted, ..timed(run) };
    let published = run.publish(plan)?;
    run.drain(&published)?;
    let figures = run.figures(&published)?;
    run.close_books(&published)?;
    Ok(figures)
}
