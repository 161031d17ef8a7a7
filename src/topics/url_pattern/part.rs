//! The parts of a pattern string: URL Pattern § 2.2.

use std::{iter::Peekable, vec};

use crate::{base::heap, topics::positions::SEARCH};

use super::{
    invalid::InvalidUrlPattern,
    token::{Modifier, Token, tokenize},
};

/// URL Pattern § 2.2, "options": how a component is parted into segments.
#[derive(Clone, Copy, Debug)]
pub(super) struct Options {
    /// The byte that no segment wildcard matches, if there is one.
    pub(super) delimiter: Option<u8>,
    /// The text that becomes part of the group behind it.
    pub(super) prefix: &'static str,
}

impl Options {
    /// "Default options".
    pub(super) const DEFAULT: Self = Self { delimiter: None, prefix: "" };
    /// "Hostname options".
    pub(super) const HOSTNAME: Self = Self { delimiter: Some(b'.'), prefix: "" };
    /// "Pathname options".
    pub(super) const PATHNAME: Self = Self { delimiter: Some(b'/'), prefix: "/" };

    /// URL Pattern § 2.2, "generate a segment wildcard regexp".
    fn is_segment_wildcard(self, source: &str) -> bool {
        match self.delimiter {
            Some(delimiter) => source == format!("[^\\{}]+?", char::from(delimiter)),
            None => source == "[^]+?",
        }
    }
}

/// URL Pattern § 2.2, "part".
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) kind: Kind,
    pub(super) prefix: String,
    pub(super) suffix: String,
    pub(super) modifier: Modifier,
}

/// URL Pattern § 2.2, "part type". The text of a fixed part is its prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    FixedText,
    /// A regular expression of its own.
    Regexp(String),
    /// All up to the next delimiter, at least one character.
    SegmentWildcard,
    /// Anything, or nothing.
    FullWildcard,
}

impl Part {
    /// Passes over a text that it costs.
    pub(super) fn passes(&self) -> usize {
        let search = |text: &str| if text.is_empty() { 0 } else { SEARCH };
        let texts = 1 + search(&self.prefix) + search(&self.suffix);
        match self.modifier {
            Modifier::None | Modifier::Optional => texts,
            Modifier::ZeroOrMore | Modifier::OneOrMore => texts + 2 * SEARCH,
        }
    }

    /// Bytes that it holds in memory beside its own.
    pub(super) fn held_bytes(&self) -> usize {
        let source = match &self.kind {
            Kind::Regexp(source) => heap::text(source),
            Kind::FixedText | Kind::SegmentWildcard | Kind::FullWildcard => 0,
        };
        heap::text(&self.prefix) + heap::text(&self.suffix) + source
    }

    fn must_be_there(&self) -> bool {
        matches!(self.modifier, Modifier::None | Modifier::OneOrMore)
    }
}

/// The beginning of every text that these parts match.
pub(super) fn beginning(parts: &[Part]) -> String {
    let Some(first) = parts.first().filter(|first| first.must_be_there()) else {
        return String::new();
    };
    let mut beginning = first.prefix.clone();
    // Behind a text that may be repeated the next part need not follow at once.
    if (&first.kind, first.modifier) == (&Kind::FixedText, Modifier::None)
        && let Some(next) = parts.get(1).filter(|next| next.must_be_there())
    {
        beginning.push_str(&next.prefix);
    }
    beginning
}

/// URL Pattern § 2.2, "parse a pattern string"; nothing is left to encode.
pub(super) fn parse(string: &str, options: Options) -> Result<Vec<Part>, InvalidUrlPattern> {
    let tokens = tokenize(string)?.into_iter().peekable();
    let mut parser = Parser { tokens, options, parts: Vec::new(), pending: String::new() };
    parser.parse()?;
    Ok(parser.parts)
}

struct Parser<'a> {
    tokens: Peekable<vec::IntoIter<Token<'a>>>,
    options: Options,
    parts: Vec<Part>,
    /// Fixed text that no part has been made of yet.
    pending: String,
}

impl<'a> Parser<'a> {
    fn parse(&mut self) -> Result<(), InvalidUrlPattern> {
        loop {
            let character = self.next_character();
            if let Some(kind) = self.next_group() {
                let mut prefix = character.unwrap_or_default();
                if prefix != self.options.prefix {
                    self.pending.push_str(prefix);
                    prefix = "";
                }
                let (prefix, suffix) = (prefix.to_owned(), String::new());
                let modifier = self.next_modifier();
                self.add(Part { kind, prefix, suffix, modifier });
            } else if let Some(fixed) = character.or_else(|| self.next_escaped()) {
                self.pending.push_str(fixed);
            } else if self.tokens.next_if_eq(&Token::Open).is_some() {
                let prefix = self.next_text();
                let kind = self.next_group();
                let suffix = self.next_text();
                self.tokens.next_if_eq(&Token::Close).ok_or(InvalidUrlPattern::Syntax)?;
                let modifier = self.next_modifier();
                match kind {
                    Some(kind) => self.add(Part { kind, prefix, suffix, modifier }),
                    // Without a group the prefix is all of the text.
                    None => self.add_fixed(prefix, modifier),
                }
            } else {
                self.add_pending();
                let end = self.tokens.next().is_none();
                return if end { Ok(()) } else { Err(InvalidUrlPattern::Syntax) };
            }
        }
    }

    /// URL Pattern § 2.2, "add a part", of a group.
    fn add(&mut self, part: Part) {
        self.add_pending();
        self.parts.push(part);
    }

    /// URL Pattern § 2.2, "add a part", of a text in braces.
    fn add_fixed(&mut self, text: String, modifier: Modifier) {
        if modifier == Modifier::None {
            self.pending.push_str(&text);
            return;
        }
        self.add_pending();
        if !text.is_empty() {
            self.push_fixed(text, modifier);
        }
    }

    fn add_pending(&mut self) {
        if !self.pending.is_empty() {
            let text = std::mem::take(&mut self.pending);
            self.push_fixed(text, Modifier::None);
        }
    }

    fn push_fixed(&mut self, prefix: String, modifier: Modifier) {
        let (kind, suffix) = (Kind::FixedText, String::new());
        self.parts.push(Part { kind, prefix, suffix, modifier });
    }

    /// A name, a regular expression or a wildcard, or a name and then a regular expression.
    fn next_group(&mut self) -> Option<Kind> {
        let named = self.tokens.next_if_eq(&Token::Name).is_some();
        if let Some(Token::Regexp(source)) =
            self.tokens.next_if(|token| matches!(token, Token::Regexp(_)))
        {
            return Some(match source {
                ".*" => Kind::FullWildcard,
                _ if self.options.is_segment_wildcard(source) => Kind::SegmentWildcard,
                _ => Kind::Regexp(source.to_owned()),
            });
        }
        if named {
            return Some(Kind::SegmentWildcard);
        }
        self.tokens.next_if_eq(&Token::Asterisk).map(|_| Kind::FullWildcard)
    }

    /// A character that stands for itself, without a backslash.
    fn next_character(&mut self) -> Option<&'a str> {
        match self.tokens.next_if(|token| matches!(token, Token::Char(_))) {
            Some(Token::Char(text)) => Some(text),
            _ => None,
        }
    }

    /// A character behind a backslash.
    fn next_escaped(&mut self) -> Option<&'a str> {
        match self.tokens.next_if(|token| matches!(token, Token::EscapedChar(_))) {
            Some(Token::EscapedChar(text)) => Some(text),
            _ => None,
        }
    }

    fn next_text(&mut self) -> String {
        let mut text = String::new();
        while let Some(character) = self.next_character().or_else(|| self.next_escaped()) {
            text.push_str(character);
        }
        text
    }

    fn next_modifier(&mut self) -> Modifier {
        let modifier =
            |token: &Token<'_>| matches!(token, Token::OtherModifier(_) | Token::Asterisk);
        match self.tokens.next_if(modifier) {
            Some(Token::OtherModifier(modifier)) => modifier,
            Some(_) => Modifier::ZeroOrMore,
            None => Modifier::None,
        }
    }
}
