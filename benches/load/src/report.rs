//! The one JSON object that is printed.

use serde::Serialize;

use crate::{
    arguments::Arguments,
    modes::Results,
    run::{Failures, Run},
    violations::Violations,
};

/// What was asked for, whether it was good, and what was measured.
#[derive(Debug, Serialize)]
pub struct Report {
    #[serde(flatten)]
    arguments: Arguments,
    /// Whether there was no violation and no failure.
    pub ok: bool,
    violations: Violations,
    /// Of the missing, those that are events of the type `gap`.
    gap_events: u64,
    #[serde(flatten)]
    failures: Failures,
    #[serde(flatten)]
    results: Results,
}

impl Report {
    /// Of a measurement that has been made.
    pub fn new(run: Run, results: Results) -> Self {
        let violations = run.fleet.tally.violations;
        let gap_events = run.fleet.tally.gap_events;
        let failures = run.failures;
        let ok =
            violations.is_empty() && failures.publish_errors == 0 && failures.connect_failures == 0;
        Self { arguments: run.arguments, ok, violations, gap_events, failures, results }
    }
}
