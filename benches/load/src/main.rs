//! Loads a hub of server-sent events with publications and subscriptions, and checks every delivery.
//!
//! It prints one JSON object; the README says what its fields are.

mod arguments;
mod chunked;
mod clock;
mod event_stream;
mod fleet;
mod head;
mod inflater;
mod latency;
mod ledger;
mod modes;
mod payload;
mod process;
mod publisher;
mod report;
mod run;
mod subscriber;
mod tally;
mod violations;

use std::process::ExitCode;

use rustix::process::{Resource, getrlimit, setrlimit};

use crate::{
    arguments::{Arguments, UsageError},
    modes::Results,
    report::Report,
    run::Run,
};

fn main() -> ExitCode {
    match measure() {
        Ok(report) => {
            let ok = report.ok;
            match serde_json::to_string(&report) {
                Ok(json) => println!("{json}"),
                Err(error) => return fail(&error),
            }
            ExitCode::from(u8::from(!ok))
        }
        Err(error) => fail(error.as_ref()),
    }
}

fn measure() -> Result<Report, Box<dyn std::error::Error>> {
    let arguments = Arguments::parse(std::env::args_os().skip(1))?;
    raise_open_files();
    let mut run = Run::new(arguments)?;
    let results = Results::of(&mut run)?;
    Ok(Report::new(run, results))
}

fn fail(error: &(dyn std::error::Error + 'static)) -> ExitCode {
    if matches!(error.downcast_ref(), Some(UsageError::Help)) {
        println!("{error}");
        return ExitCode::SUCCESS;
    }
    eprintln!("millstream-load: {error}");
    ExitCode::from(2)
}

/// As many open files as this user may have; when they are too few, opening one says so.
fn raise_open_files() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    let _ = setrlimit(Resource::Nofile, limit);
}
