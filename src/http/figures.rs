//! What a hub tells its operator in numbers.

use crate::{
    base::figures::Figures,
    hub::{admission::Admissions, engine::Hub},
    link::counts::LinkCounts,
    log::history::History,
    publishing::idempotency::Idempotency,
};

/// The owners of the figures of one hub.
pub(crate) struct Owners<'a, H, T> {
    pub(crate) hub: &'a Hub<H, T>,
    pub(crate) places: &'a Admissions,
    pub(crate) links: &'a LinkCounts,
    pub(crate) keys: &'a Idempotency,
}

impl<H: History, T: Clone> Owners<'_, H, T> {
    /// All figures, in the order of `npm/worker/metrics/figures.mjs`.
    pub(crate) fn figures(&self) -> Figures {
        let mut figures = Figures::default();
        self.hub.tell(&mut figures);
        self.places.tell(&mut figures);
        self.links.tell(&mut figures);
        self.keys.tell(&mut figures);
        figures
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use std::{collections::HashSet, rc::Rc};

    use expect_test::expect_file;

    use super::*;
    use crate::{
        hub::{admission::ConnectionLimits, heartbeat::Heartbeat},
        log::{
            history::{Bounds, Retention},
            log::Log,
        },
        publishing::idempotency::MemoryOutcomes,
    };

    fn figures() -> Figures {
        let Ok(log) = Log::open((), Retention::default(), Bounds::NONE);
        let hub: Hub<(), ()> = Hub::new(log, Heartbeat::default(), Rc::new(()));
        let owners = Owners {
            hub: &hub,
            places: &Admissions::new(ConnectionLimits::default()),
            links: &LinkCounts::default(),
            keys: &Idempotency::new(Rc::new(MemoryOutcomes::default())),
        };
        owners.figures()
    }

    #[test]
    fn the_list_of_figures_in_the_package_is_that_of_the_code() {
        let names: Vec<_> = figures().names().iter().map(|name| format!("  {name:?},\n")).collect();
        let names = names.concat();
        let module = format!(
            "// Written by `make settings` from src/http/figures.rs.\n\n\
             /** The names of the figures of a hub, in their order. */\n\
             export const FIGURES = [\n{names}];\n"
        );
        expect_file!["../../npm/worker/metrics/figures.mjs"].assert_eq(&module);
    }

    #[test]
    fn each_figure_has_a_name_of_its_own_and_the_numbers_are_as_many() {
        let figures = figures();
        let names = figures.names();
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len());
        let numbers: Vec<u64> = serde_json::from_str(&format!("[{}]", figures.text())).unwrap();
        assert_eq!(numbers.len(), names.len());
    }

    #[test]
    fn a_hub_that_has_done_nothing_has_its_limits_alone() {
        let figures = figures();
        let names = figures.names().into_iter().map(str::to_owned).collect::<Vec<_>>();
        let not_zero: Vec<_> = names.iter().filter(|name| figures.of(name) > 0).collect();
        assert_eq!(not_zero, ["memory.limit", "places.limit"]);
    }
}
