//! Components with regular expressions of their own: URL Pattern § 2.2, "generate a regular
//! expression and name list".
//!
//! The host's parser has checked that each is one of ECMAScript with the flag `v`. What that grammar
//! shares with the engine means the same in both on ASCII, which the components of URLs are; the
//! rest (lookaround, back references, Unicode properties, set operations) the engine refuses.

use regex_lite::{Regex, RegexBuilder, escape};

use crate::base::{
    heap,
    limits::{MAX_REGEXP_BYTES, MAX_REGEXP_NESTING, MAX_REGEXP_TEXT_BYTES},
};

use super::{
    invalid::InvalidUrlPattern,
    part::{self, Kind, Part},
    token::Modifier,
    unsupported,
};

/// The least size that an expression counts as. [`MAX_REGEXP_BYTES`] is this, doubled some times.
const SMALLEST: usize = 512;

/// Bytes that are held for a byte of a compiled expression: measured.
const HELD_FOR_A_BYTE: usize = 4;

/// A compiled expression.
#[derive(Clone, Debug)]
pub(super) struct Regexp {
    regex: Regex,
    /// Its size, rounded up to a power of two.
    bytes: usize,
    /// The beginning of every text that it matches.
    beginning: Box<str>,
}

impl Regexp {
    /// Whether it matches all of the text, which is not too long for it.
    pub(super) fn matches(&self, text: &str) -> bool {
        text.len() <= MAX_REGEXP_TEXT_BYTES && self.regex.is_match(text)
    }

    /// The size of the compiled expression.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The beginning of every text that it matches.
    pub(super) fn beginning(&self) -> &str {
        &self.beginning
    }

    /// Bytes that it holds in memory beside its own. The engine counts only the instructions of an
    /// expression. It keeps the source too, and from the first match a state for each instruction.
    pub(super) fn held_bytes(&self) -> usize {
        HELD_FOR_A_BYTE * self.bytes + heap::text(self.regex.as_str()) + heap::text(&self.beginning)
    }
}

/// The expression that matches the parts one after another. Nothing is captured.
///
/// The engine does not tell the size of a compiled expression, but it keeps to a limit. It is given
/// larger limits until one fits.
pub(super) fn compile(parts: &[Part], delimiter: Option<u8>) -> Result<Regexp, InvalidUrlPattern> {
    let source: String = parts.iter().map(|part| source(part, delimiter)).collect();
    let mut builder = RegexBuilder::new(&format!("^(?:{source})$"));
    builder.nest_limit(MAX_REGEXP_NESTING);
    let mut bytes = SMALLEST;
    loop {
        match builder.size_limit(bytes).build() {
            Ok(regex) => {
                let beginning = part::beginning(parts).into();
                return Ok(Regexp { regex, bytes, beginning });
            }
            Err(_) if bytes < MAX_REGEXP_BYTES => bytes *= 2,
            Err(_) => {
                return Err(InvalidUrlPattern::RegularExpression(unsupported::first_of(parts)));
            }
        }
    }
}

fn source(part: &Part, delimiter: Option<u8>) -> String {
    let (prefix, suffix) = (escape(&part.prefix), escape(&part.suffix));
    let group = match (&part.kind, delimiter) {
        (Kind::FixedText, _) => return format!("(?:{prefix}){}", sign(part.modifier)),
        (Kind::Regexp(source), _) => format!("(?:{source})"),
        (Kind::FullWildcard, _) => "(?:.*)".to_owned(),
        (Kind::SegmentWildcard, Some(delimiter)) => format!("[^\\{}]+", char::from(delimiter)),
        (Kind::SegmentWildcard, None) => ".+".to_owned(),
    };
    match part.modifier {
        Modifier::None | Modifier::Optional => {
            format!("(?:{prefix}{group}{suffix}){}", sign(part.modifier))
        }
        Modifier::ZeroOrMore => format!("(?:{prefix}{group}(?:{suffix}{prefix}{group})*{suffix})?"),
        Modifier::OneOrMore => format!("(?:{prefix}{group}(?:{suffix}{prefix}{group})*{suffix})"),
    }
}

const fn sign(modifier: Modifier) -> &'static str {
    match modifier {
        Modifier::None => "",
        Modifier::Optional => "?",
        Modifier::ZeroOrMore => "*",
        Modifier::OneOrMore => "+",
    }
}
