//! Everybody is cut, misses some updates, and comes back at once.

use std::time::Duration;

use serde::Serialize;

use super::{SETTLE, first_update};
use crate::{
    clock,
    publisher::{Amount, Pace, Plan},
    run::{Figures, Run, SetUpError, rounded},
};

#[derive(Debug, Serialize)]
pub struct Results {
    storm_seconds: Option<f64>,
    storm_p50_seconds: Option<f64>,
    storm_p99_seconds: Option<f64>,
    storm_max_seconds: Option<f64>,
    completed: usize,
    #[serde(flatten)]
    figures: Figures,
}

pub fn measure(run: &mut Run) -> Result<Results, SetUpError> {
    run.open(0..run.arguments.connections)?;
    run.settle(SETTLE)?;
    let first = first_update(run)?;
    (0..run.fleet.len()).for_each(|index| run.fleet.close(index));
    let pace = run.arguments.rate.map_or(Pace::AsAccepted, Pace::Rate);
    let amount = Amount::Updates(run.arguments.updates);
    let mut published = run.publish(Plan { pace, amount, first: first.next })?;
    // The server notices that everybody has gone.
    run.settle(Duration::from_secs(1))?;

    run.fleet.resume = true;
    run.begin()?;
    let began = clock::now();
    published.began = began;
    run.fleet.set_goal(published.next.clone());
    for index in 0..run.fleet.len() {
        run.fleet.open(index)?;
        // They are served while the others connect.
        if index % 64 == 63 {
            run.turn_within(Duration::ZERO)?;
        }
    }
    let patience = run.arguments.patience.as_nanos() as u64;
    while run.fleet.remaining() > 0 {
        run.turn()?;
        for (index, end) in run.fleet.take_ended() {
            run.failures.note(&end);
            run.fleet.open(index)?;
        }
        if clock::now() > began.max(run.fleet.tally.last_delivery) + patience {
            eprintln!("{} subscribers miss something", run.fleet.remaining());
            break;
        }
    }
    let figures = run.figures(&published)?;
    let mut times: Vec<f64> =
        run.fleet.reached().flatten().map(|at| clock::seconds(at.saturating_sub(began))).collect();
    times.sort_by(f64::total_cmp);
    run.close_books(&published)?;
    let at = |share: f64| {
        let rank = (times.len() as f64 * share).ceil() as usize;
        times.get(rank.saturating_sub(1)).map(|seconds| rounded(*seconds, 4))
    };
    let everybody = times.len() == run.fleet.len();
    Ok(Results {
        storm_seconds: at(1.0).filter(|_| everybody),
        storm_p50_seconds: at(0.5),
        storm_p99_seconds: at(0.99),
        storm_max_seconds: at(1.0),
        completed: times.len(),
        figures,
    })
}
