//! The figures that a hub tells its operator: numbers in an order, each of which has a name.

use std::fmt;

/// Takes the figures of one owner after the other.
///
/// Each number comes with its name. A test writes the names into `npm/worker/metrics/figures.mjs`, by
/// which JavaScript reads the numbers. So the wasm has no names.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    text: String,
    #[cfg(test)]
    named: Vec<(String, u64)>,
}

impl Figures {
    /// The next figure. The name has a dot between its group and what it is in that.
    pub(crate) fn add(&mut self, name: fmt::Arguments<'_>, figure: u64) {
        #[cfg(test)]
        self.named.push((name.to_string(), figure));
        #[cfg(not(test))]
        let _ = name;
        if !self.text.is_empty() {
            self.text.push(',');
        }
        self.text += &figure.to_string();
    }

    /// The figures as the elements of a JSON array.
    #[must_use]
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The names in their order.
    #[cfg(test)]
    pub(crate) fn names(&self) -> Vec<&str> {
        self.named.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// The figure with this name.
    #[cfg(test)]
    pub(crate) fn of(&self, name: &str) -> u64 {
        let found = self.named.iter().find(|(own, _)| own == name);
        found.unwrap_or_else(|| panic!("no figure {name:?}")).1
    }

    /// The figures of a group that are not 0, without the group's name.
    #[cfg(test)]
    pub(crate) fn in_group(&self, group: &str) -> Vec<(&str, u64)> {
        let own = self.named.iter().filter_map(|(name, figure)| {
            let rest = name.strip_prefix(group)?.strip_prefix('.')?;
            (*figure > 0).then_some((rest, *figure))
        });
        own.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_figure_has_its_place_and_its_name() {
        let mut figures = Figures::default();
        figures.add(format_args!("ended.{}", "too slow"), 7);
        figures.add(format_args!("links.opened"), 0);
        figures.add(format_args!("links.granted"), u64::MAX);
        assert_eq!(figures.text(), "7,0,18446744073709551615");
        assert_eq!(figures.names(), ["ended.too slow", "links.opened", "links.granted"]);
        assert_eq!(figures.of("ended.too slow"), 7);
        assert_eq!(figures.in_group("links"), [("granted", u64::MAX)]);
    }
}
