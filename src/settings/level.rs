//! The level of a record of the log: `LOG_LEVEL`.

use serde::Serialize;

/// How much a record matters, least first. Records below the configured level are not written.
///
/// ```
/// use millstream::Level;
///
/// assert!(Level::parse("debug") < Some(Level::default()));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Level {
    /// For finding mistakes. Only records of this level show updates and the payloads of tokens.
    Debug,
    /// The usual course.
    #[default]
    Info,
    /// Something went wrong for one client.
    Warning,
    /// Something went wrong for the hub.
    Error,
}

impl Level {
    /// The level of this name, in any case; `warn` is what others call `warning`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "debug" => Self::Debug,
            "info" => Self::Info,
            "warn" | "warning" => Self::Warning,
            "error" => Self::Error,
            _ => return None,
        })
    }
}
