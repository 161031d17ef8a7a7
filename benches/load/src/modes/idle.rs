//! What a connection costs that receives nothing.

use std::time::Duration;

use serde::Serialize;

use crate::{
    process::total,
    run::{Run, SetUpError, rounded},
};

/// Connections that are opened and closed first, so that what they made the server load is not counted.
const WARM_UP: usize = 100;

/// How long the server's memory is left to settle.
const SETTLE: Duration = Duration::from_secs(2);

#[derive(Debug, Serialize)]
pub struct Results {
    server_rss_before_bytes: Option<u64>,
    server_rss_after_bytes: Option<u64>,
    bytes_per_connection: Option<f64>,
    process_bytes_per_connection: Vec<f64>,
    growth_per_connection: Option<f64>,
    server_cpu_seconds: Option<f64>,
}

/// The server at one moment.
struct Look {
    connections: usize,
    resident: Vec<u64>,
    processor_seconds: Vec<f64>,
}

pub fn measure(run: &mut Run) -> Result<Results, SetUpError> {
    let all = run.fleet.len();
    let warm_up = WARM_UP.min(all);
    run.open(0..warm_up)?;
    (0..warm_up).for_each(|index| run.fleet.close(index));
    let before = Look::settled(run, 0)?;
    let half = all / 2;
    run.open(0..half)?;
    let middle = Look::settled(run, half)?;
    run.open(half..all)?;
    let after = Look::settled(run, all)?;
    let growths = after.growths_since(&before);
    let seconds = total(&before.processor_seconds).zip(total(&after.processor_seconds));
    Ok(Results {
        server_rss_before_bytes: total(&before.resident),
        server_rss_after_bytes: total(&after.resident),
        bytes_per_connection: total(&growths).map(f64::round),
        process_bytes_per_connection: growths.iter().map(|bytes| bytes.round()).collect(),
        growth_per_connection: total(&after.growths_since(&middle)).map(f64::round),
        server_cpu_seconds: seconds.map(|(before, after)| rounded(after - before, 2)),
    })
}

impl Look {
    /// Looks when the memory has settled.
    fn settled(run: &mut Run, connections: usize) -> Result<Self, SetUpError> {
        run.settle(SETTLE)?;
        Ok(Self {
            connections,
            resident: run.server.resident()?,
            processor_seconds: run.server.processor_seconds()?,
        })
    }

    /// How much each process has grown for each connection that was opened since.
    fn growths_since(&self, before: &Self) -> Vec<f64> {
        let connections = (self.connections - before.connections) as f64;
        let growth = |(after, before): (&u64, &u64)| (*after as f64 - *before as f64) / connections;
        self.resident.iter().zip(&before.resident).map(growth).collect()
    }
}
