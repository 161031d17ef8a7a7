//! Selectors by what every text that they select begins with.

use std::collections::HashMap;

use crate::{limits::MAX_BEGINNING_BYTES, selector_cost::SelectorCost};

use super::SelectorKey;

/// A table of selectors. A text meets those alone that have a beginning of it.
#[derive(Debug, Default)]
pub(super) struct Beginnings {
    buckets: HashMap<Box<str>, Bucket>,
    /// The buckets of each length, of which a text meets one at the most.
    levels: Vec<Level>,
}

/// The selectors with one beginning.
#[derive(Debug, Default)]
struct Bucket {
    selectors: Vec<SelectorKey>,
    cost: SelectorCost,
}

/// The buckets of one length.
#[derive(Clone, Copy, Debug, Default)]
struct Level {
    buckets: usize,
    /// What the heaviest of them costs, or more, until it is counted again.
    heaviest: SelectorCost,
}

impl Beginnings {
    pub(super) fn is_empty(&self) -> bool {
        self.buckets.is_empty()
    }

    pub(super) fn insert(&mut self, beginning: &str, key: SelectorKey, cost: SelectorCost) {
        let beginning = shortened(beginning);
        let bucket = self.buckets.entry(beginning.into()).or_default();
        let is_new = bucket.selectors.is_empty();
        bucket.selectors.push(key);
        bucket.cost += cost;
        if self.levels.len() <= beginning.len() {
            self.levels.resize(beginning.len() + 1, Level::default());
        }
        if let Some(level) = self.levels.get_mut(beginning.len()) {
            level.buckets += usize::from(is_new);
            level.heaviest = level.heaviest.max(bucket.cost);
        }
    }

    pub(super) fn remove(&mut self, beginning: &str, key: SelectorKey, cost: SelectorCost) {
        let beginning = shortened(beginning);
        let Some(bucket) = self.buckets.get_mut(beginning) else { return };
        let Some(at) = bucket.selectors.iter().position(|selector| *selector == key) else {
            return;
        };
        bucket.selectors.swap_remove(at);
        bucket.cost.passes -= cost.passes;
        bucket.cost.regexp_bytes -= cost.regexp_bytes;
        if !bucket.selectors.is_empty() {
            return;
        }
        self.buckets.remove(beginning);
        if let Some(level) = self.levels.get_mut(beginning.len()) {
            level.buckets -= 1;
            if level.buckets == 0 {
                *level = Level::default();
            }
        }
        let last = self.levels.iter().rposition(|level| level.buckets > 0);
        self.levels.truncate(last.map_or(0, |last| last + 1));
    }

    /// What the selectors that a text meets cost at the most, or somewhat more.
    pub(super) fn heaviest(&self) -> SelectorCost {
        let mut heaviest = SelectorCost::default();
        for level in &self.levels {
            heaviest += level.heaviest;
        }
        heaviest
    }

    /// Counts the heaviest again, after some that were have gone.
    pub(super) fn recount(&mut self) {
        for level in &mut self.levels {
            level.heaviest = SelectorCost::default();
        }
        for (beginning, bucket) in &self.buckets {
            if let Some(level) = self.levels.get_mut(beginning.len()) {
                level.heaviest = level.heaviest.max(bucket.cost);
            }
        }
    }

    /// Shows `meet` the selectors whose beginning the text has.
    pub(super) fn each(&self, text: &str, meet: &mut impl FnMut(SelectorKey)) {
        for (len, level) in self.levels.iter().enumerate().take(text.len() + 1) {
            if level.buckets > 0
                && let Some(beginning) = text.get(..len)
                && let Some(bucket) = self.buckets.get(beginning)
            {
                bucket.selectors.iter().for_each(|key| meet(*key));
            }
        }
    }
}

/// The part of a beginning by which it is found.
fn shortened(beginning: &str) -> &str {
    let end = beginning.floor_char_boundary(MAX_BEGINNING_BYTES);
    beginning.get(..end).unwrap_or_default()
}
