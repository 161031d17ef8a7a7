//! The constructs of a regular expression that no URL pattern here may have, found in its source.

use super::{
    invalid::Unsupported,
    part::{Kind, Part},
};

/// The first such construct in the expressions of these parts.
pub(super) fn first_of(parts: &[Part]) -> Unsupported {
    let sources = parts.iter().filter_map(|part| match &part.kind {
        Kind::Regexp(source) => Some(source.as_str()),
        _ => None,
    });
    sources.into_iter().find_map(find).unwrap_or(Unsupported::Other)
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
