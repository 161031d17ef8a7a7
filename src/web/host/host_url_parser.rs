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

/// What the host makes of URL references and patterns, against the URL of a hub.
#[derive(Clone, Debug)]
pub struct HostUrlParser {
    /// What topics are resolved against: the same for everybody, always.
    topics: Rc<str>,
    /// What patterns are resolved against, if that is another URL.
    requested: Option<Rc<Requested>>,
    /// The path of the hub, which is that of its own topics too.
    hub_path: Rc<str>,
}

/// The URL of a hub by which a request asks it. It is parsed when a pattern needs it, which is seldom.
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
    /// Parses against the URL of a hub, which has to be absolute: otherwise nothing is a URL.
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

    /// The same as a door makes it.
    pub(crate) fn boxed(config: &Config, addressed: &Addressed) -> Box<dyn UrlParser> {
        Box::new(Self::of_request_to(config, addressed))
    }

    /// The same for the patterns of a request to a hub without a public URL: they belong to the URL
    /// by which it was asked, and topics to whichever each was asked by.
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
