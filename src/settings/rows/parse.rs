//! How the text of a variable becomes its value.

use crate::{
    settings::setting::Refusal,
    tokens::origins::{InvalidOrigin, Origins},
};

/// The expected form of a boolean.
pub(crate) const BOOLEAN: &str = "true or false";

/// The expected form of a limit.
pub(crate) const LIMIT: &str = "a number from 1 on, or 0 for no limit";

/// The expected form of a list of origins.
pub(crate) const ORIGINS: &str = "origins such as https://example.com, without a path, with names in ASCII (xn--…), separated by spaces, or *";

/// Sets a field to the parsed value, or refuses the text if there is none.
pub(crate) fn set<T>(field: &mut T, value: Option<T>) -> Result<(), Refusal> {
    *field = value.ok_or(Refusal::Form)?;
    Ok(())
}

pub(crate) fn boolean(text: &str) -> Option<bool> {
    text.parse().ok()
}

pub(crate) fn number(text: &str) -> Option<u64> {
    text.parse().ok()
}

pub(crate) fn positive(text: &str) -> Option<u64> {
    number(text).filter(|number| *number > 0)
}

/// Parses a list of origins. The refusal shows the first wrong origin alone.
pub(crate) fn origins(text: &str) -> Result<Origins, Refusal> {
    text.parse().map_err(|InvalidOrigin { text }| Refusal::Part(text))
}
