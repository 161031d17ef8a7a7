//! How many outcomes are held.

use std::collections::HashMap;

use crate::tokens::publisher::KeySpace;

/// How many outcomes there are of each publisher.
#[derive(Debug, Default)]
pub struct Counts {
    of: HashMap<KeySpace, usize>,
    sum: usize,
}

impl Counts {
    /// How many there are of this one.
    #[must_use]
    pub fn of(&self, space: &KeySpace) -> usize {
        self.of.get(space).copied().unwrap_or_default()
    }

    /// In all.
    #[must_use]
    pub fn sum(&self) -> usize {
        self.sum
    }

    /// So many more.
    pub fn add(&mut self, space: KeySpace, count: usize) {
        self.sum += count;
        *self.of.entry(space).or_default() += count;
    }

    /// One less.
    pub fn remove_one(&mut self, space: &KeySpace) {
        let Some(count) = self.of.get_mut(space) else { return };
        self.sum = self.sum.saturating_sub(1);
        *count = count.saturating_sub(1);
        if *count == 0 {
            self.of.remove(space);
        }
    }
}
