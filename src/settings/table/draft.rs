//! A configuration that is being read: its rows one after the other, then what belongs together.

use super::{Read, Reader, Refusal, TABLE};
use crate::{
    http::hub_path,
    log::history::Retention,
    settings::config::{Config, InvalidConfig},
    tokens::{
        origins::Origins,
        trust::{KeyVariables, Trust},
    },
};

/// Gives the value of a variable, if it is set.
pub(crate) type Source<'a> = dyn Fn(&'static str) -> Option<String> + 'a;

/// What the rows have set so far.
#[derive(Default)]
pub(crate) struct Draft {
    /// What each variable sets by itself.
    pub(super) config: Config,
    /// What is about keys.
    pub(super) keys: KeyVariables,
}

impl Draft {
    /// Reads each variable by its row.
    ///
    /// # Errors
    /// The first variable that is wrong by itself.
    pub(crate) fn read(variable: &Source<'_>) -> Result<Self, InvalidConfig> {
        let mut draft = Self::default();
        for row in &TABLE {
            row.read_into(&mut draft, variable)?;
        }
        Ok(draft)
    }

    /// Joins what belongs together.
    ///
    /// # Errors
    /// The first variable that is wrong beside the others.
    pub(crate) fn join(self) -> Result<Config, InvalidConfig> {
        let mut config = self.config;
        let kept = config.retention;
        config.retention = Retention::of_publications(kept.publications, kept.age);
        let own = &mut config.authorization;
        if own.public_url.is_none() {
            let first = own.public_origins.as_ref().and_then(Origins::first_of_server);
            own.public_url = first.map(hub_path::default_at);
        }
        own.trust = Trust::of(&self.keys)?;
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
