//! What a link's client asked for and was granted, as a storage keeps it.

use std::num::NonZeroU32;

/// The two texts of a selection. Many links may have the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectionTexts {
    /// What was asked for.
    pub request: String,
    /// What was granted.
    pub granted: String,
}

/// The texts that are kept under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptSelection {
    /// The key, which no other texts have had.
    pub key: NonZeroU32,
    /// The texts.
    pub texts: SelectionTexts,
}
