//! Expressions: RFC 6570 § 2.2 to § 2.4, and what they can expand to, § 3.2.

use crate::{
    base::heap,
    topics::positions::{Positions, SEARCH, steps},
};

use super::classes::Classes;

/// An operator and its variables.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Expression {
    pub(super) operator: Operator,
    pub(super) variables: Vec<Variable>,
}

/// RFC 6570 § 2.3: a `varspec`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) modifier: Modifier,
}

/// RFC 6570 § 2.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Modifier {
    None,
    /// `:n`: at most the first n characters of a string.
    Prefix(u16),
    /// `*`: the members of a list or of an associative array one by one.
    Explode,
}

/// RFC 6570 § 2.2: the operators that have a meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Operator {
    Simple,
    Reserved,
    Fragment,
    Label,
    Path,
    PathParameters,
    Query,
    QueryContinuation,
}

impl Operator {
    /// The text that begins the expansion if a variable is defined: appendix A, "first".
    const fn first(self) -> &'static [u8] {
        match self {
            Self::Simple | Self::Reserved => b"",
            Self::Fragment => b"#",
            Self::Label => b".",
            Self::Path => b"/",
            Self::PathParameters => b";",
            Self::Query => b"?",
            Self::QueryContinuation => b"&",
        }
    }

    /// The byte between two defined variables: appendix A, "sep".
    const fn separator(self) -> u8 {
        match self {
            Self::Simple | Self::Reserved | Self::Fragment => b',',
            Self::Label => b'.',
            Self::Path => b'/',
            Self::PathParameters => b';',
            Self::Query | Self::QueryContinuation => b'&',
        }
    }

    /// Whether each value follows its variable's name: appendix A, "named".
    const fn is_named(self) -> bool {
        matches!(self, Self::PathParameters | Self::Query | Self::QueryContinuation)
    }

    /// Whether a name stands alone before an empty value: appendix A, "ifemp".
    const fn drops_equals_sign(self) -> bool {
        matches!(self, Self::PathParameters)
    }

    /// Whether reserved characters stand for themselves: appendix A, "allow".
    const fn allows_reserved(self) -> bool {
        matches!(self, Self::Reserved | Self::Fragment)
    }
}

impl Expression {
    /// Passes over a text that it costs.
    pub(super) fn passes(&self) -> usize {
        let named = if self.operator.is_named() { SEARCH } else { 0 };
        let of_variable = |variable: &Variable| {
            1 + named
                + match variable.modifier {
                    Modifier::None => 0,
                    Modifier::Prefix(_) => SEARCH,
                    Modifier::Explode => 2 * SEARCH,
                }
        };
        self.variables.iter().map(of_variable).sum::<usize>()
            + 2 * self.variables.len().saturating_sub(1)
    }

    /// Bytes that it holds in memory beside its own.
    pub(super) fn held_bytes(&self) -> usize {
        let names: usize = self.variables.iter().map(|variable| heap::text(&variable.name)).sum();
        heap::list::<Variable>(self.variables.len()) + names
    }

    /// The places behind an expansion: RFC 6570 § 3.2.1.
    pub(super) fn ends(&self, classes: &Classes<'_>, begin: &Positions) -> Positions {
        let text = classes.text;
        let first = begin.clone().text(text, self.operator.first());
        let mut expanded = Positions::none(text);
        for variable in &self.variables {
            let next = expanded.clone().text(text, &[self.operator.separator()]).or(&first);
            expanded = expanded.or(&self.operator.value_ends(classes, next, variable));
        }
        expanded.or(begin)
    }
}

impl Operator {
    /// The places behind a defined variable.
    fn value_ends(self, classes: &Classes<'_>, begin: Positions, variable: &Variable) -> Positions {
        if begin.is_empty() {
            return begin;
        }
        if variable.modifier == Modifier::Explode {
            return self.exploded_ends(classes, begin);
        }
        if !self.is_named() {
            return self.plain_ends(classes, begin, variable.modifier);
        }
        let name = begin.text(classes.text, variable.name.as_bytes());
        let equals = name.clone().text(classes.text, b"=");
        let value = self.plain_ends(classes, equals.clone(), variable.modifier);
        if self.drops_equals_sign() { value.except(&equals).or(&name) } else { value }
    }

    /// The places behind a string, or behind a list or associative array joined by commas.
    fn plain_ends(self, classes: &Classes<'_>, begin: Positions, modifier: Modifier) -> Positions {
        let places = match modifier {
            Modifier::Prefix(limit) => self.prefix_ends(classes, &begin, limit),
            _ => begin.run(if self.allows_reserved() { &classes.any } else { &classes.list }),
        };
        classes.between_triplets(places)
    }

    /// The places behind at most `limit` characters. A character is one byte of its class, or the
    /// triplets of its UTF-8 bytes.
    fn prefix_ends(self, classes: &Classes<'_>, begin: &Positions, limit: u16) -> Positions {
        steps::count(classes.text.len());
        let class = if self.allows_reserved() { &classes.any } else { &classes.unreserved };
        let mut ends = Positions::none(classes.text);
        // How many more characters may follow: the most of all ways to this place.
        let mut left = None;
        for at in 0..=classes.text.len() {
            if begin.contains(at) {
                left = Some(limit);
            }
            let Some(more) = left else { continue };
            ends.insert(at);
            left = if !class.contains(at) {
                None
            } else if classes.is_inside(at) || classes.is_continuation(at) {
                Some(more)
            } else {
                more.checked_sub(1)
            };
        }
        ends
    }

    /// The places behind the members of a list or of an associative array.
    fn exploded_ends(self, classes: &Classes<'_>, begin: Positions) -> Positions {
        let places = if self.allows_reserved() {
            begin.run(&classes.any)
        } else if self.is_named() {
            // The members of a list are pairs too, all under the variable's name.
            self.pair_ends(classes, &begin)
        } else {
            let separator = self.separator();
            let members = Positions::of_bytes(classes.text, |byte| byte == separator);
            let pairs = self.pair_ends(classes, &begin);
            begin.run(&members.or(&classes.unreserved)).or(&pairs)
        };
        classes.between_triplets(places)
    }

    /// The places behind `name=value` pairs with separators between them.
    fn pair_ends(self, classes: &Classes<'_>, begin: &Positions) -> Positions {
        steps::count(classes.text.len());
        let mut ends = Positions::none(classes.text);
        let separator = self.separator();
        let (mut in_name, mut at_value, mut in_value) = (false, false, false);
        for (at, byte) in classes.text.iter().map(Some).chain([None]).enumerate() {
            in_name |= begin.contains(at);
            // An empty value goes without the equals sign, or with it.
            let complete = in_value || if self.drops_equals_sign() { in_name } else { at_value };
            if complete {
                ends.insert(at);
            }
            let belongs = classes.unreserved.contains(at);
            let separates = byte == Some(&separator);
            (in_name, at_value, in_value) = (
                // The separator of labels, `.`, is also in names and values.
                (belongs && in_name) || (separates && complete),
                byte == Some(&b'=') && in_name,
                belongs && (at_value || in_value),
            );
        }
        ends
    }
}
