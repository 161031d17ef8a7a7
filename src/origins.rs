//! Which pages may talk to the hub: the allowlist behind the CORS headers, Fetch § 3.3.

use std::str::FromStr;

use thiserror::Error;

/// A list of origins, or all of them. `https://*.example.com` is every host below `example.com`.
///
/// ```
/// use millstream::origins::Origins;
///
/// let origins: Origins = "https://a.example https://b.example:8443".parse()?;
/// assert!(origins.allow("https://a.example"));
/// assert!(!origins.allow("https://a.example.evil"));
/// # Ok::<(), millstream::origins::InvalidOrigin>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origins {
    any: bool,
    listed: Vec<String>,
    /// What stands before and behind the star of a wildcard.
    wildcards: Vec<(String, String)>,
}

/// The text is not an origin: scheme, host and perhaps a port, and nothing behind them.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{text:?} is not an origin such as https://example.com")]
pub struct InvalidOrigin {
    /// What was given.
    pub text: String,
}

impl Origins {
    /// Whether every origin is allowed, so that credentials cannot be.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.any
    }

    /// Whether pages of this origin, as the `Origin` header has it, are allowed.
    #[must_use]
    pub fn allow(&self, origin: &str) -> bool {
        let below = |(scheme, parent): &(String, String)| {
            let host = origin.strip_prefix(scheme).and_then(|rest| rest.strip_suffix(parent));
            host.is_some_and(|host| !host.is_empty() && host.bytes().all(is_label))
        };
        self.any
            || self.listed.iter().any(|listed| listed == origin)
            || self.wildcards.iter().any(below)
    }
}

impl FromStr for Origins {
    type Err = InvalidOrigin;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut origins = Self::default();
        for origin in text.split([' ', ',']).filter(|origin| !origin.is_empty()) {
            match origin {
                "*" => origins.any = true,
                _ if origin
                    .split_once("://*.")
                    .is_some_and(|(scheme, parent)| is_origin(&format!("{scheme}://{parent}"))) =>
                {
                    let (scheme, parent) = origin.split_once('*').unwrap_or_default();
                    origins.wildcards.push((scheme.to_owned(), parent.to_owned()));
                }
                _ if is_origin(origin) => origins.listed.push(origin.to_owned()),
                _ => return Err(InvalidOrigin { text: origin.to_owned() }),
            }
        }
        Ok(origins)
    }
}

/// What a star stands for: one label of a host or several, and nothing that ends a host.
fn is_label(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_".contains(&byte)
}

/// Browsers send origins in lower case and without a default port; so must they be listed.
fn is_origin(text: &str) -> bool {
    let Some((scheme, host)) = text.split_once("://") else { return text == "null" };
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, Some(port)),
        _ => (host, None),
    };
    let is_host =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_[]:".contains(&byte);
    !scheme.is_empty()
        && scheme.bytes().all(|byte| byte.is_ascii_lowercase() || b"+-.".contains(&byte))
        && !name.is_empty()
        && name.bytes().all(is_host)
        && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

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
            "https://Example.com",
            "https://",
            "word",
        ] {
            assert_eq!(
                wrong.parse::<Origins>(),
                Err(InvalidOrigin { text: wrong.to_owned() }),
                "{wrong}"
            );
        }
        for right in ["null", "https://[::1]:8080", "capacitor://localhost"] {
            assert!(right.parse::<Origins>().unwrap().allow(right), "{right}");
        }
    }
}
