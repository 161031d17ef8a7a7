//! How many values lie below each of some bounds.

use crate::base::figures::Figures;

/// Bounds of times, in milliseconds.
pub(crate) const MILLIS: &[u64] = &[1, 2, 5, 10, 25, 50, 100, 250, 500, 1000];

/// Bounds of numbers of updates.
pub(crate) const UPDATES: &[u64] = &[1, 2, 5, 10, 50, 100, 500, 1000];

/// The most bounds that a histogram has.
const MOST: usize = 10;

/// Counts values by bounds. A value belongs to the first bound that is not below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Histogram {
    bounds: &'static [u64],
    /// By bound, and those above all bounds behind them.
    counts: [u64; MOST + 1],
    sum: u64,
}

impl Histogram {
    /// No values, to be counted by these rising bounds.
    pub(crate) const fn by(bounds: &'static [u64]) -> Self {
        Self { bounds, counts: [0; MOST + 1], sum: 0 }
    }

    /// Counts a value.
    pub(crate) fn observe(&mut self, value: u64) {
        let bound = self.bounds.iter().position(|bound| value <= *bound);
        if let Some(count) = self.counts.get_mut(bound.unwrap_or(self.bounds.len())) {
            *count += 1;
        }
        self.sum = self.sum.saturating_add(value);
    }

    /// The number of values of each bound alone, of those above all bounds, and the sum of all.
    pub(crate) fn tell(&self, figures: &mut Figures, group: &'static str) {
        let mut counts = self.counts.iter();
        for (bound, count) in self.bounds.iter().zip(&mut counts) {
            figures.add(format_args!("{group}.{bound}"), *count);
        }
        let above = counts.next().copied().unwrap_or_default();
        figures.add(format_args!("{group}.+Inf"), above);
        figures.add(format_args!("{group}.sum"), self.sum);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(bounds: &'static [u64], values: &[u64]) -> Figures {
        let (mut histogram, mut figures) = (Histogram::by(bounds), Figures::default());
        for value in values {
            histogram.observe(*value);
        }
        histogram.tell(&mut figures, "g");
        figures
    }

    #[test]
    fn a_value_is_counted_once_at_the_first_bound_that_is_not_below_it() {
        let figures = told(MILLIS, &[0, 1, 2, 3, 1_000, 1_001, 9_000]);
        let expected = [("1", 2), ("2", 1), ("5", 1), ("1000", 1), ("+Inf", 2), ("sum", 11_007)];
        assert_eq!(figures.in_group("g"), expected);
    }

    #[test]
    fn every_bound_has_a_figure_also_of_shorter_lists() {
        for bounds in [MILLIS, UPDATES] {
            assert!(bounds.len() <= MOST && bounds.is_sorted());
            let figures = told(bounds, &[u64::MAX, 1]);
            assert_eq!(figures.names().len(), bounds.len() + 2);
            assert_eq!(
                figures.in_group("g"),
                [("1", 1), ("+Inf", 1), ("sum", u64::MAX)],
                "a sum stays at the most that there is"
            );
        }
    }
}
