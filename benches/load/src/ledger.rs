//! What one connection has received of each publisher: each update once, and in order.

/// The place in a sequence that is not known yet: whatever comes first begins it.
const ANYWHERE: u64 = u64::MAX;

/// The books of one connection.
#[derive(Clone, Debug)]
pub struct Ledger {
    accounts: Box<[Account]>,
    /// Updates that were skipped; empty as long as the hub keeps its promise.
    holes: Vec<Hole>,
}

#[derive(Clone, Copy, Debug)]
struct Account {
    first: u64,
    next: u64,
}

#[derive(Clone, Copy, Debug)]
struct Hole {
    publisher: usize,
    from: u64,
    until: u64,
}

/// What the arrival of an update means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// It was the next, or one behind the next, which may be missing.
    New,
    /// It was skipped before.
    Late,
    /// It was there already.
    Duplicate,
    /// There is no such publisher.
    Foreign,
}

impl Ledger {
    /// Expects the sequences of so many publishers from 0.
    pub fn new(publishers: usize) -> Self {
        let account = Account { first: 0, next: 0 };
        Self { accounts: vec![account; publishers].into(), holes: Vec::new() }
    }

    /// Expects every sequence from wherever it goes on, as after a reconnection that does not resume.
    pub fn forget(&mut self) {
        self.accounts.fill(Account { first: ANYWHERE, next: ANYWHERE });
        self.holes.clear();
    }

    /// Books an update.
    #[inline]
    pub fn arrive(&mut self, publisher: u64, sequence: u64) -> Arrival {
        let publisher = usize::try_from(publisher).unwrap_or(usize::MAX);
        let Some(account) = self.accounts.get_mut(publisher) else { return Arrival::Foreign };
        if sequence == account.next {
            account.next += 1;
            return Arrival::New;
        }
        if account.next == ANYWHERE {
            *account = Account { first: sequence, next: sequence + 1 };
            return Arrival::New;
        }
        if sequence > account.next {
            self.holes.push(Hole { publisher, from: account.next, until: sequence });
            account.next = sequence + 1;
            return Arrival::New;
        }
        if sequence < account.first {
            account.first = sequence;
            return Arrival::Late;
        }
        self.fill(publisher, sequence)
    }

    /// Whether everything below these sequences has come.
    #[inline]
    pub fn is_complete(&self, goal: &[u64]) -> bool {
        self.holes.is_empty()
            && self.accounts.iter().zip(goal).all(|(account, &goal)| account.next >= goal)
    }

    /// How many updates below these sequences have not come.
    pub fn missing(&self, goal: &[u64]) -> u64 {
        let skipped: u64 = self.holes.iter().map(|hole| hole.until - hole.from).sum();
        let tail = self.accounts.iter().zip(goal);
        skipped + tail.map(|(account, goal)| goal.saturating_sub(account.next)).sum::<u64>()
    }

    fn fill(&mut self, publisher: usize, sequence: u64) -> Arrival {
        let within = |hole: &Hole| {
            hole.publisher == publisher && (hole.from..hole.until).contains(&sequence)
        };
        let Some(at) = self.holes.iter().position(within) else { return Arrival::Duplicate };
        let Hole { from, until, .. } = self.holes.swap_remove(at);
        for (from, until) in [(from, sequence), (sequence + 1, until)] {
            if from < until {
                self.holes.push(Hole { publisher, from, until });
            }
        }
        Arrival::Late
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(ledger: &mut Ledger, arrivals: &[(u64, Arrival)], missing: u64) {
        for &(sequence, arrival) in arrivals {
            assert_eq!(ledger.arrive(0, sequence), arrival, "update {sequence}");
        }
        assert_eq!(ledger.missing(&[5]), missing);
        assert_eq!(ledger.is_complete(&[5]), missing == 0);
    }

    #[test]
    fn a_sequence_in_order_is_complete() {
        let all = [0, 1, 2, 3, 4].map(|sequence| (sequence, Arrival::New));
        check(&mut Ledger::new(1), &all, 0);
    }

    #[test]
    fn what_was_skipped_and_what_did_not_come_yet_is_missing() {
        check(&mut Ledger::new(1), &[(0, Arrival::New), (3, Arrival::New)], 3);
    }

    #[test]
    fn what_fills_a_hole_is_late_once() {
        let arrivals = [
            (4, Arrival::New),
            (2, Arrival::Late),
            (2, Arrival::Duplicate),
            (0, Arrival::Late),
            (4, Arrival::Duplicate),
        ];
        check(&mut Ledger::new(1), &arrivals, 2);
    }

    #[test]
    fn a_life_that_begins_anywhere_still_has_an_order() {
        let mut ledger = Ledger::new(1);
        ledger.forget();
        let arrivals = [
            (3, Arrival::New),
            (4, Arrival::New),
            (2, Arrival::Late),
            (2, Arrival::Duplicate),
            (3, Arrival::Duplicate),
        ];
        check(&mut ledger, &arrivals, 0);
    }

    #[test]
    fn publishers_are_independent_and_known() {
        let mut ledger = Ledger::new(2);
        assert_eq!(ledger.arrive(1, 0), Arrival::New);
        assert_eq!(ledger.arrive(0, 0), Arrival::New);
        assert_eq!(ledger.arrive(2, 0), Arrival::Foreign);
        assert!(ledger.is_complete(&[1, 1]));
    }
}
