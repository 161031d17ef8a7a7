//! The number of outcomes of each publisher.

use std::collections::HashMap;

use crate::tokens::publisher::KeySpace;

/// Counts outcomes by publisher. A publisher without an outcome takes no memory.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    of: HashMap<KeySpace, usize>,
    sum: usize,
}

impl Counts {
    /// The number of this publisher.
    #[must_use]
    pub(crate) fn of(&self, space: &KeySpace) -> usize {
        self.of.get(space).copied().unwrap_or_default()
    }

    /// The number of all publishers.
    #[must_use]
    pub(crate) fn sum(&self) -> usize {
        self.sum
    }

    /// Adds `count` to this publisher.
    pub(crate) fn add(&mut self, space: KeySpace, count: usize) {
        self.sum += count;
        *self.of.entry(space).or_default() += count;
    }

    /// Takes one from this publisher.
    pub(crate) fn remove_one(&mut self, space: &KeySpace) {
        let Some(count) = self.of.get_mut(space) else { return };
        self.sum = self.sum.saturating_sub(1);
        *count = count.saturating_sub(1);
        if *count == 0 {
            self.of.remove(space);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_is_that_of_all_publishers_and_one_without_an_outcome_takes_no_memory() {
        let (a, b) = (KeySpace::of_digest(b"a"), KeySpace::of_digest(b"b"));
        let mut counts = Counts::default();
        counts.add(a.clone(), 2);
        counts.add(b.clone(), 1);
        counts.add(a.clone(), 1);
        assert_eq!((counts.of(&a), counts.of(&b), counts.sum()), (3, 1, 4));
        counts.remove_one(&b);
        counts.remove_one(&b);
        assert_eq!((counts.of(&a), counts.of(&b), counts.sum()), (3, 0, 3));
        assert_eq!(counts.of.len(), 1);
    }
}
