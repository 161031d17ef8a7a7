//! The token of a request: RFC 6750 § 2, and the cookie of Mercure.

use thiserror::Error;

use crate::{
    base::{dialect::Dialect, form, http_token::is_token},
    tokens::{invalid_token::InvalidToken, jws::Jws},
};

/// The parts of a request that may carry a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Carriers<'request> {
    /// The `Authorization` header.
    pub authorization: Option<&'request str>,
    /// The `Cookie` header.
    pub cookie: Option<&'request str>,
    /// The query of the URL, without the question mark.
    pub query: &'request str,
}

/// A token as it was presented.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Presented {
    /// The text.
    pub token: String,
    /// Where it stood.
    pub carrier: Carrier,
}

/// Where a token stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Carrier {
    /// In the `Authorization` header.
    Header,
    /// In the cookie, which browsers send unasked, so that the origin of a publication is checked.
    Cookie,
    /// In the query, in 0.x alone: the answer is `Cache-Control: private`, RFC 6750 § 2.3.
    Query,
}

/// The `Authorization` header does not carry a token in the form that RFC 6750 § 2.1 has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "the Authorization header is not \"Bearer\" and one token in the JWS compact serialization"
)]
pub(crate) struct InvalidAuthorization;

/// The names of the cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CookieNames {
    /// In 0.x.
    pub v0: String,
    /// In 1.0.
    pub v1: String,
}

/// The names that clients use when nothing else is agreed upon.
impl Default for CookieNames {
    fn default() -> Self {
        Self {
            v0: "mercureAuthorization".to_owned(),
            v1: "__Secure-mercure_access_token".to_owned(),
        }
    }
}

impl CookieNames {
    /// The same name in both dialects; `None` if no cookie can have it, RFC 6265 § 4.1.1.
    #[must_use]
    pub(crate) fn same(name: &str) -> Option<Self> {
        is_token(name).then(|| Self { v0: name.to_owned(), v1: name.to_owned() })
    }
}

/// Finds the token of a request. The first part that carries one counts: the header, then the query,
/// then the cookie.
///
/// `dialect` is the dialect that the request shows by itself. A query never carries a token in 1.0, and
/// each dialect has its own cookie.
///
/// # Errors
/// When there is an `Authorization` header that carries no token, or more than one.
pub(crate) fn find(
    carriers: Carriers<'_>,
    dialect: Option<Dialect>,
    names: &CookieNames,
) -> Result<Option<Presented>, InvalidAuthorization> {
    if let Some(header) = carriers.authorization {
        let token = of_header(header).ok_or(InvalidAuthorization)?;
        return Ok(Some(Presented { token: token.to_owned(), carrier: Carrier::Header }));
    }
    if dialect != Some(Dialect::V1)
        && let Some(token) = of_query(carriers.query)
    {
        return Ok(Some(Presented { token, carrier: Carrier::Query }));
    }
    let cookies = Cookies(carriers.cookie.unwrap_or_default());
    let token = match dialect {
        Some(Dialect::V0) => cookies.first(&[&names.v0]),
        Some(Dialect::V1) => cookies.first(&[&names.v1]),
        None => cookies.first(&[&names.v1, &names.v0]),
    };
    Ok(token.map(|token| Presented { token: token.to_owned(), carrier: Carrier::Cookie }))
}

impl Presented {
    /// Takes the token apart.
    ///
    /// # Errors
    /// [`InvalidToken::Malformed`].
    pub(crate) fn jws(&self) -> Result<Jws<'_>, InvalidToken> {
        Ok(Jws::parse(&self.token)?)
    }
}

/// The scheme's case does not count: RFC 9110 § 11.1. Two headers arrive as one with a comma.
fn of_header(header: &str) -> Option<&str> {
    let (scheme, token) = header.trim().split_once(' ')?;
    let token = token.trim_start_matches(' ');
    let is_b64token = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte);
    let is_compact = token.bytes().all(is_b64token) && token.split('.').count() == 3;
    (scheme.eq_ignore_ascii_case("Bearer") && is_compact).then_some(token)
}

fn of_query(query: &str) -> Option<String> {
    let mut pairs = form::pairs(query.as_bytes()).filter_map(Result::ok);
    pairs.find(|(name, _)| name == "authorization").map(|(_, value)| value.into_owned())
}

/// The cookies of a request. HTTP/2 may split the field, and RFC 9113 § 8.2.3 joins the parts with
/// "; ". A proxy may forward them as two fields, which the host joins with ", ".
///
/// A comma may also be a part of a cookie, against RFC 6265 § 4.1.1. So a cookie behind a semicolon goes
/// before one behind a comma, whichever comes first. A comma in quotes, or without a space behind it,
/// ends no cookie.
#[derive(Clone, Copy)]
struct Cookies<'header>(&'header str);

impl<'header> Cookies<'header> {
    /// The value of the first of these names that has one. No token has a comma in it.
    ///
    /// RFC 6265 § 5.4: of cookies with one name the first has the longest path.
    fn first(self, names: &[&str]) -> Option<&'header str> {
        let find = |behind: Separator| {
            names.iter().find_map(|name| {
                let mut found = self.pairs().filter(|pair| pair.behind == behind);
                found.find(|pair| pair.name == *name).map(|pair| pair.value)
            })
        };
        find(Separator::Semicolon).or_else(|| find(Separator::Comma))
    }

    fn pairs(self) -> impl Iterator<Item = Pair<'header>> {
        self.0.split(';').flat_map(|part| {
            let mut rest = Some(part);
            std::iter::from_fn(move || {
                let (own, behind) = split_field(rest.take()?);
                rest = behind;
                Some(own)
            })
            .enumerate()
            .filter_map(|(at, pair)| Pair::parse(pair, Separator::before(at)))
        })
    }
}

/// One cookie.
struct Pair<'header> {
    name: &'header str,
    value: &'header str,
    behind: Separator,
}

/// The character that stands before a cookie.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Separator {
    /// A semicolon, or none.
    Semicolon,
    /// A comma, which may be a part of the cookie before it.
    Comma,
}

impl Separator {
    /// The separator before the cookie of this number, between two semicolons.
    fn before(at: usize) -> Self {
        if at == 0 { Self::Semicolon } else { Self::Comma }
    }
}

impl<'header> Pair<'header> {
    fn parse(text: &'header str, behind: Separator) -> Option<Self> {
        let (name, value) = text.trim().split_once('=')?;
        let value = value.trim_start();
        let inside = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
        Some(Self { name: name.trim_end(), value: inside.unwrap_or(value), behind })
    }
}

/// Splits the text at the first ", " that is not in quotes.
fn split_field(text: &str) -> (&str, Option<&str>) {
    let mut quoted = false;
    let comma = text.bytes().zip(text.bytes().skip(1)).position(|pair| {
        quoted ^= pair.0 == b'"';
        !quoted && pair == (b',', b' ')
    });
    let split = comma.and_then(|at| Some((text.get(..at)?, text.get(at + 2..)?)));
    split.map_or((text, None), |(own, behind)| (own, Some(behind)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_found_in_the_cookie() {
        let carriers = Carriers {
            cookie: Some("a=1; mercureAuthorization=e30.e30.c2ln"),
            ..Carriers::default()
        };
        let presented = find(carriers, None, &CookieNames::default()).unwrap().unwrap();
        assert_eq!(
            (presented.token.as_str(), presented.carrier),
            ("e30.e30.c2ln", Carrier::Cookie)
        );
    }

    const V0: Option<Dialect> = Some(Dialect::V0);
    const V1: Option<Dialect> = Some(Dialect::V1);

    #[track_caller]
    fn check(carriers: Carriers<'_>, dialect: Option<Dialect>, expected: Option<(&str, Carrier)>) {
        let found = find(carriers, dialect, &CookieNames::default()).unwrap();
        let found = found.as_ref().map(|found| (found.token.as_str(), found.carrier));
        assert_eq!(found, expected, "{carriers:?}");
    }

    fn header(text: &str) -> Carriers<'_> {
        Carriers { authorization: Some(text), ..Carriers::default() }
    }

    fn cookie(text: &str) -> Carriers<'_> {
        Carriers { cookie: Some(text), ..Carriers::default() }
    }

    #[test]
    fn the_scheme_is_read_in_any_case() {
        for text in ["Bearer a.b.c", "bearer a.b.c", "BEARER  a.b.c", " Bearer a.b.c "] {
            check(header(text), None, Some(("a.b.c", Carrier::Header)));
        }
    }

    #[test]
    fn an_empty_signature_is_for_the_verification_to_refuse() {
        check(header("Bearer a.b."), None, Some(("a.b.", Carrier::Header)));
    }

    #[test]
    fn a_header_without_exactly_one_token_is_refused() {
        for text in [
            "",
            "Bearer",
            "Bearer ",
            "Bearer x",
            "Bearer a.b",
            "Bearer a.b.c.d.e",
            "Bearer a.b.c, Bearer a.b.c",
            "Bearer a.b.c d",
            "Basic a.b.c",
            "a.b.c",
        ] {
            let found = find(header(text), None, &CookieNames::default());
            assert_eq!(found, Err(InvalidAuthorization), "{text}");
        }
    }

    #[test]
    fn the_header_wins_over_the_query_and_the_query_over_the_cookie() {
        let all = Carriers {
            authorization: Some("Bearer h.h.h"),
            cookie: Some("mercureAuthorization=c.c.c"),
            query: "topic=a&authorization=q.q.q",
        };
        check(all, V0, Some(("h.h.h", Carrier::Header)));
        let two = Carriers { authorization: None, ..all };
        check(two, V0, Some(("q.q.q", Carrier::Query)));
        check(Carriers { query: "", ..two }, V0, Some(("c.c.c", Carrier::Cookie)));
        let broken = Carriers { authorization: Some("Basic x"), ..all };
        assert!(find(broken, V0, &CookieNames::default()).is_err());
    }

    #[test]
    fn in_1_0_a_query_carries_nothing() {
        for query in ["authorization=a.b.c", "access_token=a.b.c"] {
            check(Carriers { query, ..Carriers::default() }, V1, None);
        }
        check(Carriers { query: "access_token=a.b.c", ..Carriers::default() }, V0, None);
    }

    #[test]
    fn each_dialect_has_its_cookie() {
        let both = cookie("mercureAuthorization=old; __Secure-mercure_access_token=new");
        check(both, V0, Some(("old", Carrier::Cookie)));
        check(both, V1, Some(("new", Carrier::Cookie)));
        check(both, None, Some(("new", Carrier::Cookie)));
        check(cookie("mercureAuthorization=old"), V1, None);
        check(cookie("mercureAuthorization=old"), None, Some(("old", Carrier::Cookie)));
    }

    #[test]
    fn cookies_are_taken_by_their_whole_name_and_in_their_order() {
        check(cookie("xmercureAuthorization=a; mercureauthorization=b"), V0, None);
        check(
            cookie("x=1;mercureAuthorization=a=b; mercureAuthorization=c"),
            V0,
            Some(("a=b", Carrier::Cookie)),
        );
        check(cookie("mercureAuthorization=\"a.b.c\""), V0, Some(("a.b.c", Carrier::Cookie)));
    }

    #[test]
    fn two_fields_of_cookies_are_one() {
        for (dialect, name) in [(V0, "mercureAuthorization"), (V1, "__Secure-mercure_access_token")]
        {
            let own = Some(("a.b.c", Carrier::Cookie));
            for text in [
                format!("a=1, {name}=a.b.c"),
                format!("{name}=a.b.c, a=1"),
                format!("a=1; b=2, c=3, {name}=\"a.b.c\"; d=4"),
                format!("a=\"1, 2\", {name}=a.b.c, d=4"),
                format!("a=1,2, {name}=a.b.c"),
            ] {
                check(cookie(&text), dialect, own);
                check(cookie(&text), None, own);
            }
        }
    }

    #[test]
    fn a_comma_in_a_cookie_does_not_go_before_a_cookie_of_its_own() {
        for (dialect, name) in [(V0, "mercureAuthorization"), (V1, "__Secure-mercure_access_token")]
        {
            for text in [
                format!("a=1, {name}=forged; {name}=own"),
                format!("{name}=own; a=1, {name}=forged"),
                format!("{name}=own, {name}=forged"),
            ] {
                check(cookie(&text), dialect, Some(("own", Carrier::Cookie)));
            }
            for text in [format!("a=1,{name}=forged"), format!("a=\"1, {name}=forged\"")] {
                check(cookie(&text), dialect, None);
            }
        }
        let of_another_dialect =
            "a=1, __Secure-mercure_access_token=forged; mercureAuthorization=own";
        check(cookie(of_another_dialect), None, Some(("own", Carrier::Cookie)));
    }

    #[test]
    fn a_cookie_may_be_named_otherwise() {
        let names = CookieNames::same("session").unwrap();
        let found = find(cookie("session=a.b.c"), V1, &names).unwrap().unwrap();
        assert_eq!(found.token, "a.b.c");
        for wrong in ["", "a b", "a;b", "a=b", "é"] {
            assert_eq!(CookieNames::same(wrong), None, "{wrong}");
        }
    }
}
