//! One component of a pattern, and the texts that it matches: URL Pattern § 2.2 to § 2.3.

use std::borrow::Cow;

use crate::{
    base::heap,
    topics::positions::{Positions, SEARCH, steps},
};

use super::{
    invalid::InvalidUrlPattern,
    part::{self, Kind, Options, Part},
    regexp::{self, Regexp},
    token::Modifier,
};

/// The matcher of one component.
#[derive(Clone, Debug)]
pub(super) enum Component {
    /// `*`, and each component that a pattern does not name.
    Anything,
    /// No group: only an equal text.
    Text(String),
    Parts {
        parts: Box<[Part]>,
        delimiter: Option<u8>,
    },
    /// With regular expressions of its own, the whole is one.
    Regexp(Regexp),
}

impl Component {
    pub(super) fn compile(string: &str, options: Options) -> Result<Self, InvalidUrlPattern> {
        let parts = part::parse(string, options)?;
        let plain = |part: &Part| (&part.kind, part.modifier) == (&Kind::FixedText, Modifier::None);
        if string == "*" {
            Ok(Self::Anything)
        } else if parts.iter().all(plain) {
            Ok(Self::Text(parts.into_iter().map(|part| part.prefix).collect()))
        } else if parts.iter().any(|part| matches!(part.kind, Kind::Regexp(_))) {
            regexp::compile(&parts, options.delimiter).map(Self::Regexp)
        } else {
            Ok(Self::Parts { parts: parts.into(), delimiter: options.delimiter })
        }
    }

    /// Bytes of its regular expressions, compiled.
    pub(super) fn regexp_bytes(&self) -> usize {
        match self {
            Self::Anything | Self::Text(_) | Self::Parts { .. } => 0,
            Self::Regexp(regexp) => regexp.bytes(),
        }
    }

    /// The beginning of every text that it matches.
    pub(super) fn beginning(&self) -> Cow<'_, str> {
        match self {
            Self::Anything => "".into(),
            Self::Text(text) => text.into(),
            Self::Parts { parts, .. } => part::beginning(parts).into(),
            Self::Regexp(regexp) => regexp.beginning().into(),
        }
    }

    /// Passes over a text that it costs, beside its regular expressions.
    pub(super) fn passes(&self) -> usize {
        match self {
            Self::Anything | Self::Text(_) => 0,
            Self::Parts { parts, .. } => SEARCH + parts.iter().map(Part::passes).sum::<usize>(),
            Self::Regexp(_) => 1,
        }
    }

    /// Bytes that it holds in memory beside its own.
    pub(super) fn held_bytes(&self) -> usize {
        match self {
            Self::Anything => 0,
            Self::Text(text) => heap::text(text),
            Self::Parts { parts, .. } => {
                heap::list::<Part>(parts.len()) + parts.iter().map(Part::held_bytes).sum::<usize>()
            }
            Self::Regexp(regexp) => regexp.held_bytes(),
        }
    }

    /// Whether the pattern matches all of the text, and does so within the limits.
    pub(super) fn matches(&self, text: &str) -> bool {
        match self {
            Self::Anything => true,
            Self::Text(expected) => expected == text,
            Self::Parts { parts, delimiter } => match_parts(parts, *delimiter, text.as_bytes()),
            Self::Regexp(regexp) => regexp.matches(text),
        }
    }
}

fn match_parts(parts: &[Part], delimiter: Option<u8>, text: &[u8]) -> bool {
    let every = Positions::before_each(text);
    let segments = Segments {
        text,
        bytes: match delimiter {
            Some(delimiter) => Positions::of_bytes(text, |byte| byte != delimiter),
            None => every.clone(),
        },
    };
    let mut places = Positions::start(text);
    for part in parts {
        let ends = match part.kind {
            Kind::FixedText => fixed_ends(text, &places, part),
            Kind::SegmentWildcard => {
                let begin = places.clone().text(text, part.prefix.as_bytes());
                segments.ends(begin, part).text(text, part.suffix.as_bytes())
            }
            // A wildcard matches the same when it is repeated. No regular expression gets here.
            Kind::FullWildcard | Kind::Regexp(_) => {
                let begin = places.clone().text(text, part.prefix.as_bytes());
                begin.run(&every).text(text, part.suffix.as_bytes())
            }
        };
        places = match part.modifier {
            Modifier::Optional | Modifier::ZeroOrMore => ends.or(&places),
            Modifier::None | Modifier::OneOrMore => ends,
        };
        if places.is_empty() {
            return false;
        }
    }
    places.has_end()
}

/// The places behind a fixed text, once or more often as the modifier says.
fn fixed_ends(text: &[u8], begin: &Positions, part: &Part) -> Positions {
    let fixed = part.prefix.as_bytes();
    if matches!(part.modifier, Modifier::None | Modifier::Optional) {
        return begin.clone().text(text, fixed);
    }
    // From front to back, so that an end is there before it is looked at as a beginning.
    steps::count(text.len());
    let found = Positions::of_text(text, fixed);
    let mut ends = Positions::none(text);
    for at in 0..text.len() {
        if (begin.contains(at) || ends.contains(at)) && found.contains(at) {
            ends.insert(at + fixed.len());
        }
    }
    ends
}

/// A text, and the bytes of it that a segment may hold.
struct Segments<'t> {
    text: &'t [u8],
    bytes: Positions,
}

impl Segments<'_> {
    /// The places behind a segment, or behind several with suffix and prefix between them.
    fn ends(&self, begin: Positions, part: &Part) -> Positions {
        if matches!(part.modifier, Modifier::None | Modifier::Optional) {
            return begin.one(&self.bytes).run(&self.bytes);
        }
        steps::count(self.text.len());
        let between = [part.suffix.as_bytes(), part.prefix.as_bytes()].concat();
        // With nothing between them several segments are one.
        let found = (!between.is_empty()).then(|| Positions::of_text(self.text, &between));
        let (mut begin, mut ends) = (begin, Positions::none(self.text));
        let mut within = false;
        for at in 0..=self.text.len() {
            if within {
                ends.insert(at);
                if found.as_ref().is_some_and(|found| found.contains(at)) {
                    begin.insert(at + between.len());
                }
            }
            within = (within || begin.contains(at)) && self.bytes.contains(at);
        }
        ends
    }
}
