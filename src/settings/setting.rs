//! A row of the table of variables.

use std::fmt;

use crate::settings::{draft::Draft, operator_key::InvalidOperatorKey};

/// Variables that belong together.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// Its heading in the documentation.
    #[allow(dead_code, reason = "the tests write the documentation with it")]
    pub title: &'static str,
    /// Its rows.
    pub settings: &'static [Setting],
}

/// A variable: a row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its name.
    pub name: &'static str,
    /// The meaning of an environment that does not have it.
    #[allow(dead_code, reason = "the tests write the documentation with it")]
    pub default: Preset,
    /// What would be right, as a message about a wrong value ends.
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
pub enum Preset {
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

/// How a variable is read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Read {
    /// By itself. The text is not empty, and has no white space around it.
    Parsed(fn(&mut Draft, &str) -> Result<(), Refusal>),
    /// Together with others, when all are there: until then the text is kept as it is.
    Kept(fn(&mut Draft, String)),
    /// By the host, before all others: `HUBS`.
    ByHost,
}

/// Why a row does not take a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It is not what is expected.
    Form,
    /// This part of it is not what is expected.
    Part(String),
    /// It is no operator's key, and not shown.
    OperatorKey(InvalidOperatorKey),
}

/// As much of a row as reading needs. The rest is for documentation, and not built into the module.
#[derive(Clone, Copy)]
pub(crate) struct Reader {
    pub(crate) name: &'static str,
    /// Empty where no message ends with it.
    pub(crate) expected: &'static str,
    pub(crate) read: Read,
}
