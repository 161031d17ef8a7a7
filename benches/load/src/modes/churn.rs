//! Subscribers that come and go while updates are published.

use std::{cmp::Reverse, collections::BinaryHeap, ops::Range, time::Duration};

use serde::Serialize;

use super::{SETTLE, first_update, timed};
use crate::{
    clock,
    publisher::{Published, Publishing},
    run::{Figures, Run, SetUpError, rounded},
};

/// How long a connection lives, in nanoseconds.
const LIFE: Range<u64> = 200_000_000..2_000_000_000;

/// How soon one comes back that was refused or cut.
const RETRY: u64 = 100_000_000;

/// How long a turn waits, so that lives end in time.
const TURN: Duration = Duration::from_millis(5);

#[derive(Debug, Serialize)]
pub struct Results {
    scheduled: Option<u64>,
    reconnects: u64,
    connects_per_second: f64,
    #[serde(flatten)]
    figures: Figures,
}

/// When what happens to which subscriber.
#[derive(Debug, Default)]
struct Lives {
    ends: BinaryHeap<Reverse<(u64, usize)>>,
    /// The end of each subscriber that counts; others in the heap are of former lives.
    current: Vec<u64>,
    random: fastrand::Rng,
    reconnects: u64,
}

pub fn measure(run: &mut Run) -> Result<Results, SetUpError> {
    run.open(0..run.arguments.connections)?;
    run.settle(SETTLE)?;
    let resume = run.arguments.resume;
    let mut plan = timed(run);
    if resume {
        plan.first = first_update(run)?.next;
        run.fleet.resume = true;
    }
    run.begin()?;
    let mut lives = Lives {
        random: fastrand::Rng::with_seed(run.arguments.seed),
        current: vec![0; run.fleet.len()],
        ..Lives::default()
    };
    (0..run.fleet.len()).for_each(|index| lives.prolong(index));
    let publishing = Publishing::start(&run.arguments, plan);
    while !publishing.is_finished() {
        run.turn_within(TURN)?;
        lives.end_some(run)?;
        lives.bring_back(run);
    }
    let published = run.published(publishing);
    let seconds = clock::seconds(clock::now() - published.began);
    if resume {
        drain(run, &mut lives, &published)?;
    } else {
        run.settle(SETTLE)?;
    }
    let figures = run.figures(&published)?;
    if resume {
        run.close_books(&published)?;
    }
    Ok(Results {
        scheduled: published.scheduled,
        reconnects: lives.reconnects,
        connects_per_second: rounded(lives.reconnects as f64 / seconds, 1),
        figures,
    })
}

/// Brings everybody back, who then has to get everything.
fn drain(run: &mut Run, lives: &mut Lives, published: &Published) -> Result<(), SetUpError> {
    run.fleet.set_goal(published.next.clone());
    let began = clock::now();
    let patience = run.arguments.patience.as_nanos() as u64;
    while run.fleet.remaining() > 0 {
        run.turn_within(TURN)?;
        lives.bring_back(run);
        lives.reopen_due(run)?;
        if clock::now() > began.max(run.fleet.tally.last_delivery) + patience {
            eprintln!("{} subscribers miss something", run.fleet.remaining());
            break;
        }
    }
    Ok(())
}

impl Lives {
    /// Gives a new life a random end.
    fn prolong(&mut self, index: usize) {
        let life = self.random.u64(LIFE);
        self.end_in(life, index);
    }

    fn end_in(&mut self, life: u64, index: usize) {
        let at = clock::now() + life;
        self.current[index] = at;
        self.ends.push(Reverse((at, index)));
    }

    /// Cuts and reopens whose time has come.
    fn end_some(&mut self, run: &mut Run) -> Result<(), SetUpError> {
        while let Some(index) = self.due() {
            if run.fleet.subscriber(index).is_opening() {
                // A client waits for its answer, however slow the hub is.
                self.end_in(RETRY, index);
                continue;
            }
            run.fleet.close(index);
            self.reopen(run, index)?;
            self.prolong(index);
        }
        Ok(())
    }

    /// Reopens those without a connection whose time has come.
    fn reopen_due(&mut self, run: &mut Run) -> Result<(), SetUpError> {
        while let Some(index) = self.due() {
            if run.fleet.subscriber(index).socket().is_none() {
                self.reopen(run, index)?;
            }
        }
        Ok(())
    }

    /// Those that ended by themselves come back a little later.
    fn bring_back(&mut self, run: &mut Run) {
        for (index, end) in run.fleet.take_ended() {
            run.failures.note(&end);
            self.end_in(RETRY, index);
        }
    }

    fn reopen(&mut self, run: &mut Run, index: usize) -> Result<(), SetUpError> {
        if !run.arguments.resume {
            run.fleet.subscriber(index).ledger.forget();
        }
        self.reconnects += 1;
        Ok(run.fleet.open(index)?)
    }

    fn due(&mut self) -> Option<usize> {
        loop {
            let &Reverse((at, index)) = self.ends.peek()?;
            if at > clock::now() {
                return None;
            }
            self.ends.pop();
            if self.current[index] == at {
                return Some(index);
            }
        }
    }
}
