//! Selectors by what every text that they select begins with.

use std::{cmp::Ordering, collections::HashMap};

use crate::{limits::MAX_BEGINNING_BYTES, selector_cost::SelectorCost, topic::Topic};

use super::SelectorKey;

/// A table of selectors. A text meets those alone that have a beginning of it.
#[derive(Debug, Default)]
pub(super) struct Beginnings {
    buckets: HashMap<Topic, Bucket>,
    /// The buckets of each length, of which a text meets one at the most.
    levels: Vec<Level>,
}

/// The selectors with one beginning, in their order; or those who hold a name.
#[derive(Debug, Default)]
pub(super) struct Bucket {
    pub(super) members: Vec<usize>,
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

    /// The selector of this beginning that `order` says is equal, or its place among the others.
    pub(super) fn find(
        &self,
        beginning: &str,
        order: impl Fn(SelectorKey) -> Option<Ordering>,
    ) -> Result<SelectorKey, usize> {
        let bucket = self.buckets.get(shortened(beginning));
        let members = bucket.map_or(&[][..], |bucket| &bucket.members);
        let found = members.binary_search_by(|key| order(*key).unwrap_or(Ordering::Less));
        found.map(|at| members.get(at).copied().unwrap_or_default())
    }

    /// Adds a selector at its place.
    pub(super) fn insert(
        &mut self,
        beginning: &str,
        (at, key): (usize, SelectorKey),
        cost: SelectorCost,
    ) {
        let beginning = shortened(beginning);
        let bucket = self.buckets.entry(Topic::beginning(beginning)).or_default();
        let is_new = bucket.members.is_empty();
        bucket.members.insert(at.min(bucket.members.len()), key);
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
        let Some(at) = bucket.members.iter().position(|member| *member == key) else { return };
        bucket.members.remove(at);
        bucket.cost.passes -= cost.passes;
        bucket.cost.regexp_bytes -= cost.regexp_bytes;
        if !bucket.members.is_empty() {
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
            if let Some(level) = self.levels.get_mut(beginning.as_str().len()) {
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
                bucket.members.iter().for_each(|key| meet(*key));
            }
        }
    }
}

/// The part of a beginning by which it is found.
fn shortened(beginning: &str) -> &str {
    let end = beginning.floor_char_boundary(MAX_BEGINNING_BYTES);
    beginning.get(..end).unwrap_or_default()
}
