//! What is measured: a mode is a way of opening, publishing and waiting.

mod churn;
mod idle;
mod paced;
mod replay;
mod saturate;
mod stalled;
mod storm;

use std::time::Duration;

use serde::Serialize;

use crate::{
    arguments::Mode,
    publisher::{Amount, Pace, Plan, Published},
    run::{Run, SetUpError},
};

/// The figures of one mode, flat in the report.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Results {
    Saturate(saturate::Results),
    Paced(paced::Results),
    Idle(idle::Results),
    Stalled(stalled::Results),
    Churn(churn::Results),
    Storm(storm::Results),
    Replay(replay::Results),
}

impl Results {
    /// Measures.
    pub fn of(run: &mut Run) -> Result<Self, SetUpError> {
        Ok(match run.arguments.mode {
            Mode::Saturate => Self::Saturate(saturate::measure(run)?),
            Mode::Paced => Self::Paced(paced::measure(run)?),
            Mode::Idle => Self::Idle(idle::measure(run)?),
            Mode::Stalled => Self::Stalled(stalled::measure(run)?),
            Mode::Churn => Self::Churn(churn::measure(run)?),
            Mode::Storm => Self::Storm(storm::measure(run)?),
            Mode::Replay => Self::Replay(replay::measure(run)?),
        })
    }
}

/// How long the server rests between the opening and the measurement.
const SETTLE: Duration = Duration::from_millis(500);

/// What publishes for the time that was asked for, from the first sequences.
fn timed(run: &Run) -> Plan {
    let arguments = &run.arguments;
    Plan {
        pace: arguments.rate.map_or(Pace::AsAccepted, Pace::Rate),
        amount: Amount::For(Duration::from_secs_f64(arguments.seconds)),
        first: vec![0; arguments.publishers],
    }
}

/// Publishes one update and waits until everybody has it, so that everybody has an id to come back with.
fn first_update(run: &mut Run) -> Result<Published, SetUpError> {
    let first = vec![0; run.arguments.publishers];
    let plan = Plan { pace: Pace::AsAccepted, amount: Amount::Updates(1), first };
    let published = run.publish(plan)?;
    if let Some(error) = published.first_error {
        return Err(SetUpError::FirstUpdate(error));
    }
    run.drain(&published)?;
    let without = (0..run.fleet.len()).filter(|&index| {
        let subscriber = run.fleet.subscriber(index);
        !subscriber.is_stalled && !subscriber.has_last_event_id()
    });
    let without = without.count();
    if without > 0 {
        let what =
            format!("{without} subscribers received no update with an id; resuming needs one");
        return Err(SetUpError::FirstUpdate(what));
    }
    Ok(published)
}
