//! Whether a page may publish with the cookie of its visitor: the defence against request forgery
//! of draft-dunglas-mercure-07 § 9 and -08, security considerations.

use thiserror::Error;

use crate::tokens::origins::{self, Origins};

/// Why a publication with a cookie is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum ForbiddenOrigin {
    /// The request does not say where it comes from.
    #[error("a publication with a cookie needs an Origin or a Referer header")]
    Missing,
    /// The `Referer` is not an absolute URL.
    #[error("the Referer header is not the URL of a page")]
    Referer,
    /// The origin is not on the list.
    #[error("pages of {0:?} may not publish here with a cookie")]
    NotListed(String),
}

/// Checks that the origin of a request may publish. `Origin` counts before `Referer`.
///
/// # Errors
/// [`ForbiddenOrigin`].
pub(crate) fn check(
    origins: &Origins,
    origin: Option<&str>,
    referer: Option<&str>,
) -> Result<(), ForbiddenOrigin> {
    let origin = match (origin, referer) {
        (Some(origin), _) => origin.to_owned(),
        (None, Some(referer)) => of_url(referer).ok_or(ForbiddenOrigin::Referer)?,
        (None, None) => return Err(ForbiddenOrigin::Missing),
    };
    if origins.allow(&origin) { Ok(()) } else { Err(ForbiddenOrigin::NotListed(origin)) }
}

/// The origin of an absolute URL as browsers send it in `Referer`: normalized, and without
/// credentials.
fn of_url(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    origins::normalize(&format!("{scheme}://{authority}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_publishes_from_a_listed_origin_alone()
    -> Result<(), crate::tokens::origins::InvalidOrigin> {
        let origins: Origins = "https://app.example".parse()?;
        assert!(check(&origins, None, Some("https://app.example/page?x")).is_ok());
        assert!(
            check(&origins, Some("https://other.example"), Some("https://app.example/")).is_err()
        );
        assert!(check(&origins, None, None).is_err());
        Ok(())
    }

    #[track_caller]
    fn of(list: &str, origin: Option<&str>, referer: Option<&str>) -> Result<(), ForbiddenOrigin> {
        check(&list.parse().unwrap(), origin, referer)
    }

    #[test]
    fn without_both_headers_it_is_refused_even_if_all_may() {
        assert_eq!(of("*", None, None), Err(ForbiddenOrigin::Missing));
    }

    #[test]
    fn an_origin_that_is_not_listed_is_refused() {
        let refused = of("https://a.example", Some("https://b.example"), None);
        assert_eq!(refused, Err(ForbiddenOrigin::NotListed("https://b.example".to_owned())));
        assert!(of("", Some("https://a.example"), None).is_err());
        assert!(of("https://a.example", Some("null"), None).is_err());
    }

    #[test]
    fn the_referer_counts_only_without_an_origin() {
        let (listed, other) = ("https://a.example", "https://b.example/page");
        assert!(of(listed, Some(listed), Some(other)).is_ok());
        assert!(of(listed, Some("https://b.example"), Some("https://a.example/")).is_err());
        assert!(of(listed, None, Some("https://a.example:443/page")).is_ok());
        assert!(of(listed, None, Some("https://a.example/page?x#y")).is_ok());
        assert!(of(listed, None, Some("https://a.example")).is_ok());
    }

    #[test]
    fn a_referer_that_is_no_url_is_refused() {
        for wrong in ["", "page", "/page", "https://", "https://a.example.evil@b", "http//x", "*"] {
            assert_eq!(of("*", None, Some(wrong)), Err(ForbiddenOrigin::Referer), "{wrong}");
        }
    }

    #[test]
    fn a_star_and_a_wildcard_allow_what_they_say() {
        assert!(of("*", Some("https://b.example"), None).is_ok());
        let wildcard = "https://*.a.example";
        assert!(of(wildcard, Some("https://x.a.example"), None).is_ok());
        assert!(of(wildcard, None, Some("https://x.a.example/page")).is_ok());
        assert!(of(wildcard, Some("https://a.example.b"), None).is_err());
    }
}
