//! The tokens of a pattern string: URL Pattern § 2.1.

use super::invalid::InvalidUrlPattern;

/// One token: URL Pattern § 2.1.1. Its text is a part of the pattern string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// `{`
    Open,
    /// `}`
    Close,
    /// The source between `(` and `)`.
    Regexp(&'a str),
    /// `:name`
    Name,
    /// A character that stands for itself.
    Char(&'a str),
    /// A character behind a backslash.
    EscapedChar(&'a str),
    /// `?` or `+`
    OtherModifier(Modifier),
    /// `*`, a wildcard or a modifier.
    Asterisk,
}

/// How often a part may be repeated: URL Pattern § 2.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Modifier {
    None,
    Optional,
    ZeroOrMore,
    OneOrMore,
}

/// URL Pattern § 2.1.2, "tokenize" with the policy "strict".
pub(super) fn tokenize(input: &str) -> Result<Vec<Token<'_>>, InvalidUrlPattern> {
    let mut tokens = Vec::new();
    let mut rest = input;
    while let Some((character, text, behind)) = split_first(rest) {
        let (token, behind) = match character {
            '*' => (Token::Asterisk, behind),
            '+' => (Token::OtherModifier(Modifier::OneOrMore), behind),
            '?' => (Token::OtherModifier(Modifier::Optional), behind),
            '{' => (Token::Open, behind),
            '}' => (Token::Close, behind),
            '\\' => {
                let (_, escaped, behind) = split_first(behind).ok_or(InvalidUrlPattern::Syntax)?;
                (Token::EscapedChar(escaped), behind)
            }
            ':' => {
                let end =
                    behind.find(|character| !is_name_code_point(character)).unwrap_or(behind.len());
                if end == 0 || behind.starts_with(|first: char| first.is_ascii_digit()) {
                    return Err(InvalidUrlPattern::Syntax);
                }
                (Token::Name, behind.get(end..).unwrap_or_default())
            }
            '(' => {
                let (source, behind) = split_regexp(behind).ok_or(InvalidUrlPattern::Syntax)?;
                (Token::Regexp(source), behind)
            }
            _ => (Token::Char(text), behind),
        };
        tokens.push(token);
        rest = behind;
    }
    Ok(tokens)
}

/// The first character, the same as text, and the rest.
fn split_first(text: &str) -> Option<(char, &str, &str)> {
    let character = text.chars().next()?;
    let (first, behind) = text.split_at_checked(character.len_utf8())?;
    Some((character, first, behind))
}

/// URL Pattern § 2.1.2, "is a valid name code point". In the normal form a character beyond ASCII can
/// only be part of a name, so the tables of identifiers are not needed again.
fn is_name_code_point(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '$') || !character.is_ascii()
}

/// The text before the `)` that closes the group, and the text behind it. Only groups that capture
/// nothing may be nested.
fn split_regexp(input: &str) -> Option<(&str, &str)> {
    let bytes = input.as_bytes();
    let (mut depth, mut at) = (1_usize, 0);
    if bytes.first() == Some(&b'?') {
        return None;
    }
    loop {
        match bytes.get(at)? {
            b'\\' => at += 1,
            b'(' if bytes.get(at + 1) != Some(&b'?') => return None,
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        at += 1;
    }
    let source = input.get(..at).filter(|source| !source.is_empty() && source.is_ascii())?;
    Some((source, input.get(at + 1..)?))
}
