//! How the text of a variable becomes its value.

use crate::{
    settings::operator_key::InvalidOperatorKey,
    tokens::origins::{InvalidOrigin, Origins},
};

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

/// Expected of a variable that is a boolean.
pub(super) const BOOLEAN: &str = "true or false";

/// Expected of a limit.
pub(super) const LIMIT: &str = "a number from 1 on, or 0 for no limit";

/// Expected of a list of origins.
pub(super) const ORIGINS: &str = "origins such as https://example.com, without a path, with names in ASCII (xn--…), separated by spaces, or *";

/// Sets a field, if there is a value for it.
pub(super) fn set<T>(field: &mut T, value: Option<T>) -> Result<(), Refusal> {
    *field = value.ok_or(Refusal::Form)?;
    Ok(())
}

pub(super) fn boolean(text: &str) -> Option<bool> {
    text.parse().ok()
}

pub(super) fn number(text: &str) -> Option<u64> {
    text.parse().ok()
}

pub(super) fn positive(text: &str) -> Option<u64> {
    number(text).filter(|number| *number > 0)
}

/// A list of origins; of a wrong one, that origin is told.
pub(super) fn origins(text: &str) -> Result<Origins, Refusal> {
    text.parse().map_err(|InvalidOrigin { text }| Refusal::Part(text))
}
