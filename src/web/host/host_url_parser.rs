//! The host's parsers of URLs and URL patterns.

#[cfg(test)]
mod tests;

use std::{cell::OnceCell, rc::Rc};

use crate::{
    base::url_parts,
    door::addressed::Addressed,
    settings::config::Config,
    topics::{
        url_components::UrlComponents,
        url_parser::{RELATIVE, UrlParser},
    },
    web::host::url_sys::{Url, UrlPattern},
};

/// Resolves URL references and patterns against the URL of a hub, with the host's parsers.
#[derive(Clone, Debug)]
pub struct HostUrlParser {
    /// The base of topics: the same for every request.
    topics: Rc<str>,
    /// The base of patterns, if it is another URL.
    requested: Option<Rc<Requested>>,
    /// The path of the hub, with which its own topics begin.
    hub_path: Rc<str>,
}

/// The URL by which a request addresses a hub. It is parsed only when a pattern needs it.
#[derive(Debug)]
struct Requested {
    url: String,
    parsed: OnceCell<String>,
}

impl Requested {
    fn href(&self) -> &str {
        self.parsed.get_or_init(|| {
            Url::parse("", &self.url).map_or_else(|| self.url.clone(), |url| url.href())
        })
    }
}

impl HostUrlParser {
    /// Parses against the URL of a hub, which must be absolute: otherwise no reference is a URL.
    #[must_use]
    pub fn new(base: &str) -> Self {
        Self { topics: base.into(), requested: None, hub_path: url_parts::path(base).into() }
    }

    /// Parses against the public URL of this hub, if it has one.
    pub(crate) fn of_hub(config: &Config) -> Self {
        let own = config.hub_path.as_str();
        match &config.authorization.public_url {
            Some(url) => {
                Self { hub_path: url_parts::public_path(url, own).into(), ..Self::new(url) }
            }
            None => Self::new(&format!("{RELATIVE}{own}")),
        }
    }

    /// Parses for a request to this hub.
    pub(crate) fn of_request_to(config: &Config, addressed: &Addressed) -> Self {
        let own = Self::of_hub(config);
        match config.authorization.public_url {
            Some(_) => own,
            None => own.of_request(&addressed.url),
        }
    }

    /// The same, as a door takes it.
    pub(crate) fn boxed(config: &Config, addressed: &Addressed) -> Box<dyn UrlParser> {
        Box::new(Self::of_request_to(config, addressed))
    }

    /// The same for a request to a hub without a public URL. Its patterns are resolved against the URL
    /// of the request; topics are not, since they are the same for every request.
    fn of_request(&self, url: &str) -> Self {
        let url = format!("{}{}", url_parts::origin(url), self.hub_path);
        let requested = Requested { url, parsed: OnceCell::new() };
        Self { requested: Some(Rc::new(requested)), ..self.clone() }
    }

    pub(crate) fn hub_path(&self) -> &str {
        &self.hub_path
    }
}

impl UrlParser for HostUrlParser {
    fn parse(&self, reference: &str) -> Option<String> {
        Url::parse(reference, &self.topics).map(|url| url.href())
    }

    fn parse_pattern(&self, pattern: &str) -> Option<UrlComponents> {
        let base = self.requested().unwrap_or(&self.topics);
        let pattern =
            UrlPattern::new(pattern).or_else(|_| UrlPattern::with_base(pattern, base)).ok()?;
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

    fn requested(&self) -> Option<&str> {
        self.requested.as_deref().map(Requested::href)
    }
}
