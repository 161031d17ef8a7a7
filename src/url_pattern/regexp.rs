//! Components with regular expressions of their own: URL Pattern § 2.2, "generate a regular
//! expression and name list".
//!
//! The host's parser has checked that each is one of ECMAScript with the flag `v`. What that grammar
//! shares with the engine means the same in both on ASCII, which the components of URLs are; the
//! rest (lookaround, back references, Unicode properties, set operations) the engine refuses.

use regex_lite::{Regex, RegexBuilder, escape};

use crate::limits::{MAX_REGEXP_BYTES, MAX_REGEXP_NESTING};

use super::{
    InvalidUrlPattern,
    part::{Kind, Part},
    token::Modifier,
};

/// The expression that matches the parts one after another. Nothing is captured.
pub(super) fn compile(parts: &[Part], delimiter: Option<u8>) -> Result<Regex, InvalidUrlPattern> {
    let source: String = parts.iter().map(|part| source(part, delimiter)).collect();
    RegexBuilder::new(&format!("^(?:{source})$"))
        .size_limit(MAX_REGEXP_BYTES)
        .nest_limit(MAX_REGEXP_NESTING)
        .build()
        .map_err(|_| InvalidUrlPattern::RegularExpression)
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
