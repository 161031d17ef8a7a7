//! The cost of comparing a topic with a selector.

use std::ops::AddAssign;

/// The cost of a selector, or of several together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct SelectorCost {
    /// Passes over the topic. Each takes some microseconds for the longest topic, and less for a
    /// shorter one.
    pub passes: usize,
    /// Bytes of compiled regular expressions. Each expression is gone through for each byte of a
    /// component.
    pub regexp_bytes: usize,
}

/// A pass over a topic takes as long as this many bytes of an expression.
const REGEXP_BYTES_OF_A_PASS: usize = 8;

impl SelectorCost {
    /// The cost of this many passes.
    #[must_use]
    pub(crate) const fn passes(passes: usize) -> Self {
        Self { passes, regexp_bytes: 0 }
    }

    /// The greater of both, in each kind.
    #[must_use]
    pub(crate) fn max(self, other: Self) -> Self {
        Self {
            passes: self.passes.max(other.passes),
            regexp_bytes: self.regexp_bytes.max(other.regexp_bytes),
        }
    }

    /// Whether it is at most this, in each kind.
    #[must_use]
    pub(crate) fn fits(self, most: Self) -> bool {
        self.passes <= most.passes && self.regexp_bytes <= most.regexp_bytes
    }

    /// The cost for this many bytes of topics, in passes over 64 bytes.
    #[must_use]
    pub(crate) fn of_topics(self, bytes: usize) -> usize {
        let passes = self.passes + self.regexp_bytes / REGEXP_BYTES_OF_A_PASS;
        passes.saturating_mul(bytes / 64 + 1)
    }
}

impl AddAssign for SelectorCost {
    fn add_assign(&mut self, other: Self) {
        self.passes += other.passes;
        self.regexp_bytes += other.regexp_bytes;
    }
}
