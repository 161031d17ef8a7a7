//! The mistakes in a text that should be a URI template.

use thiserror::Error;

/// Why a text is not a URI template. As a topic selector it is then a plain text.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidUriTemplate {
    /// A character that has to be percent-encoded outside of an expression, or a `%` that does not
    /// begin a triplet.
    #[error("{character:?} at byte {at} is not allowed in a URI template")]
    Literal {
        /// The character.
        character: char,
        /// Its byte offset.
        at: usize,
    },
    /// An expression without its closing brace.
    #[error("the expression at byte {at} is not closed")]
    Unclosed {
        /// The offset of the opening brace.
        at: usize,
    },
    /// Not a variable: an empty or wrong name, a wrong modifier, a reserved operator.
    #[error("{variable:?} is no variable of a URI template")]
    Variable {
        /// The text in the place of a variable.
        variable: String,
    },
}
