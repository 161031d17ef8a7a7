//! A variable that is wrong: which one, why, and what would be right.

use thiserror::Error;

use crate::{
    settings::operator_key::InvalidOperatorKey,
    tokens::trust::{InvalidTrust, of_hub},
};

/// The name of the variable for single hubs, which no hub can have of its own.
pub(crate) const HUBS: &str = "HUBS";

/// The variable that says which hubs there may be.
pub(crate) const HUB_NAMES: &str = "HUB_NAMES";

/// The form that the variable must have.
pub(crate) const EXPECTED: &str = r#"JSON such as {"news":{"HISTORY_AGE":"1h"}}, with hubs, their variables, and texts as values"#;

/// Why a variable is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidConfig {
    /// Its value does not have the expected form.
    #[error(
        "the configuration variable {variable}{} is {value:?}, but must be {expected}",
        of_hub(.hub.as_deref())
    )]
    Value {
        /// Its name.
        variable: &'static str,
        /// The hub that it is set for in the variable `HUBS`, if it is set for one.
        hub: Option<String>,
        /// Its value.
        value: String,
        /// What would be right.
        expected: &'static str,
    },
    /// `HUBS` is wrong. Its values are not shown, since there may be keys among them.
    #[error(
        "the configuration variable {HUBS} is wrong{}: it must be {}",
        at_place(.at.as_deref()),
        EXPECTED
    )]
    Hubs {
        /// The hub, or the hub and its variable, whose value is wrong; `None` for all of it.
        at: Option<String>,
    },
    /// `HUBS` sets an unknown variable, or one that a single hub cannot have.
    #[error(
        "the configuration variable {HUBS} is wrong: hub {hub} has {} {variable}{}",
        if .variable == HUBS { "for itself the variable" } else { "an unknown variable" },
        perhaps(*.meant)
    )]
    HubVariable {
        /// The hub.
        hub: String,
        /// The variable's name.
        variable: String,
        /// The variable that was perhaps meant.
        meant: Option<&'static str>,
    },
    /// A variable about keys is wrong. It is not shown.
    #[error(transparent)]
    Trust(#[from] InvalidTrust),
    /// `OPERATOR_KEY` is wrong. It is not shown.
    #[error(
        "the configuration variable OPERATOR_KEY{} is wrong: {invalid}",
        of_hub(.hub.as_deref())
    )]
    OperatorKey {
        /// The hub that it is set for in the variable `HUBS`, if it is set for one.
        hub: Option<String>,
        /// What is wrong with it.
        invalid: InvalidOperatorKey,
    },
}

impl InvalidConfig {
    /// The variable's name.
    #[must_use]
    pub fn variable(&self) -> &'static str {
        match self {
            Self::Value { variable, .. } => variable,
            Self::Hubs { .. } | Self::HubVariable { .. } => HUBS,
            Self::Trust(invalid) => invalid.variable,
            Self::OperatorKey { .. } => "OPERATOR_KEY",
        }
    }

    pub(crate) fn in_hub(mut self, of: &str) -> Self {
        match &mut self {
            Self::Value { hub, .. }
            | Self::Trust(InvalidTrust { hub, .. })
            | Self::OperatorKey { hub, .. } => *hub = Some(of.to_owned()),
            Self::Hubs { .. } | Self::HubVariable { .. } => {}
        }
        self
    }
}

fn perhaps(meant: Option<&str>) -> String {
    meant.map_or_else(String::new, |meant| format!("; perhaps {meant} was meant"))
}

fn at_place(place: Option<&str>) -> String {
    place.map_or_else(String::new, |place| format!(" at {place:?}"))
}
