//! The settings of all hubs of a deployment.

use std::borrow::Cow;

use crate::{
    base::hub_name::OwnPath,
    settings::{
        config::Config, hub_variables::HubVariables, invalid_config::InvalidConfig,
        table::VARIABLES,
    },
    tokens::trust::InvalidTrust,
};

/// The settings of a deployment, read once: those of all hubs, and those of single ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Deployment {
    all: Config,
    /// In the order of the names.
    single: Vec<(String, Config)>,
}

impl Deployment {
    /// Reads the variables that are set for all hubs, and those that `hubs` sets for single ones.
    ///
    /// # Errors
    /// The first variable that is wrong.
    pub(crate) fn read(
        hubs: &HubVariables,
        variable: impl Fn(&'static str) -> Option<String>,
    ) -> Result<Self, InvalidConfig> {
        // Asking for a variable is a call out of the module: once for all hubs, not once for each.
        let values = VARIABLES.map(|name| (name, variable(name)));
        let variable = |name| values.iter().find(|(of, _)| *of == name)?.1.clone();
        let all = Config::read(variable)?;
        let single = hubs
            .hubs()
            .map(|hub| Ok((hub.to_owned(), Config::of_hub(hub, hubs, variable)?)))
            .collect::<Result<_, InvalidConfig>>()?;
        Ok(Self { all, single })
    }

    /// The settings of hubs that have none of their own.
    #[must_use]
    pub(crate) fn of_all(&self) -> &Config {
        &self.all
    }

    /// Whether there may be a hub of this name.
    #[must_use]
    pub(crate) fn has(&self, name: &str) -> bool {
        self.all.hub_names.has(name)
    }

    /// The settings of the hub of this name.
    #[must_use]
    pub(crate) fn of_hub(&self, name: &str) -> Cow<'_, Config> {
        let own = self.single.binary_search_by(|(own, _)| own.as_str().cmp(name));
        match own.ok().and_then(|at| self.single.get(at)) {
            Some((_, own)) => Cow::Borrowed(own),
            None if self.all.hub_path == OwnPath::of_name(name) => Cow::Borrowed(&self.all),
            None => Cow::Owned(self.all.clone().named(name)),
        }
    }

    /// The secrets that are allowed in development only, each as the error of its variable.
    pub(crate) fn weak_secrets(&self) -> impl Iterator<Item = &InvalidTrust> {
        let single = self.single.iter().flat_map(|(_, own)| own.authorization.trust.weak_secrets());
        let of_all = self.all.authorization.trust.weak_secrets();
        of_all.iter().chain(single.filter(|weak| weak.hub.is_some()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn a_deployment_sets_each_hub_by_name() -> Result<(), InvalidConfig> {
        let mut hubs = HubVariables::default();
        hubs.insert("news", "HEARTBEAT", "5s".to_owned())?;
        let deployment = Deployment::read(&hubs, |_| None)?;
        assert_eq!(deployment.of_hub("news").heartbeat.interval().unwrap().as_secs(), 5);
        assert_eq!(deployment.of_hub("other").hub_path.as_str(), "/hubs/other/.well-known/mercure");
        Ok(())
    }

    #[test]
    fn a_hub_without_settings_of_its_own_shares_the_keys_of_all() {
        let deployment = Deployment::default();
        let (of_all, other) = (deployment.of_all(), deployment.of_hub("other"));
        assert!(Arc::ptr_eq(&of_all.authorization.trust, &other.authorization.trust));
    }
}
