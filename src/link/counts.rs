//! What has become of the links of a hub.

use std::cell::Cell;

use crate::base::figures::Figures;

/// Counts of one hub since it was made.
#[derive(Debug, Default)]
pub(crate) struct LinkCounts {
    /// Links of new connections.
    pub(crate) opened: Count,
    /// Links of connections that an earlier life of the hub had.
    pub(crate) reopened: Count,
    /// Links that took the place of another of the same connection.
    pub(crate) replaced: Count,
    /// Links that went on when the hub woke.
    pub(crate) woken: Count,
    /// Links that were lost, whose Workers may open others.
    pub(crate) lost: Count,
    /// Bytes that Workers have granted.
    pub(crate) granted: Count,
}

/// A number that grows.
#[derive(Debug, Default)]
pub(crate) struct Count(Cell<u64>);

impl Count {
    /// Adds to it.
    pub(crate) fn add(&self, more: u64) {
        self.0.set(self.0.get() + more);
    }
}

impl LinkCounts {
    pub(crate) fn tell(&self, figures: &mut Figures) {
        let Self { opened, reopened, replaced, woken, lost, granted } = self;
        figures.add(format_args!("links.opened"), opened.0.get());
        figures.add(format_args!("links.reopened"), reopened.0.get());
        figures.add(format_args!("links.replaced"), replaced.0.get());
        figures.add(format_args!("links.woken"), woken.0.get());
        figures.add(format_args!("links.lost"), lost.0.get());
        figures.add(format_args!("links.granted"), granted.0.get());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_count_has_a_figure_of_its_own_name() {
        let counts = LinkCounts::default();
        counts.opened.add(1);
        counts.reopened.add(2);
        counts.replaced.add(3);
        counts.woken.add(4);
        counts.lost.add(5);
        counts.granted.add(40_000);
        counts.granted.add(25_536);
        let mut figures = Figures::default();
        counts.tell(&mut figures);
        let expected = [
            ("opened", 1),
            ("reopened", 2),
            ("replaced", 3),
            ("woken", 4),
            ("lost", 5),
            ("granted", 65_536),
        ];
        assert_eq!(figures.in_group("links"), expected);
    }
}
