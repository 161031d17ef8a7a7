//! The mistakes in a text that should be a URL pattern.

use thiserror::Error;

/// Why there is no matcher for a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidUrlPattern {
    /// The host's parser refuses it, or has returned something that the standard does not allow.
    #[error("the URL pattern is invalid")]
    Syntax,
    /// It has a regular expression that cannot be matched in linear time, or that is too large.
    #[error("the URL pattern has a regular expression that is not supported: {0}")]
    RegularExpression(Unsupported),
}

/// Why a regular expression that the standard allows is refused. It has a construct that costs more
/// than linear time or much memory, or it is too large.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Unsupported {
    /// `(?=…)`, `(?!…)`, `(?<=…)` or `(?<!…)`.
    #[error("it looks ahead or behind, as (?=…), (?!…), (?<=…) and (?<!…) do")]
    Lookaround,
    /// `\1` or `\k<name>`.
    #[error("it refers back to a group, as \\1 and \\k<name> do")]
    BackReference,
    /// `\p{…}` or `\P{…}`. The components of a URL are ASCII in any case.
    #[error("it has a Unicode property, as \\p{{L}} is; a URL holds ASCII alone")]
    UnicodeProperty,
    /// A class in a class, `--`, `&&` or `\q{…}`.
    #[error("it has a class within a class, or an operation on classes, as [a-z--[aeiou]] is")]
    ClassOperation,
    /// It has none of them.
    #[error("it is too large, or has a construct beyond groups, classes and repetitions")]
    Other,
}
