//! A row of the table of variables.

use std::fmt;

use crate::{
    settings::{config::Config, operator_key::InvalidOperatorKey},
    tokens::trust::KeyVariables,
};

/// Variables that belong together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Group {
    /// Its heading in the documentation.
    #[allow(dead_code, reason = "the tests write the documentation with it")]
    pub title: &'static str,
    /// Its rows.
    pub settings: &'static [Setting],
}

/// A variable: a row of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting {
    /// Its name.
    pub name: &'static str,
    /// Its meaning when it is not set.
    #[allow(dead_code, reason = "the tests write the documentation with it")]
    pub default: Preset,
    /// The form that is right: the end of the message about a wrong value.
    pub expected: &'static str,
    /// Whether it may hold a secret, so that its value is never shown.
    #[allow(dead_code, reason = "the tests write the documentation with it")]
    pub is_secret: bool,
    /// Its purpose, in one sentence.
    #[allow(dead_code, reason = "the tests write the documentation with it")]
    pub about: &'static str,
    pub(crate) read: Read,
}

/// The meaning of a variable that is not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Preset {
    /// That of this value.
    Value(&'static str),
    /// One that no value has, in words.
    Told(&'static str),
}

impl fmt::Display for Preset {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => write!(formatter, "`{value}`"),
            Self::Told(words) => formatter.write_str(words),
        }
    }
}

/// A configuration while it is read.
#[derive(Default)]
pub(crate) struct Draft {
    /// The variables that were read by themselves.
    pub(crate) config: Config,
    /// The variables about keys, which are right or wrong only together.
    pub(crate) keys: KeyVariables,
}

/// How a variable is read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Read {
    /// By itself. The text is not empty, and has no white space around it.
    Parsed(fn(&mut Draft, &str) -> Result<(), Refusal>),
    /// Together with others, when all are there. Until then the text is kept.
    Kept(fn(&mut Draft, String)),
    /// By the host, before all others: `HUBS`.
    ByHost,
}

/// Why a row refuses a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It does not have the expected form.
    Form,
    /// This part of it does not have the expected form.
    Part(String),
    /// It is no operator's key. It is not shown.
    OperatorKey(InvalidOperatorKey),
}

/// The part of a row that reading needs. The rest is for documentation, and not built into the wasm.
#[derive(Clone, Copy)]
pub(crate) struct Reader {
    pub(crate) name: &'static str,
    /// Empty where no message ends with it.
    pub(crate) expected: &'static str,
    pub(crate) read: Read,
}
