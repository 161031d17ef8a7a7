//! A part of a template: RFC 6570 § 2.

use crate::{base::heap, topics::positions::SEARCH};

use super::{expression::Expression, literal};

/// RFC 6570 § 2: `URI-Template = *( literals / expression )`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Part {
    /// Expands to itself, and to its percent-encoded form (§ 3.1) where that differs.
    Literal(String),
    Expression(Expression),
}

impl Part {
    /// Passes over a text that it costs, with the search for a literal.
    pub(super) fn passes(&self) -> usize {
        match self {
            Self::Literal(literal) => SEARCH + literal::passes_beyond_ascii(literal),
            Self::Expression(expression) => expression.passes(),
        }
    }

    /// Bytes that it holds in memory beside its own.
    pub(super) fn held_bytes(&self) -> usize {
        match self {
            Self::Literal(literal) => heap::text(literal),
            Self::Expression(expression) => expression.held_bytes(),
        }
    }
}
