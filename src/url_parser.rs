//! The seam to the host's URL parser.
//!
//! Every host that has `fetch` has a parser of URLs and of URL patterns, with the tables of
//! internationalized domain names that it takes. The core asks it to parse and to canonicalize, which
//! is linear, and matches by itself: the host's own matching backtracks.

use crate::url_components::UrlComponents;

/// Parses URLs and URL patterns against one base: the URL of the hub.
pub trait UrlParser {
    /// The serialized URL that `reference` stands for, or nothing if it is no URL reference:
    /// `URL.parse(reference, base)?.href`.
    fn parse(&self, reference: &str) -> Option<String>;

    /// The pattern string of each component of the URL pattern, in the normal form, or nothing if it
    /// is invalid: the attributes of `new URLPattern(pattern)`, or if that throws, of
    /// `new URLPattern(pattern, base)`. With a base, the standard would put the path of the hub before
    /// that of `urn\:isbn\:*`.
    fn parse_pattern(&self, pattern: &str) -> Option<UrlComponents>;
}

/// No parser: no topic is a URL, and no pattern is valid.
impl UrlParser for () {
    fn parse(&self, _: &str) -> Option<String> {
        None
    }

    fn parse_pattern(&self, _: &str) -> Option<UrlComponents> {
        None
    }
}

/// The URL and URL pattern parsers of Rust crates, for tests on this machine.
#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
pub(crate) mod native {
    use std::borrow::Cow;

    use url::Url;
    use urlpattern::{
        UrlPatternOptions,
        quirks::{EcmaRegexp, StringOrInit, parse_pattern, process_construct_pattern_input},
    };

    use super::{UrlComponents, UrlParser};

    /// The base.
    #[derive(Debug)]
    pub(crate) struct NativeUrlParser(Url);

    impl NativeUrlParser {
        pub(crate) fn new(base: &str) -> Self {
            Self(base.parse().unwrap())
        }
    }

    impl UrlParser for NativeUrlParser {
        fn parse(&self, reference: &str) -> Option<String> {
            self.0.join(reference).ok().map(Into::into)
        }

        fn parse_pattern(&self, pattern: &str) -> Option<UrlComponents> {
            let parse = |base| {
                let input = StringOrInit::String(Cow::Borrowed(pattern));
                let init = process_construct_pattern_input(input, base).ok()?;
                parse_pattern::<EcmaRegexp>(init, UrlPatternOptions::default()).ok()
            };
            let pattern = parse(None).or_else(|| parse(Some(self.0.as_str())))?;
            Some(UrlComponents {
                protocol: pattern.protocol.pattern_string,
                username: pattern.username.pattern_string,
                password: pattern.password.pattern_string,
                hostname: pattern.hostname.pattern_string,
                port: pattern.port.pattern_string,
                pathname: pattern.pathname.pattern_string,
                search: pattern.search.pattern_string,
                hash: pattern.hash.pattern_string,
            })
        }
    }
}
