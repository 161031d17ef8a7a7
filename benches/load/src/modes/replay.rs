//! Updates are published while nobody is there, and one new subscriber after the other reads them.

use serde::Serialize;

use crate::{
    clock,
    publisher::{Amount, Pace, Plan},
    run::{Figures, Run, SetUpError, rounded},
};

#[derive(Debug, Serialize)]
pub struct Results {
    replay_p50_ms: Option<f64>,
    replay_max_ms: Option<f64>,
    completed: usize,
    #[serde(flatten)]
    figures: Figures,
}

pub fn measure(run: &mut Run) -> Result<Results, SetUpError> {
    let first = vec![0; run.arguments.publishers];
    let pace = run.arguments.rate.map_or(Pace::AsAccepted, Pace::Rate);
    let amount = Amount::Updates(run.arguments.updates);
    let mut published = run.publish(Plan { pace, amount, first })?;
    run.begin()?;
    published.began = clock::now();
    run.fleet.set_goal(published.next.clone());
    let patience = run.arguments.patience.as_nanos() as u64;
    let mut times = Vec::new();
    for index in 0..run.fleet.len() {
        let (began, left) = (clock::now(), run.fleet.remaining());
        run.fleet.open(index)?;
        while run.fleet.remaining() == left {
            run.turn()?;
            let ended = run.fleet.take_ended();
            for (_, end) in &ended {
                run.failures.note(end);
            }
            if !ended.is_empty() || clock::now() > began + patience {
                break;
            }
        }
        let reached = run.fleet.reached().nth(index).flatten();
        times.extend(reached.map(|at| clock::seconds(at.saturating_sub(began)) * 1e3));
        run.fleet.close(index);
    }
    let figures = run.figures(&published)?;
    run.close_books(&published)?;
    times.sort_by(f64::total_cmp);
    let at = |rank: usize| times.get(rank).map(|milliseconds| rounded(*milliseconds, 3));
    Ok(Results {
        replay_p50_ms: at(times.len() / 2),
        replay_max_ms: at(times.len().saturating_sub(1)),
        completed: times.len(),
        figures,
    })
}
