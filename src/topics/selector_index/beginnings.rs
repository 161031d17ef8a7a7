//! Selectors, sorted by the characters with which every text that they select begins.

use std::{cmp::Ordering, collections::HashMap};

use crate::{
    base::limits::MAX_BEGINNING_BYTES,
    topics::{selector_cost::SelectorCost, topic::Topic},
};

use super::chains::{Chains, MOST};

/// The place of a template or a pattern in the index.
pub(super) type SelectorKey = usize;

/// A selector that enters the table.
#[derive(Clone, Copy, Debug)]
pub(super) struct NewMember {
    pub(super) key: SelectorKey,
    /// Its place among the selectors with the same beginning: [`Beginnings::find`] says it.
    pub(super) at: usize,
    pub(super) cost: SelectorCost,
}

/// A table of selectors. A text meets only the selectors whose beginning it has.
#[derive(Debug, Default)]
pub(super) struct Beginnings {
    /// The selectors with one beginning, in their order.
    buckets: HashMap<Topic, Vec<SelectorKey>>,
    /// The number of beginnings of each length. A text meets at most one of each length.
    lengths: Vec<usize>,
    costs: Chains,
}

impl Beginnings {
    pub(super) fn is_empty(&self) -> bool {
        self.buckets.is_empty()
    }

    /// The selector with this beginning for which `order` is `Equal`. The error is the index at which
    /// it would be inserted.
    pub(super) fn find(
        &self,
        beginning: &str,
        order: impl Fn(SelectorKey) -> Option<Ordering>,
    ) -> Result<SelectorKey, usize> {
        let members = self.buckets.get(shortened(beginning)).map_or(&[][..], Vec::as_slice);
        let found = members.binary_search_by(|key| order(*key).unwrap_or(Ordering::Less));
        found.map(|at| members.get(at).copied().unwrap_or_default())
    }

    /// Adds a selector at its place.
    pub(super) fn insert(&mut self, beginning: &str, new: NewMember) {
        let beginning = shortened(beginning);
        let members = self.buckets.entry(Topic::beginning(beginning)).or_default();
        let is_new = members.is_empty();
        members.insert(new.at.min(members.len()), new.key);
        if self.lengths.len() <= beginning.len() {
            self.lengths.resize(beginning.len() + 1, 0);
        }
        if let Some(buckets) = self.lengths.get_mut(beginning.len()) {
            *buckets += usize::from(is_new);
        }
        self.costs.add(beginning, new.cost);
    }

    pub(super) fn remove(&mut self, beginning: &str, key: SelectorKey, cost: SelectorCost) {
        let beginning = shortened(beginning);
        let Some(members) = self.buckets.get_mut(beginning) else { return };
        let Some(at) = members.iter().position(|member| *member == key) else { return };
        members.remove(at);
        self.costs.take(beginning, cost);
        if !members.is_empty() {
            return;
        }
        self.buckets.remove(beginning);
        if let Some(buckets) = self.lengths.get_mut(beginning.len()) {
            *buckets -= 1;
        }
        let last = self.lengths.iter().rposition(|buckets| *buckets > 0);
        self.lengths.truncate(last.map_or(0, |last| last + 1));
    }

    /// Whether the selectors that one text meets stay within their bound of cost.
    pub(super) fn fit(&mut self) -> bool {
        self.costs.fit(MOST)
    }

    /// Shows `meet` the selectors whose beginning the text has.
    pub(super) fn each(&self, text: &str, meet: &mut impl FnMut(SelectorKey)) {
        for (len, buckets) in self.lengths.iter().enumerate().take(text.len() + 1) {
            if *buckets > 0
                && let Some(beginning) = text.get(..len)
                && let Some(members) = self.buckets.get(beginning)
            {
                for key in members {
                    meet(*key);
                }
            }
        }
    }
}

/// The part of a beginning by which it is found.
pub(super) fn shortened(beginning: &str) -> &str {
    let end = beginning.floor_char_boundary(MAX_BEGINNING_BYTES);
    beginning.get(..end).unwrap_or_default()
}
