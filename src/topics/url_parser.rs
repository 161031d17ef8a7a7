//! The seam to the host's URL parser.
//!
//! Every host that has `fetch` has a parser of URLs and of URL patterns, with the tables of
//! internationalized domain names that it takes. The core asks it to parse and to canonicalize, which
//! is linear, and matches by itself: the host's own matching backtracks.

use crate::topics::url_components::UrlComponents;

/// The origin of relative topics at a hub without a public URL: each reader may know the hub by
/// another origin. No host can have this name: RFC 2606 § 2.
pub(crate) const RELATIVE: &str = "https://relative.invalid";

/// The name of the host of [`RELATIVE`].
pub(crate) const RELATIVE_HOST: &str = "relative.invalid";

/// Parses URLs and URL patterns against one base: the URL of the hub.
pub trait UrlParser {
    /// The serialized URL that `reference` stands for, or nothing if it is no URL reference:
    /// `URL.parse(reference, base)?.href`.
    fn parse(&self, reference: &str) -> Option<String>;

    /// The serialized URL against which patterns are parsed, where references are parsed against
    /// another. That other URL is then below [`RELATIVE`].
    fn requested(&self) -> Option<&str> {
        None
    }

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

    /// The URL that topics are resolved against, and that for patterns if it is another.
    #[derive(Debug)]
    pub(crate) struct NativeUrlParser {
        topics: Url,
        requested: Option<Url>,
    }

    impl NativeUrlParser {
        pub(crate) fn new(base: &str) -> Self {
            Self { topics: base.parse().unwrap(), requested: None }
        }

        /// That of a request by this URL for a hub without a public one.
        pub(crate) fn of_request(url: &str) -> Self {
            let requested: Url = url.parse().unwrap();
            let topics = format!("{}{}", super::RELATIVE, requested.path());
            Self { requested: Some(requested), ..Self::new(&topics) }
        }
    }

    impl UrlParser for NativeUrlParser {
        fn parse(&self, reference: &str) -> Option<String> {
            self.topics.join(reference).ok().map(Into::into)
        }

        fn parse_pattern(&self, pattern: &str) -> Option<UrlComponents> {
            let parse = |base| {
                let input = StringOrInit::String(Cow::Borrowed(pattern));
                let init = process_construct_pattern_input(input, base).ok()?;
                parse_pattern::<EcmaRegexp>(init, UrlPatternOptions::default()).ok()
            };
            let base = self.requested.as_ref().unwrap_or(&self.topics);
            let pattern = parse(None).or_else(|| parse(Some(base.as_str())))?;
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

        fn requested(&self) -> Option<&str> {
            self.requested.as_ref().map(Url::as_str)
        }
    }
}
