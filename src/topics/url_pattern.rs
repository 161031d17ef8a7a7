//! URL patterns as topic matchers: the [URL Pattern] standard, in linear time.
//!
//! The host's `URLPattern` checks a pattern and puts it into its normal form; from the pattern
//! strings of that form the matchers here are built. The host's own matching backtracks: a pattern
//! with five wildcards on a path of 256 bytes stalls V8 for many seconds.
//!
//! [URL Pattern]: https://urlpattern.spec.whatwg.org/

use crate::topics::{
    selector_cost::SelectorCost,
    url_components::UrlComponents,
    url_parser::{RELATIVE_HOST, UrlParser},
};

mod component;
pub(crate) mod invalid;
mod part;
mod regexp;
mod token;
mod unsupported;

use component::Component;
pub use invalid::InvalidUrlPattern;
use part::Options;

/// The special schemes, whose paths are made of segments: URL § 4.2.
const SPECIAL_SCHEMES: [&str; 6] = ["ftp", "file", "http", "https", "ws", "wss"];

/// A URL pattern; it never ignores case.
#[derive(Clone, Debug)]
pub struct UrlPattern {
    components: UrlComponents<Component>,
    /// Whether it matches the origin by which the request asked for the hub. Then it is for
    /// relative topics too.
    is_of_hub: bool,
}

/// The most groups that a text can have as a URL pattern.
#[must_use]
pub(crate) fn places(text: &str) -> usize {
    text.bytes().filter(|byte| matches!(byte, b':' | b'*' | b'(' | b'{')).count()
}

impl UrlPattern {
    /// The pattern that this text stands for, against the base of the parser.
    ///
    /// # Errors
    /// [`InvalidUrlPattern`].
    pub fn parse(pattern: &str, parser: &dyn UrlParser) -> Result<Self, InvalidUrlPattern> {
        let strings = parser.parse_pattern(pattern).ok_or(InvalidUrlPattern::Syntax)?;
        let mut compiled = Self::compile(&UrlComponents {
            protocol: &strings.protocol,
            username: &strings.username,
            password: &strings.password,
            hostname: &strings.hostname,
            port: &strings.port,
            pathname: &strings.pathname,
            search: &strings.search,
            hash: &strings.hash,
        })?;
        if let Some(hub) = parser.requested().and_then(UrlComponents::of_href) {
            let UrlComponents { protocol, hostname, port, .. } = &compiled.components;
            compiled.is_of_hub = protocol.matches(hub.protocol)
                && hostname.matches(hub.hostname)
                && port.matches(hub.port);
        }
        Ok(compiled)
    }

    /// The pattern with these pattern strings, which are in their normal form: URL Pattern § 1.4,
    /// "create".
    ///
    /// # Errors
    /// [`InvalidUrlPattern`].
    pub fn compile(strings: &UrlComponents<&str>) -> Result<Self, InvalidUrlPattern> {
        let compile = |string: &str| Component::compile(string, Options::DEFAULT);
        let protocol = compile(strings.protocol)?;
        let special = SPECIAL_SCHEMES.iter().any(|scheme| protocol.matches(scheme));
        let path = if special { Options::PATHNAME } else { Options::DEFAULT };
        let components = UrlComponents {
            protocol,
            username: compile(strings.username)?,
            password: compile(strings.password)?,
            hostname: Component::compile(strings.hostname, Options::HOSTNAME)?,
            port: compile(strings.port)?,
            pathname: Component::compile(strings.pathname, path)?,
            search: compile(strings.search)?,
            hash: compile(strings.hash)?,
        };
        Ok(Self { components, is_of_hub: false })
    }

    /// Bytes of its regular expressions, compiled.
    #[must_use]
    pub fn regexp_bytes(&self) -> usize {
        self.components().map(Component::regexp_bytes).into_iter().sum()
    }

    /// The beginning of the [key](UrlComponents::key) of every URL that it matches.
    #[must_use]
    pub fn beginning(&self) -> String {
        let of = &self.components;
        let mut beginning = String::new();
        for component in [&of.protocol, &of.hostname, &of.port] {
            beginning.push_str(&component.beginning());
            if !matches!(component, Component::Text(_)) {
                return beginning;
            }
            beginning.push(':');
        }
        beginning + &of.pathname.beginning()
    }

    /// The beginning of the keys of relative topics that it matches, where that is another.
    #[must_use]
    pub fn relative_beginning(&self) -> Option<String> {
        let path = self.is_of_hub.then(|| self.components.pathname.beginning())?;
        let relative = ["https:", RELATIVE_HOST, "::", &path].concat();
        (!relative.starts_with(&self.beginning())).then_some(relative)
    }

    /// The cost of comparing a URL with it.
    #[must_use]
    pub(crate) fn cost(&self) -> SelectorCost {
        let passes = self.components().map(Component::passes).into_iter().sum();
        SelectorCost { passes, regexp_bytes: self.regexp_bytes() }
    }

    /// Bytes that it holds in memory beside its own.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        self.components().map(Component::held_bytes).into_iter().sum()
    }

    fn components(&self) -> [&Component; 8] {
        let of = &self.components;
        [
            &of.protocol,
            &of.username,
            &of.password,
            &of.hostname,
            &of.port,
            &of.pathname,
            &of.search,
            &of.hash,
        ]
    }

    /// Whether each component of the URL matches: URL Pattern § 1.4, "match".
    #[must_use]
    pub fn matches(&self, url: &UrlComponents<&str>) -> bool {
        let pattern = &self.components;
        let is_at_hub = self.is_of_hub && url.hostname == RELATIVE_HOST;
        let is_there = || {
            pattern.hostname.matches(url.hostname)
                && pattern.protocol.matches(url.protocol)
                && pattern.port.matches(url.port)
        };
        (is_at_hub || is_there())
            && pattern.pathname.matches(url.pathname)
            && pattern.search.matches(url.search)
            && pattern.hash.matches(url.hash)
            && pattern.username.matches(url.username)
            && pattern.password.matches(url.password)
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod properties;
#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
