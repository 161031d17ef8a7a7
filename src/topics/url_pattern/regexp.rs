//! Components with regular expressions of their own: URL Pattern § 2.2, "generate a regular
//! expression and name list".
//!
//! The host's parser has checked that each is one of ECMAScript with the flag `v`. It is matched on
//! ASCII, which the components of URLs are. What takes more than linear time (lookaround, back
//! references), Unicode properties and set operations are refused.

use crate::base::{heap, limits::MAX_REGEXP_TEXT_BYTES};

use super::{
    invalid::InvalidUrlPattern,
    part::{self, Kind, Part},
    token::Modifier,
    unsupported,
};

mod compiler;
mod steps;
#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;

use compiler::Compiler;
use steps::{Class, Steps, class_of};

/// A compiled expression.
#[derive(Clone, Debug)]
pub(super) struct Regexp {
    steps: Steps,
    /// The beginning of every text that it matches.
    beginning: Box<str>,
}

impl Regexp {
    /// Whether it matches all of the text, which is not too long for it.
    pub(super) fn matches(&self, text: &str) -> bool {
        text.len() <= MAX_REGEXP_TEXT_BYTES && self.steps.match_all(text.as_bytes())
    }

    /// The size of the compiled expression.
    pub(super) fn bytes(&self) -> usize {
        self.steps.bytes()
    }

    /// The beginning of every text that it matches.
    pub(super) fn beginning(&self) -> &str {
        &self.beginning
    }

    /// Bytes that it holds in memory beside its own.
    pub(super) fn held_bytes(&self) -> usize {
        self.steps.held_bytes() + heap::text(&self.beginning)
    }
}

/// The expression that matches the parts one after another. Nothing is captured.
pub(super) fn compile(parts: &[Part], delimiter: Option<u8>) -> Result<Regexp, InvalidUrlPattern> {
    let mut compiler = Compiler::default();
    let segment = !delimiter.map_or(0, class_of);
    match parts.iter().try_for_each(|part| add(&mut compiler, part, segment)) {
        Some(()) => {
            Ok(Regexp { steps: compiler.finish(), beginning: part::beginning(parts).into() })
        }
        None => Err(InvalidUrlPattern::RegularExpression(unsupported::first_of(parts))),
    }
}

fn add<'p>(compiler: &mut Compiler<'p>, part: &'p Part, segment: Class) -> Option<()> {
    let start = compiler.here();
    compiler.text(&part.prefix)?;
    group(compiler, part, segment)?;
    if matches!(part.modifier, Modifier::ZeroOrMore | Modifier::OneOrMore) {
        if part.kind != Kind::FixedText {
            let between = compiler.here();
            compiler.text(&part.suffix)?;
            compiler.text(&part.prefix)?;
            group(compiler, part, segment)?;
            compiler.repeated(between)?;
            compiler.optional(between)?;
        } else if start < compiler.here() {
            compiler.repeated(start)?;
        }
    }
    compiler.text(&part.suffix)?;
    if matches!(part.modifier, Modifier::Optional | Modifier::ZeroOrMore) {
        compiler.optional(start)?;
    }
    Some(())
}

fn group<'p>(compiler: &mut Compiler<'p>, part: &'p Part, segment: Class) -> Option<()> {
    let start = compiler.here();
    match &part.kind {
        Kind::FixedText => Some(()),
        Kind::Regexp(source) => compiler.expression(source.as_bytes()),
        Kind::FullWildcard => {
            compiler.class(Class::MAX)?;
            compiler.repeated(start)?;
            compiler.optional(start)
        }
        Kind::SegmentWildcard => {
            compiler.class(segment)?;
            compiler.repeated(start)
        }
    }
}
