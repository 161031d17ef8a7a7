//! The reading of a [`Config`]: the rows of the table parse strings from the environment, once.

use std::sync::Arc;

use crate::{
    base::{
        hub_name::{OwnPath, default_at},
        url_parts,
    },
    log::history::Retention,
    settings::{
        config::Config,
        hub_variables::HubVariables,
        invalid_config::InvalidConfig,
        setting::{Draft, Read, Reader, Refusal},
        table::TABLE,
    },
    tokens::{origins::Origins, trust::Trust},
};

/// Gives the value of a variable, if it is set.
type Source<'a> = dyn Fn(&'static str) -> Option<String> + 'a;

impl Config {
    /// Reads the variables of the hub of this name. A value that `hubs` sets for it overrides the value
    /// for all hubs. A hub with another name takes only the origin of a `RESOURCE_IDENTIFIER` that is
    /// set for all.
    ///
    /// # Errors
    /// The first variable that is wrong.
    pub(crate) fn of_hub(
        hub: &str,
        hubs: &HubVariables,
        variable: impl Fn(&'static str) -> Option<String>,
    ) -> Result<Self, InvalidConfig> {
        Self::of_hub_from(hub, hubs, &variable)
    }

    /// One function reads from any source, since each copy of it would add to the wasm.
    fn of_hub_from(
        hub: &str,
        hubs: &HubVariables,
        variable: &Source<'_>,
    ) -> Result<Self, InvalidConfig> {
        let own = |name| hubs.get(hub, name);
        let has_own = |name| own(name).is_some_and(|value| !value.trim().is_empty());
        let is_named = has_own("RESOURCE_IDENTIFIER");
        // The hub's own origins override an identifier that is set for all.
        let is_hidden =
            |name| name == "RESOURCE_IDENTIFIER" && !is_named && has_own("PUBLIC_ORIGINS");
        let of_all = |name| if is_hidden(name) { None } else { variable(name) };
        let read = Self::read(|name| own(name).map(str::to_owned).or_else(|| of_all(name)));
        let mut config = read.map_err(|invalid| match own(invalid.variable()) {
            Some(_) => invalid.in_hub(hub),
            None => invalid,
        })?;
        // No copy shares it yet.
        if let Some(trust) = Arc::get_mut(&mut config.authorization.trust) {
            trust.name_hub(hub, &|variable| own(variable).is_some());
        }
        if !is_named {
            return Ok(config.named(hub));
        }
        config.hub_path = OwnPath::of_name(hub);
        Ok(config)
    }

    /// The same settings for the hub of this name, which has no variables of its own.
    #[must_use]
    pub(crate) fn named(mut self, hub: &str) -> Self {
        let path = OwnPath::of_name(hub);
        if path != self.hub_path {
            // The URL that is set for all is that of the default hub.
            let url = &mut self.authorization.public_url;
            *url = url.take().map(|url| format!("{}{}", url_parts::origin(&url), path.as_str()));
            self.hub_path = path;
        }
        self
    }

    /// Reads the variables that are set for all hubs. One that is not set, or empty, has its default.
    ///
    /// ```
    /// use millstream::Config;
    ///
    /// let read = |value: &str| Config::read(|name| (name == "HEARTBEAT").then(|| value.to_owned()));
    /// assert!(read("20s").is_ok());
    /// assert_eq!(read("soon").unwrap_err().variable(), "HEARTBEAT");
    /// ```
    ///
    /// # Errors
    /// The first variable that is wrong.
    pub fn read(variable: impl Fn(&'static str) -> Option<String>) -> Result<Self, InvalidConfig> {
        Draft::read(&variable)?.join()
    }
}

impl Draft {
    /// Reads each variable by its row.
    ///
    /// # Errors
    /// The first variable that is wrong by itself.
    fn read(variable: &Source<'_>) -> Result<Self, InvalidConfig> {
        let mut draft = Self::default();
        for row in &TABLE {
            row.read_into(&mut draft, variable)?;
        }
        Ok(draft)
    }

    /// Joins the variables that are right or wrong only together.
    ///
    /// # Errors
    /// The first variable that is wrong beside the others.
    fn join(self) -> Result<Config, InvalidConfig> {
        let mut config = self.config;
        let kept = config.retention;
        let Retention { closed_age, .. } = kept;
        let retention = Retention::of_publications(kept.publications, kept.age);
        config.retention = Retention { closed_age, ..retention };
        let own = &mut config.authorization;
        if own.public_url.is_none() {
            let first = own.public_origins.as_ref().and_then(Origins::first_of_server);
            own.public_url = first.map(default_at);
        }
        own.trust = Arc::new(Trust::of(&self.keys)?);
        own.trust.check_audience(own.public_url.as_deref())?;
        Ok(config)
    }
}

impl Reader {
    fn read_into(self, draft: &mut Draft, variable: &Source<'_>) -> Result<(), InvalidConfig> {
        match self.read {
            Read::ByHost => Ok(()),
            Read::Kept(keep) => {
                if let Some(value) = variable(self.name) {
                    keep(draft, value);
                }
                Ok(())
            }
            Read::Parsed(parse) => {
                let value = variable(self.name).unwrap_or_default();
                match value.trim() {
                    "" => Ok(()),
                    text => parse(draft, text).map_err(|refusal| self.refused(refusal, value)),
                }
            }
        }
    }

    fn refused(self, refusal: Refusal, value: String) -> InvalidConfig {
        let value = match refusal {
            Refusal::Form => value,
            Refusal::Part(part) => part,
            Refusal::OperatorKey(invalid) => {
                return InvalidConfig::OperatorKey { hub: None, invalid };
            }
        };
        InvalidConfig::Value { variable: self.name, hub: None, value, expected: self.expected }
    }
}

#[cfg(test)]
mod tests;
