//! What a link's client asked for and was granted, as a storage keeps it.

/// The two texts of a selection. Many links may have the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectionTexts {
    /// What was asked for.
    pub request: String,
    /// What was granted.
    pub granted: String,
}
