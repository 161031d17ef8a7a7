//! How much a hub deflates.

use crate::{
    base::{
        limits::DEFLATE_BYTES,
        rate::{Bucket, Rate},
        timestamp::Timestamp,
    },
    gzip::deflate_budget::Chunk::{Deflated, Stored},
};

/// A chunk of fewer bytes is stored: deflated it is hardly shorter.
const WORTHWHILE: usize = 150;

/// The budget of a second. It is counted in KiB.
const DEFLATE_KIB: u32 = DEFLATE_BYTES >> 10;

/// What becomes of a chunk in a compressed stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Chunk {
    /// It is deflated.
    Deflated,
    /// It goes out as it is, in stored blocks.
    Stored,
}

/// The bytes that a hub may still deflate.
#[derive(Debug)]
pub(crate) struct DeflateBudget(Bucket);

impl DeflateBudget {
    /// A second's worth.
    pub(crate) fn new(now: Timestamp) -> Self {
        Self(Bucket::full(Rate(DEFLATE_KIB), now))
    }

    /// What becomes of a chunk of this many bytes.
    pub(crate) fn take(&mut self, bytes: usize, now: Timestamp) -> Chunk {
        if bytes < WORTHWHILE {
            return Stored;
        }
        let kibibytes = u32::try_from(bytes.div_ceil(1 << 10)).unwrap_or(u32::MAX);
        if self.0.take_many(kibibytes, now).is_ok() { Deflated } else { Stored }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_chunk_is_stored_and_takes_nothing_of_the_budget() {
        let now = Timestamp::from_millis(0);
        let mut budget = DeflateBudget::new(now);
        for _ in 0..2 * DEFLATE_KIB {
            assert_eq!(budget.take(WORTHWHILE - 1, now), Stored);
        }
        assert_eq!(budget.take(WORTHWHILE, now), Deflated);
    }

    #[test]
    fn what_is_beyond_the_budget_of_a_second_is_stored_until_time_has_passed() {
        let now = Timestamp::from_millis(0);
        let mut budget = DeflateBudget::new(now);
        let second = DEFLATE_KIB as usize * 1_024;
        assert_eq!(budget.take(second, now), Deflated);
        assert_eq!(budget.take(1_000, now), Stored);
        let later = Timestamp::from_millis(500);
        assert_eq!(budget.take(second / 2, later), Deflated);
        assert_eq!(budget.take(1_000, later), Stored);
    }
}
