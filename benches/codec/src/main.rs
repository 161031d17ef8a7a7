//! The codec beside others: `make bench-codec` prints which decoder is right on which case and what
//! each takes of our time, and fails when ours is wrong on a case or not the quickest on a row.

#[path = "../../../tests/data/cases.rs"]
mod cases;
mod correctness;
mod cpu_time;
mod decoders;
mod encoders;
mod inputs;
mod speed;

use std::{env, error::Error, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let dir =
        env::args_os().nth(1).map_or_else(|| PathBuf::from("target/criterion"), PathBuf::from);
    let wrong = correctness::print()?;
    let slow = speed::print(&dir)?;
    if wrong.is_empty() && slow.is_empty() {
        return Ok(());
    }
    Err(format!("wrong on {wrong:?}, not the quickest on {slow:?}").into())
}
