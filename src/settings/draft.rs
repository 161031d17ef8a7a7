//! A configuration while it is read.

use crate::{settings::config::Config, tokens::trust::KeyVariables};

/// What the rows have set so far.
#[derive(Default)]
pub(crate) struct Draft {
    /// What each variable sets by itself.
    pub(crate) config: Config,
    /// What is about keys.
    pub(crate) keys: KeyVariables,
}
