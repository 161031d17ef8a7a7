//! The constructs of a regular expression that no URL pattern here may have.

use thiserror::Error;

use super::part::{Kind, Part};

/// Why a regular expression that the standard allows is refused: it has a construct that is not to
/// be had in linear time and little memory, or too much of what is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
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

impl Unsupported {
    /// The first such construct in the expressions of these parts.
    pub(super) fn of(parts: &[Part]) -> Self {
        let sources = parts.iter().filter_map(|part| match &part.kind {
            Kind::Regexp(source) => Some(source.as_str()),
            _ => None,
        });
        sources.into_iter().find_map(find).unwrap_or(Self::Other)
    }
}

fn find(source: &str) -> Option<Unsupported> {
    let (mut rest, mut in_class) = (source, false);
    while let Some(first) = rest.chars().next() {
        let behind = rest.get(first.len_utf8()..).unwrap_or_default();
        let escaped = behind.chars().next().filter(|_| first == '\\');
        match (first, escaped) {
            (_, Some('p' | 'P')) => return Some(Unsupported::UnicodeProperty),
            (_, Some('1'..='9' | 'k')) if !in_class => return Some(Unsupported::BackReference),
            (_, Some('q')) | ('[', _) if in_class => return Some(Unsupported::ClassOperation),
            ('-' | '&', _) if in_class && behind.starts_with(first) => {
                return Some(Unsupported::ClassOperation);
            }
            ('[', _) => in_class = true,
            (']', _) => in_class = false,
            ('(', _) if !in_class => {
                let looks = ["?=", "?!", "?<=", "?<!"];
                if looks.iter().any(|start| behind.starts_with(start)) {
                    return Some(Unsupported::Lookaround);
                }
            }
            _ => {}
        }
        rest = behind.get(escaped.map_or(0, char::len_utf8)..).unwrap_or_default();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_construct_that_is_not_supported_is_named() {
        for (source, found) in [
            (r"\p{L}+", Some(Unsupported::UnicodeProperty)),
            (r"[^\P{Lu}]", Some(Unsupported::UnicodeProperty)),
            (r"a(?=b).", Some(Unsupported::Lookaround)),
            (r"(?<!a)b", Some(Unsupported::Lookaround)),
            (r"(a)\1", Some(Unsupported::BackReference)),
            (r"(?<n>a)\k<n>", Some(Unsupported::BackReference)),
            (r"[a-z--[aeiou]]", Some(Unsupported::ClassOperation)),
            (r"[[a-z]&&[aeiou]]", Some(Unsupported::ClassOperation)),
            (r"[\q{ab|c}]", Some(Unsupported::ClassOperation)),
            (r"\\p[a-z]{1000}", None),
            (r"\[(?:x)[(?=]", None),
            ("", None),
        ] {
            assert_eq!(find(source), found, "{source}");
        }
    }
}
