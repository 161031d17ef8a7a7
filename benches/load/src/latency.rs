//! From the sending of an update, or the time at which it was due, to its arrival.

use hdrhistogram::Histogram;
use serde::Serialize;

/// Ages of updates in microseconds, to three digits.
#[derive(Debug)]
pub struct Latency(Option<Histogram<u64>>);

/// A summary in milliseconds; nothing when nothing came.
#[derive(Clone, Copy, Debug, Default, Serialize)]
#[expect(clippy::struct_field_names, reason = "they are the names in the report")]
pub struct Summary {
    pub latency_p50_ms: Option<f64>,
    pub latency_p90_ms: Option<f64>,
    pub latency_p99_ms: Option<f64>,
    pub latency_p99_9_ms: Option<f64>,
    pub latency_max_ms: Option<f64>,
    pub latency_mean_ms: Option<f64>,
}

impl Latency {
    /// The longest age that is told apart: ten minutes.
    const LONGEST: u64 = 600_000_000;

    /// Without any age yet.
    pub fn new() -> Self {
        // These bounds are among those that it accepts.
        Self(Histogram::new_with_bounds(1, Self::LONGEST, 3).ok())
    }

    /// Adds an age in nanoseconds.
    #[inline]
    pub fn record(&mut self, nanoseconds: u64) {
        if let Some(ages) = &mut self.0 {
            ages.saturating_record(nanoseconds / 1_000);
        }
    }

    /// Adds the ages of another.
    pub fn add(&mut self, other: &Self) {
        if let (Some(ages), Some(more)) = (&mut self.0, &other.0) {
            // Both have the same bounds.
            let _ = ages.add(more);
        }
    }

    /// An age in milliseconds that this part of all does not exceed.
    pub fn quantile(&self, quantile: f64) -> Option<f64> {
        let ages = self.0.as_ref().filter(|ages| !ages.is_empty())?;
        Some(ages.value_at_quantile(quantile) as f64 / 1e3)
    }

    /// Forgets all ages.
    pub fn clear(&mut self) {
        if let Some(ages) = &mut self.0 {
            ages.clear();
        }
    }

    /// The figures for a report.
    pub fn summary(&self) -> Summary {
        let Some(ages) = self.0.as_ref().filter(|ages| !ages.is_empty()) else {
            return Summary::default();
        };
        let at = |quantile| Some(ages.value_at_quantile(quantile) as f64 / 1e3);
        Summary {
            latency_p50_ms: at(0.5),
            latency_p90_ms: at(0.9),
            latency_p99_ms: at(0.99),
            latency_p99_9_ms: at(0.999),
            latency_max_ms: Some(ages.max() as f64 / 1e3),
            latency_mean_ms: Some((ages.mean()).round() / 1e3),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_in_milliseconds() {
        let mut latency = Latency::new();
        (1..=1_000).for_each(|milliseconds| latency.record(milliseconds * 1_000_000));
        let summary = latency.summary();
        let p99 = summary.latency_p99_ms.unwrap();
        assert!((989.0..=991.0).contains(&p99), "{p99}");
        assert!(summary.latency_max_ms.unwrap() >= 1_000.0);
    }

    #[test]
    fn ages_of_several_are_added() {
        let (mut all, mut more) = (Latency::new(), Latency::new());
        all.record(1_000_000);
        more.record(3_000_000);
        all.add(&more);
        assert_eq!(all.quantile(0.5), Some(1.0));
        assert!(all.quantile(1.0) >= Some(3.0));
        assert_eq!(Latency::new().quantile(0.5), None);
    }

    #[test]
    fn without_deliveries_there_are_no_figures() {
        assert!(Latency::new().summary().latency_p50_ms.is_none());
    }
}
