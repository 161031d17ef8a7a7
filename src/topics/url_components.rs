//! A URL taken apart: the eight components that [URL Pattern] matches.
//!
//! [URL Pattern]: https://urlpattern.spec.whatwg.org/

/// The components of a URL, or the pattern string of each of them.
///
/// As `URLPattern` has them: the protocol without its `:`, the search without `?`, the hash without
/// `#`, and an absent component empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct UrlComponents<T = String> {
    /// The scheme.
    pub protocol: T,
    /// The username.
    pub username: T,
    /// The password.
    pub password: T,
    /// The host without the port.
    pub hostname: T,
    /// The port, empty if it is the scheme's default.
    pub port: T,
    /// The path.
    pub pathname: T,
    /// The query.
    pub search: T,
    /// The fragment.
    pub hash: T,
}

impl<'a> UrlComponents<&'a str> {
    /// A text of the components that most patterns name first: protocol, host, port and path.
    /// Patterns are found by its beginning. Most patterns leave credentials open, so it has none.
    #[must_use]
    pub fn key(&self) -> String {
        [self.protocol, ":", self.hostname, ":", self.port, ":", self.pathname].concat()
    }

    /// Takes a serialized URL apart: the reverse of the [URL serializer].
    ///
    /// `href` must come from a URL parser. The result is right only then.
    ///
    /// ```
    /// use millstream::UrlComponents;
    ///
    /// let url = UrlComponents::of_href("https://example.com:8080/books?page=2").unwrap();
    /// assert_eq!((url.hostname, url.port), ("example.com", "8080"));
    /// assert_eq!((url.pathname, url.search), ("/books", "page=2"));
    /// ```
    ///
    /// [URL serializer]: https://url.spec.whatwg.org/#concept-url-serializer
    #[must_use]
    pub fn of_href(href: &'a str) -> Option<Self> {
        let (rest, hash) = href.split_once('#').unwrap_or((href, ""));
        let (rest, search) = rest.split_once('?').unwrap_or((rest, ""));
        let (protocol, rest) = rest.split_once(':')?;
        let url = Self { protocol, search, hash, ..Self::default() };
        let Some(rest) = rest.strip_prefix("//") else {
            // A path that begins with two slashes is kept from looking like a host.
            let pathname = rest.strip_prefix("/.").filter(|path| path.starts_with("//"));
            return Some(Self { pathname: pathname.unwrap_or(rest), ..url });
        };
        let slash = rest.find('/').unwrap_or(rest.len());
        let (authority, pathname) = rest.split_at_checked(slash)?;
        let (credentials, host) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (username, password) = credentials.split_once(':').unwrap_or((credentials, ""));
        // The colons of an IPv6 address stand in brackets.
        let port_at =
            host.rfind(':').filter(|at| !host.get(*at..).is_some_and(|end| end.ends_with(']')));
        let (hostname, port) = match port_at {
            Some(at) => (host.get(..at)?, host.get(at + 1..)?),
            None => (host, ""),
        };
        Some(Self { username, password, hostname, port, pathname, ..url })
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;

    /// Compares the components here with those of the URL crate.
    #[track_caller]
    fn check(text: &str) {
        let url = url::Url::parse(text).unwrap();
        let expected = UrlComponents {
            protocol: url.scheme(),
            username: url.username(),
            password: url.password().unwrap_or_default(),
            hostname: url.host_str().unwrap_or_default(),
            port: url::quirks::port(&url),
            pathname: url.path(),
            search: url.query().unwrap_or_default(),
            hash: url.fragment().unwrap_or_default(),
        };
        assert_eq!(UrlComponents::of_href(url.as_str()), Some(expected), "{text}");
    }

    #[test]
    fn a_url_with_everything_is_taken_apart() {
        check("https://user:pass@example.com:8080/a/b?c=d&e#f");
    }

    #[test]
    fn what_is_absent_is_empty() {
        for text in
            ["https://example.com", "https://example.com:443/?#", "http://a@b/", "http://:p@b/"]
        {
            check(text);
        }
    }

    #[test]
    fn delimiters_within_components_do_not_mislead() {
        for text in [
            "http://u%40:p:q@h/a@b:c//d",
            "http://h/?a?b:c@d/e#f#g?h",
            "http://h?//x:y@z",
            "http://[::1]/",
            "http://[::1]:81/:@",
            "foo://h:81",
            "foo://",
            "file:///etc/passwd",
            "file://host/x",
        ] {
            check(text);
        }
    }

    #[test]
    fn urls_without_a_host_have_a_path_only() {
        for text in
            ["urn:uuid:1-2", "mailto:a@b?subject=x", "data:,a//b", "foo:/a/b", "foo:/.//a@b:1/"]
        {
            check(text);
        }
    }

    #[test]
    fn what_has_no_scheme_is_no_serialization() {
        assert_eq!(UrlComponents::of_href("/books"), None);
    }
}
