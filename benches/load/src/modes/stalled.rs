//! Some never read: what they cost the server, and the others.

use serde::Serialize;

use super::SETTLE;
use crate::{
    process::total,
    publisher::{Amount, Pace, Plan},
    run::{Figures, Run, SetUpError},
};

#[derive(Debug, Serialize)]
pub struct Results {
    server_rss_before_bytes: Option<u64>,
    server_rss_after_bytes: Option<u64>,
    server_rss_growth_bytes: Option<i64>,
    #[serde(flatten)]
    figures: Figures,
}

pub fn measure(run: &mut Run) -> Result<Results, SetUpError> {
    run.open(0..run.arguments.connections)?;
    run.settle(SETTLE)?;
    let before = total(&run.server.resident()?);
    run.begin()?;
    let arguments = &run.arguments;
    let updates = (arguments.megabytes * 1e6 / arguments.bytes as f64).ceil() as u64;
    let plan = Plan {
        pace: arguments.rate.map_or(Pace::AsAccepted, Pace::Rate),
        amount: Amount::Updates(updates),
        first: vec![0; arguments.publishers],
    };
    let published = run.publish(plan)?;
    run.drain(&published)?;
    let figures = run.figures(&published)?;
    let after = total(&run.server.resident()?);
    run.close_books(&published)?;
    Ok(Results {
        server_rss_before_bytes: before,
        server_rss_after_bytes: after,
        server_rss_growth_bytes: before
            .zip(after.max(run.server.peak()))
            .map(|(before, peak)| peak.cast_signed() - before.cast_signed()),
        figures,
    })
}
