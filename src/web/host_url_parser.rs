//! The host's parsers of URLs and URL patterns.

use std::cell::OnceCell;

use super::url_sys::{Url, UrlPattern};
use crate::{url_components::UrlComponents, url_parser::UrlParser};

/// What the host makes of URL references and patterns, against the URL of a hub.
#[derive(Debug, Default)]
pub struct HostUrlParser {
    base: OnceCell<String>,
}

impl HostUrlParser {
    /// Parses against the URL of a hub, which has to be absolute: otherwise only absolute references
    /// are URLs.
    #[must_use]
    pub fn new(base: String) -> Self {
        Self { base: OnceCell::from(base) }
    }

    /// Tells the URL of the hub, of which the first that is told stays.
    pub fn set_base(&self, base: &str) {
        let _ = self.base.get_or_init(|| base.to_owned());
    }

    pub(super) fn base(&self) -> &str {
        self.base.get().map_or("", String::as_str)
    }
}

impl UrlParser for HostUrlParser {
    fn parse(&self, reference: &str) -> Option<String> {
        Url::parse(reference, self.base()).map(|url| url.href())
    }

    fn parse_pattern(&self, pattern: &str) -> Option<UrlComponents> {
        let pattern = UrlPattern::new(pattern)
            .or_else(|_| UrlPattern::with_base(pattern, self.base()))
            .ok()?;
        Some(UrlComponents {
            protocol: pattern.protocol(),
            username: pattern.username(),
            password: pattern.password(),
            hostname: pattern.hostname(),
            port: pattern.port(),
            pathname: pattern.pathname(),
            search: pattern.search(),
            hash: pattern.hash(),
        })
    }
}
