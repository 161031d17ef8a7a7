//! The parts of an absolute URL, as text. They are cut out here and nowhere else.

/// The path of an absolute URL, as it was sent.
#[must_use]
pub(crate) fn path(url: &str) -> &str {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = after_scheme.find('/').and_then(|at| after_scheme.get(at..)).unwrap_or("/");
    without_query(path)
}

/// The query of a URL, without its question mark.
#[must_use]
pub(crate) fn query(url: &str) -> &str {
    let query = url.split('#').next().and_then(|url| url.split_once('?'));
    query.map_or("", |(_, query)| query)
}

/// The origin of an absolute URL of a server: the part before its path.
#[must_use]
pub(crate) fn origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + "://".len());
    let end = url.get(host..).and_then(|rest| rest.find(['/', '?', '#']));
    end.and_then(|end| url.get(..host + end)).unwrap_or(url)
}

/// The host of an absolute URL of a server, with its port.
#[must_use]
pub(crate) fn host(url: &str) -> &str {
    origin(url).split_once("://").map_or("", |(_, host)| host)
}

/// A URL without its query and fragment.
#[must_use]
pub(crate) fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or(url)
}

/// Whether a `Host` header, or the host of a URL, is a host with a port or without: RFC 9110 § 7.2,
/// as far as servers are named by it. Runtimes read the rest of RFC 3986 § 3.2 in ways of their
/// own.
#[must_use]
pub(crate) fn is_host(host: &str) -> bool {
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, port),
        _ => (host, ""),
    };
    let is_port = port.is_empty()
        || port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok();
    let is_name = match name.strip_prefix('[') {
        Some(address) => address.strip_suffix(']').is_some_and(|address| {
            address.bytes().all(|byte| byte.is_ascii_hexdigit() || b":.".contains(&byte))
        }),
        None => name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte)),
    };
    is_port && is_name && !name.is_empty()
}

/// The path by which the world knows a hub with this URL. One that is known by its origin alone is
/// known by the path at which it is found here.
#[must_use]
pub(crate) fn public_path<'a>(url: &'a str, own: &'a str) -> &'a str {
    match path(url) {
        "/" => own,
        path => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_or_an_address_with_a_port() {
        assert!(is_host("hub.example:8443") && is_host("[::1]:8787"));
        assert!(!is_host("x:99999") && !is_host("a b") && !is_host("user@hub.example"));
    }

    #[test]
    fn a_url_has_its_path_between_host_and_query() {
        assert_eq!(path("https://a.example:8443/x/y?z#w"), "/x/y");
        assert_eq!(path("https://a.example"), "/");
        assert_eq!(query("https://a.example:8443/x/y?z#w?"), "z");
        assert_eq!(query("https://a.example/#w?z"), "");
        assert_eq!(origin("https://a.example:8443/x/y?z#w"), "https://a.example:8443");
        assert_eq!(origin("https://a.example"), "https://a.example");
        assert_eq!(host("https://a.example:8443/x/y?z#w"), "a.example:8443");
        assert_eq!(host("a.example"), "");
        assert_eq!(without_query("https://a.example/x?z#w"), "https://a.example/x");
        assert_eq!(without_query("https://a.example/x#w?z"), "https://a.example/x");
    }

    #[test]
    fn a_host_is_a_name_or_an_address_with_a_port_or_without() {
        for host in
            ["a", "A.example", "xn--9ca.example:443", "127.0.0.1:8787", "[::1]", "a_b:", "a."]
        {
            assert!(is_host(host), "{host}");
        }
        for other in [
            "",
            ":80",
            "é.example",
            "%41.example",
            "a b",
            "a,b",
            "a, b",
            "x:99999",
            "x:-1",
            "x:+1",
            "x:abc",
            "a:80:80",
            "::1",
            "[::1",
            "::1]",
            "[::1]x",
            "[x]",
            "[]80",
            "user@x",
            "x/y",
            "x?y",
            "x#y",
            "a\\b",
            "<a>",
            "a\tb",
        ] {
            assert!(!is_host(other), "{other}");
        }
    }
}
