//! Settings of single hubs: the variable `HUBS`.

use crate::{
    base::hub_name::is_hub_name,
    settings::{
        invalid_config::{HUB_NAMES, HUBS, InvalidConfig},
        near_miss::near_miss,
        table,
    },
};

/// Variables of single hubs, which override those of all hubs. The host parses the text of `HUBS`:
/// every host has a parser of JSON, and a second one would be a third of the module's size.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct HubVariables(
    /// In the order of hubs and variables. A `BTreeMap` would add a sixtieth to the wasm.
    Vec<Set>,
);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Set {
    hub: String,
    variable: &'static str,
    value: String,
}

impl HubVariables {
    /// Sets a variable for one hub.
    ///
    /// # Errors
    /// No hub can have the name, or there is no such variable. The name is shown, the value is not,
    /// since it may be a key.
    pub(crate) fn insert(
        &mut self,
        hub: &str,
        variable: &str,
        value: String,
    ) -> Result<(), InvalidConfig> {
        if !is_hub_name(hub) {
            return Err(InvalidConfig::Value {
                variable: HUBS,
                hub: None,
                value: hub.to_owned(),
                expected: "made of hubs, whose names have 1 to 64 of A-Z a-z 0-9 _ -",
            });
        }
        let known = table::known(variable).filter(is_of_hub);
        let known = known.ok_or_else(|| InvalidConfig::HubVariable {
            hub: hub.to_owned(),
            variable: variable.to_owned(),
            meant: near_miss(variable).filter(is_of_hub),
        })?;
        let found = self.find(hub, known);
        if let Ok(at) = found {
            self.0.remove(at);
        }
        let (Ok(at) | Err(at)) = found;
        self.0.insert(at, Set { hub: hub.to_owned(), variable: known, value });
        Ok(())
    }

    /// The value of the variable `name`, if it is set for this hub.
    #[must_use]
    pub(crate) fn get(&self, hub: &str, name: &str) -> Option<&str> {
        let at = self.find(hub, name).ok()?;
        self.0.get(at).map(|set| set.value.as_str())
    }

    /// The index of the variable, or the index at which it belongs.
    fn find(&self, hub: &str, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|set| (set.hub.as_str(), set.variable).cmp(&(hub, name)))
    }

    /// The hubs that have variables of their own.
    pub(crate) fn hubs(&self) -> impl Iterator<Item = &str> {
        self.0.chunk_by(|a, b| a.hub == b.hub).filter_map(|own| Some(own.first()?.hub.as_str()))
    }
}

/// Whether one hub can have a value of its own.
fn is_of_hub(variable: &&'static str) -> bool {
    ![HUBS, HUB_NAMES].contains(variable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_of_a_hub_are_kept_by_its_name()
    -> Result<(), crate::settings::invalid_config::InvalidConfig> {
        let mut hubs = HubVariables::default();
        hubs.insert("news", "HISTORY_AGE", "1h".to_owned())?;
        assert_eq!(hubs.get("news", "HISTORY_AGE"), Some("1h"));
        assert_eq!(hubs.get("weather", "HISTORY_AGE"), None);
        assert!(hubs.insert("news", "HISTORY_YEARS", "1".to_owned()).is_err());
        Ok(())
    }

    #[track_caller]
    fn refused(hub: &str, variable: &str, told: &str) {
        let mut hubs = HubVariables::default();
        let error = hubs.insert(hub, variable, "secret".to_owned()).unwrap_err();
        assert_eq!(error.variable(), HUBS);
        assert!(!error.to_string().contains("secret"), "{error}");
        assert!(error.to_string().contains(told), "{error}");
        assert_eq!(hubs.hubs().count(), 0);
    }

    #[test]
    fn a_hub_that_cannot_be_and_a_variable_that_is_not_are_named() {
        refused("a.b", "HEARTBEAT", "\"a.b\"");
        refused("", "HEARTBEAT", "\"\"");
        let meant = "hub news has an unknown variable HEARTBEET; perhaps HEARTBEAT was meant";
        refused("news", "HEARTBEET", meant);
        for (unlike, told) in [("HISTORY_YEARS", "HISTORY_YEARS"), ("HUB", "HUB"), ("HUBS", "HUBS")]
        {
            let mut hubs = HubVariables::default();
            let error = hubs.insert("news", unlike, String::new()).unwrap_err();
            assert!(error.to_string().ends_with(&format!("variable {told}")), "{error}");
        }
        refused("news", "HUBS", "hub news has for itself the variable HUBS");
    }

    #[test]
    fn a_hub_has_its_own_alone() {
        let mut hubs = HubVariables::default();
        hubs.insert("a", "HEARTBEAT", "1s".to_owned()).unwrap();
        hubs.insert("b", "HISTORY_AGE", "1h".to_owned()).unwrap();
        assert_eq!(hubs.hubs().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(hubs.get("a", "HEARTBEAT"), Some("1s"));
        assert_eq!(hubs.get("b", "HEARTBEAT"), None);
    }

    #[test]
    fn hubs_come_once_in_order_and_the_last_value_counts() {
        let mut hubs = HubVariables::default();
        for (hub, variable, value) in [
            ("b", "HEARTBEAT", "1s"),
            ("a", "HISTORY_AGE", "1h"),
            ("b", "HISTORY_AGE", "2h"),
            ("a", "HEARTBEAT", "2s"),
            ("b", "HEARTBEAT", "3s"),
        ] {
            hubs.insert(hub, variable, value.to_owned()).unwrap();
        }
        assert_eq!(hubs.hubs().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(hubs.get("b", "HEARTBEAT"), Some("3s"));
        assert_eq!(hubs.get("b", "HISTORY_AGE"), Some("2h"));
        assert_eq!(hubs.get("a", "HEARTBEAT"), Some("2s"));
    }
}
