//! The cost of all selectors that one text can meet.

use std::ops::Div;

use crate::{
    base::limits::{
        MAX_MET_PASSES, MAX_MET_REGEXP_BYTES, MAX_MET_SHORT_PASSES, MAX_MET_SHORT_REGEXP_BYTES,
        MIN_BEGINNING_BYTES,
    },
    topics::{selector_cost::SelectorCost, topic::Topic},
};

/// Prefixes that many beginnings share. They do not tell one from another.
const SCHEMES: [&str; 3] = ["https:", "http:", "urn:"];

/// The costs of selectors by their beginnings. A text meets a chain of them: each beginning in it
/// starts with the one before.
#[derive(Debug, Default)]
pub(super) struct Chains {
    /// Sorted. A `BTreeMap` would be 7 kB of wasm.
    costs: Vec<(Topic, SelectorCost)>,
    /// The cost of the heaviest chain, or more, until it is counted again.
    heaviest: Met,
}

/// The cost of a chain. An attack is cheapest with short beginnings. They are counted apart, so
/// that they keep out no selector with a longer one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Met {
    short: SelectorCost,
    other: SelectorCost,
}

/// The most that one text may meet.
pub(super) const MOST: Met = Met {
    short: SelectorCost { passes: MAX_MET_SHORT_PASSES, regexp_bytes: MAX_MET_SHORT_REGEXP_BYTES },
    other: SelectorCost { passes: MAX_MET_PASSES, regexp_bytes: MAX_MET_REGEXP_BYTES },
};

impl Chains {
    pub(super) fn add(&mut self, beginning: &str, cost: SelectorCost) {
        let at = self.at(beginning).unwrap_or_else(|at| {
            self.costs.insert(at, (Topic::beginning(beginning), SelectorCost::default()));
            at
        });
        if let Some((_, held)) = self.costs.get_mut(at) {
            *held += cost;
        }
        *self.heaviest.of(beginning) += cost;
    }

    /// Takes away a cost that was added.
    pub(super) fn take(&mut self, beginning: &str, cost: SelectorCost) {
        let Ok(at) = self.at(beginning) else { return };
        let Some((_, held)) = self.costs.get_mut(at) else { return };
        held.passes -= cost.passes;
        held.regexp_bytes -= cost.regexp_bytes;
        if *held == SelectorCost::default() {
            self.costs.remove(at);
        }
    }

    /// Where a beginning is, or where it belongs.
    fn at(&self, beginning: &str) -> Result<usize, usize> {
        self.costs.binary_search_by(|(held, _)| held.as_str().cmp(beginning))
    }

    /// Whether no text meets more than this.
    pub(super) fn fit(&mut self, most: Met) -> bool {
        if !self.heaviest.fits(most) {
            self.heaviest = self.count();
        }
        self.heaviest.fits(most)
    }

    /// Sorted, a beginning comes before all longer ones that start with it.
    fn count(&self) -> Met {
        let mut heaviest = Met::default();
        let mut chain: Vec<(&str, Met)> = Vec::new();
        for (beginning, cost) in &self.costs {
            let beginning = beginning.as_str();
            while chain.pop_if(|(before, _)| !beginning.starts_with(*before)).is_some() {}
            let mut met = chain.last().map(|(_, met)| *met).unwrap_or_default();
            *met.of(beginning) += *cost;
            heaviest.short = heaviest.short.max(met.short);
            heaviest.other = heaviest.other.max(met.other);
            chain.push((beginning, met));
        }
        heaviest
    }
}

impl Met {
    fn of(&mut self, beginning: &str) -> &mut SelectorCost {
        if is_short(beginning) { &mut self.short } else { &mut self.other }
    }

    fn fits(self, most: Self) -> bool {
        self.short.fits(most.short) && self.other.fits(most.other)
    }
}

impl Div<usize> for Met {
    type Output = Self;

    fn div(self, parts: usize) -> Self {
        let part = |cost: SelectorCost| SelectorCost {
            passes: cost.passes / parts,
            regexp_bytes: cost.regexp_bytes / parts,
        };
        Self { short: part(self.short), other: part(self.other) }
    }
}

/// Whether texts of all kinds may have this beginning.
fn is_short(beginning: &str) -> bool {
    let behind = SCHEMES.iter().find_map(|scheme| beginning.strip_prefix(scheme));
    behind.unwrap_or(beginning).trim_start_matches('/').len() < MIN_BEGINNING_BYTES
        || SCHEMES.iter().any(|scheme| scheme.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_is_short_that_has_little_beside_a_scheme() {
        for short in ["", "a", "/", "/a/", "htt", "https", "https://", "https://ex", "urn:x:"] {
            assert!(is_short(short), "{short}");
        }
        for other in
            ["/books/", "books/", "https://example.com/", "https:example.com::/", "urn:isbn:"]
        {
            assert!(!is_short(other), "{other}");
        }
    }

    #[test]
    fn only_what_one_text_can_meet_is_counted_together() {
        let mut chains = Chains::default();
        let costs = [("", 1), ("book", 2), ("books/", 4), ("books/new/", 8), ("bookshop/", 16)];
        for (beginning, passes) in costs {
            chains.add(beginning, SelectorCost::passes(passes));
        }
        let of = |short: usize, other: usize| Met {
            short: SelectorCost::passes(short),
            other: SelectorCost::passes(other),
        };
        assert!(chains.fit(of(1, 18)));
        assert!(!chains.fit(of(0, 18)));
        assert!(!chains.fit(of(1, 17)));
        chains.take("bookshop/", SelectorCost::passes(16));
        assert!(chains.fit(of(1, 14)));
        for (beginning, passes) in &costs[..4] {
            chains.take(beginning, SelectorCost::passes(*passes));
        }
        assert!(chains.fit(Met::default()));
    }
}
