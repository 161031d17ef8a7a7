//! What a connection costs that receives nothing.

use std::time::Duration;

use serde::Serialize;

use crate::{
    process::total,
    run::{Run, SetUpError, rounded},
};

/// Connections that are opened and closed first, so that what they made the server load is not counted.
const WARM_UP: usize = 10;

/// How long the server's memory is left to settle.
const SETTLE: Duration = Duration::from_secs(2);

#[derive(Debug, Serialize)]
pub struct Results {
    server_rss_before_bytes: Option<u64>,
    server_rss_after_bytes: Option<u64>,
    bytes_per_connection: Option<f64>,
    process_bytes_per_connection: Vec<f64>,
    server_cpu_seconds: Option<f64>,
}

pub fn measure(run: &mut Run) -> Result<Results, SetUpError> {
    let warm_up = WARM_UP.min(run.fleet.len());
    run.open(warm_up)?;
    (0..warm_up).for_each(|index| run.fleet.close(index));
    run.settle(SETTLE)?;
    let before = (run.server.resident()?, run.server.processor_seconds()?);
    run.open(run.fleet.len())?;
    run.settle(SETTLE)?;
    let after = (run.server.resident()?, run.server.processor_seconds()?);
    let connections = run.fleet.len() as f64;
    let growth = |(before, after): (&u64, &u64)| (*after as f64 - *before as f64) / connections;
    let growths: Vec<f64> = before.0.iter().zip(&after.0).map(growth).collect();
    let seconds = total(&before.1).zip(total(&after.1));
    Ok(Results {
        server_rss_before_bytes: total(&before.0),
        server_rss_after_bytes: total(&after.0),
        bytes_per_connection: total(&growths).map(f64::round),
        process_bytes_per_connection: growths.iter().map(|bytes| bytes.round()).collect(),
        server_cpu_seconds: seconds.map(|(before, after)| rounded(after - before, 2)),
    })
}
