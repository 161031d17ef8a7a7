//! URI templates as topic selectors: [RFC 6570], all four levels, in linear time.
//!
//! A topic is selected if the template expands to it for some values of its variables, each of
//! which may be undefined, a string, a list or an associative array. Two variables of the same name
//! are not compared. The reference hub of the 0.x dialect is laxer: it ignores the names in `{?name}`
//! and the length in `{name:3}`, so a grant of it covers more than the template can expand to.
//!
//! [RFC 6570]: https://www.rfc-editor.org/rfc/rfc6570

use std::{cell::OnceCell, fmt, str::FromStr};

use crate::{
    base::heap,
    topics::{
        positions::{Positions, SEARCH},
        selector_cost::SelectorCost,
    },
};

mod classes;
mod expression;
mod invalid;
mod literal;
mod parse;
mod part;

use classes::Classes;
pub use invalid::InvalidUriTemplate;
use part::Part;

/// A URI template.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UriTemplate {
    source: String,
    parts: Vec<Part>,
}

impl UriTemplate {
    /// Whether there is something to expand. A template without expressions is a plain text, which
    /// only an equal topic should match.
    #[must_use]
    pub fn has_expressions(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Expression(_)))
    }

    /// Whether the template expands to this text for some values of its variables.
    #[must_use]
    pub fn matches(&self, topic: &str) -> bool {
        self.expands_to(&Text::new(topic))
    }

    pub(crate) fn expands_to(&self, text: &Text<'_>) -> bool {
        let bytes = text.bytes;
        let mut places = Positions::start(bytes);
        for part in &self.parts {
            places = match part {
                Part::Literal(literal) => literal::ends(bytes, places, literal),
                Part::Expression(expression) => {
                    expression.ends(text.classes.get_or_init(|| Classes::of(bytes)), &places)
                }
            };
            if places.is_empty() {
                return false;
            }
        }
        places.has_end()
    }

    /// The beginning of every text that it expands to. It ends before a character beyond ASCII,
    /// which has two forms.
    #[must_use]
    pub fn beginning(&self) -> &str {
        match self.parts.first() {
            Some(Part::Literal(literal)) => {
                let end = literal.find(|character: char| !character.is_ascii());
                literal.get(..end.unwrap_or(literal.len())).unwrap_or_default()
            }
            _ => "",
        }
    }

    /// The cost of comparing a text with it.
    #[must_use]
    pub(crate) fn cost(&self) -> SelectorCost {
        // A literal at the beginning is compared, and not searched.
        let compared =
            if matches!(self.parts.first(), Some(Part::Literal(_))) { SEARCH } else { 0 };
        let passes: usize = self.parts.iter().map(Part::passes).sum();
        SelectorCost::passes(passes.saturating_sub(compared))
    }

    /// Bytes that it holds in memory beside its own.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        let parts: usize = self.parts.iter().map(Part::held_bytes).sum();
        heap::text(&self.source) + heap::list::<Part>(self.parts.len()) + parts
    }
}

/// A text that is compared with templates, with the classes of its bytes, which are found once for
/// all templates.
#[derive(Debug)]
pub(crate) struct Text<'a> {
    bytes: &'a [u8],
    classes: OnceCell<Classes<'a>>,
}

impl<'a> Text<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { bytes: text.as_bytes(), classes: OnceCell::new() }
    }
}

/// The most variables that a text can have as a URI template.
#[must_use]
pub(crate) fn places(text: &str) -> usize {
    let mut inside = false;
    let begins_variable = |byte: &u8| {
        match byte {
            b'{' => inside = true,
            b'}' => inside = false,
            _ => return inside && *byte == b',',
        }
        *byte == b'{'
    };
    text.as_bytes().iter().copied().filter(begins_variable).count()
}

impl FromStr for UriTemplate {
    type Err = InvalidUriTemplate;

    fn from_str(source: &str) -> Result<Self, Self::Err> {
        Ok(Self { source: source.to_owned(), parts: parse::parts(source)? })
    }
}

impl fmt::Display for UriTemplate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.source)
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod properties;
#[cfg(test)]
mod tests;
