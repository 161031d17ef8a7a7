//! The origins whose pages may talk to the hub: the allowlist behind the CORS headers, Fetch § 3.3.

use std::{
    net::{Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

use thiserror::Error;

/// A list of origins, or all of them. `https://*.example.com` is every host below `example.com`.
/// Origins are compared in their normal form, in which no port is written that is the scheme's own:
/// RFC 6454 § 6.2.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Origins {
    any: bool,
    listed: Vec<String>,
    wildcards: Vec<Wildcard>,
}

/// An origin with a star.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Wildcard {
    /// The scheme, with `://`.
    scheme: String,
    /// The parent of the hosts, with a dot before it and perhaps a port behind it.
    parent: String,
}

/// The text is not an origin: scheme, host and perhaps a port, and nothing behind them.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{text:?} is not an origin such as https://example.com")]
pub(crate) struct InvalidOrigin {
    /// The text that was given.
    pub text: String,
}

impl Origins {
    /// Whether every origin is allowed. Credentials are then not allowed.
    #[must_use]
    pub(crate) fn is_any(&self) -> bool {
        self.any
    }

    /// Whether pages of this origin, as the `Origin` header has it, are allowed.
    #[must_use]
    pub(crate) fn allow(&self, origin: &str) -> bool {
        if self.any {
            return true;
        }
        let Some(origin) = normalize(origin) else { return false };
        let below = |Wildcard { scheme, parent }: &Wildcard| {
            let host = origin.strip_prefix(scheme).and_then(|rest| rest.strip_suffix(parent));
            host.is_some_and(|host| !host.is_empty() && host.bytes().all(is_label))
        };
        self.listed.contains(&origin) || self.wildcards.iter().any(below)
    }

    /// The first that is no wildcard and that a server can have.
    #[must_use]
    pub(crate) fn first_of_server(&self) -> Option<&str> {
        self.listed.iter().map(String::as_str).find(|origin| is_of_server(origin))
    }

    fn add(&mut self, text: &str) -> Option<()> {
        if text == "*" {
            self.any = true;
            return Some(());
        }
        let Some((scheme, parent)) = text.split_once("://*.") else {
            self.listed.push(normalize(text)?);
            return Some(());
        };
        let whole = normalize(&format!("{scheme}://{parent}"))?;
        let (scheme, parent) = whole.split_once("://")?;
        // Nothing lies below an address.
        (!is_address(parent)).then(|| {
            let (scheme, parent) = (format!("{scheme}://"), format!(".{parent}"));
            self.wildcards.push(Wildcard { scheme, parent });
        })
    }
}

impl FromStr for Origins {
    type Err = InvalidOrigin;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut origins = Self::default();
        let is_between = |between: char| between == ',' || between.is_ascii_whitespace();
        for origin in text.split(is_between).filter(|origin| !origin.is_empty()) {
            origins.add(origin).ok_or_else(|| InvalidOrigin { text: origin.to_owned() })?;
        }
        Ok(origins)
    }
}

/// An origin in its normal form, which is how browsers send it: in lower case, an address in its
/// shortest form, and without the port of the scheme. Internationalized names must be written in
/// ASCII, as browsers send them.
#[must_use]
pub(crate) fn normalize(text: &str) -> Option<String> {
    if text == "null" {
        return Some(text.to_owned());
    }
    let lower = text.to_ascii_lowercase();
    let (scheme, authority) = lower.split_once("://")?;
    let is_scheme = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    if !scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        || !scheme.bytes().all(is_scheme)
    {
        return None;
    }
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (normal_host(host)?, Some(number(port)?)),
        _ => (normal_host(authority)?, None),
    };
    let own = match scheme {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        _ => None,
    };
    Some(match port.filter(|_| port != own) {
        Some(port) => format!("{scheme}://{host}:{port}"),
        None => format!("{scheme}://{host}"),
    })
}

/// Whether an origin in its normal form is one of the schemes that Fetch knows.
pub(crate) fn is_of_server(origin: &str) -> bool {
    ["https://", "http://"].iter().any(|scheme| origin.starts_with(scheme))
}

fn normal_host(host: &str) -> Option<String> {
    if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let address: Ipv6Addr = address.parse().ok()?;
        return Some(match (address.to_ipv4_mapped(), address.segments()) {
            // The standard of URLs has no mixed form.
            (Some(_), [.., high, low]) => format!("[::ffff:{high:x}:{low:x}]"),
            _ => format!("[{address}]"),
        });
    }
    let is_name = !host.is_empty() && host.bytes().all(is_label);
    (is_name && (!ends_in_number(host) || is_address(host))).then(|| host.to_owned())
}

/// Whether browsers read the host as an address of version 4, which not each of its forms is.
fn ends_in_number(host: &str) -> bool {
    let last = host.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
    last.starts_with("0x") || !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_address(host: &str) -> bool {
    host.starts_with('[')
        || host.split(':').next().is_some_and(|host| host.parse::<Ipv4Addr>().is_ok())
}

fn number(port: &str) -> Option<u16> {
    let is_number = port.bytes().all(|byte| byte.is_ascii_digit());
    port.parse().ok().filter(|port| is_number && *port > 0)
}

/// Whether a host may have this byte. A star stands for one label or several, and so for nothing that
/// ends a host.
fn is_label(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_allowed_whole() -> Result<(), InvalidOrigin> {
        let origins: Origins = "https://A.example:443 https://b.example:8443".parse()?;
        assert!(origins.allow("https://a.example"));
        assert!(!origins.allow("https://a.example.evil"));
        Ok(())
    }

    #[test]
    fn an_origin_is_normalized_or_refused() {
        assert_eq!(normalize("HTTPS://App.example:443").as_deref(), Some("https://app.example"));
        assert_eq!(normalize("http://[0:0:0:0:0:0:0:1]:443").as_deref(), Some("http://[::1]:443"));
        assert_eq!(normalize("https://app.example/"), None);
    }

    #[test]
    fn without_a_list_nobody_is_allowed() {
        assert!(!Origins::default().allow("https://example.com"));
        assert!(!"".parse::<Origins>().unwrap().allow("null"));
    }

    #[test]
    fn an_origin_is_compared_whole() {
        let origins: Origins = "https://example.com, http://localhost:8080".parse().unwrap();
        assert!(origins.allow("https://example.com"));
        assert!(origins.allow("http://localhost:8080"));
        for other in ["https://example.com:8443", "http://example.com", "https://example.co", ""] {
            assert!(!origins.allow(other), "{other}");
        }
    }

    #[test]
    fn a_star_allows_everybody() {
        let origins: Origins = "*".parse().unwrap();
        assert!(origins.is_any() && origins.allow("https://example.com"));
    }

    #[test]
    fn a_wildcard_allows_the_hosts_below() {
        let origins: Origins = "https://*.example.com http://*.localhost:8080".parse().unwrap();
        for below in ["https://a.example.com", "https://a.b.example.com", "http://a.localhost:8080"]
        {
            assert!(origins.allow(below), "{below}");
        }
        for other in [
            "https://example.com",
            "https://.example.com",
            "https://aexample.com",
            "http://a.example.com",
            "https://a.example.com:8443",
            "https://evil/.example.com",
            "https://evil:1@a.example.com",
            "http://a.localhost",
        ] {
            assert!(!origins.allow(other), "{other}");
        }
        for wrong in [
            "https://*",
            "https://a.*.example.com",
            "*.example.com",
            "https://*example.com",
            "https://*.",
        ] {
            assert!(wrong.parse::<Origins>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_origin_is_compared_in_its_normal_form() {
        for (listed, sent) in [
            ("https://app.example:443", "https://app.example"),
            ("http://app.example:80", "http://app.example"),
            ("https://app.example", "https://app.example:443"),
            ("https://app.example:0443", "https://app.example"),
            ("HTTPS://App.Example", "https://app.example"),
            ("https://app.example", "https://APP.example"),
            ("https://*.Example:443", "https://app.example"),
            ("https://*.example", "HTTPS://app.example:443"),
            ("http://[0:0::1]:80", "http://[::1]"),
            ("http://[2001:DB8::1]", "http://[2001:db8:0:0:0:0:0:1]"),
            ("http://[::ffff:127.0.0.1]", "http://[::ffff:7f00:1]"),
            ("https://xn--9ca.example", "https://xn--9ca.example"),
            ("capacitor://LocalHost", "capacitor://localhost"),
        ] {
            let origins: Origins = listed.parse().unwrap();
            assert!(origins.allow(sent), "{listed} {sent}");
        }
        for (listed, sent) in [
            ("https://app.example:80", "https://app.example"),
            ("http://app.example:443", "https://app.example"),
            ("capacitor://localhost:80", "capacitor://localhost"),
            ("http://[::1]", "http://[::2]"),
        ] {
            assert!(!listed.parse::<Origins>().unwrap().allow(sent), "{listed} {sent}");
        }
    }

    #[test]
    fn the_first_of_a_server_is_no_wildcard() {
        let first =
            |list: &str| list.parse::<Origins>().unwrap().first_of_server().map(str::to_owned);
        let several = first("null https://*.a.example HTTPS://B.example:443, http://a.example");
        assert_eq!(several.as_deref(), Some("https://b.example"));
        for none in ["", "*", "null", "https://*.a.example", "capacitor://localhost"] {
            assert_eq!(first(none), None, "{none}");
        }
    }

    #[test]
    fn origins_may_stand_on_lines_of_their_own() {
        let origins: Origins = "https://a.example,\n\thttps://b.example\r\n".parse().unwrap();
        assert!(origins.allow("https://a.example") && origins.allow("https://b.example"));
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for wrong in [
            "example.com",
            "https://example.com/",
            "https://example.com/path",
            "https://user@example.com",
            "https://example.com?query",
            "https://example.com#fragment",
            "https://example.com/#fragment",
            "https://example.com:0",
            "https://example.com:port",
            "https://example.com:+443",
            "https://example.com:65536",
            "https://example.com:",
            "https://",
            "https://:443",
            "https://é.example",
            "https://a%20b.example",
            "https://[::1",
            "https://::1",
            "https://[::1]x",
            "https://[fe80::1%25eth0]",
            "http://127.1",
            "http://0x7f.0.0.1",
            "http://2130706433",
            "http://300.0.0.1",
            "http://*.127.0.0.1",
            "http://*.[::1]",
            "1http://example.com",
            "NULL",
            "word",
        ] {
            assert_eq!(
                wrong.parse::<Origins>(),
                Err(InvalidOrigin { text: wrong.to_owned() }),
                "{wrong}"
            );
            assert!(!Origins::default().allow(wrong), "{wrong}");
        }
        for right in ["null", "https://[::1]:8080", "capacitor://localhost", "http://127.0.0.1"] {
            assert!(right.parse::<Origins>().unwrap().allow(right), "{right}");
        }
    }
}
