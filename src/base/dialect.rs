//! The two dialects of Mercure, and how a request's dialect is found: the one place that says it.
//!
//! | what is seen | dialect |
//! |---|---|
//! | a subscription with `topic` | 0.x |
//! | a subscription with `match…`, or by QUERY | 1.0 |
//! | a publication with a token whose `typ` is `at+jwt`, while an issuer is trusted | 1.0 |
//! | a publication with any other token | 0.x |
//! | a publication that is refused, without a readable token or a key of 0.x | [`Dialect::of_hub`] |
//!
//! A subscription of 0.x may show a token of either kind. One of 1.0 may not show a token of 0.x:
//! RFC 9068 § 4 refuses every other `typ`.
//!
//! While no issuer is trusted an `at+jwt` is a token of 0.x: authorization servers issue them with
//! the namespaced claim to hubs of 0.x.

/// A dialect of the protocol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// draft-dunglas-mercure-07: every stable release up to 0.x.
    #[default]
    V0,
    /// draft-dunglas-mercure-08: 1.0.
    V1,
}

/// Whether a hub trusts an issuer of access tokens of 1.0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trusts {
    /// It trusts none.
    NoIssuer,
    /// It trusts one or more.
    AnIssuer,
}

impl Dialect {
    /// The response header that answers a last event ID: draft-07 § 6, draft-08 "Reconnection".
    #[must_use]
    pub fn last_event_id_header(self) -> &'static str {
        match self {
            Self::V0 => "Last-Event-ID",
            Self::V1 => "Mercure-Last-Event-ID",
        }
    }

    /// The dialect of a refusal when the request shows none: 1.0 when an issuer is trusted.
    #[must_use]
    pub(crate) fn of_hub(hub: Trusts) -> Self {
        match hub {
            Trusts::NoIssuer => Self::V0,
            Trusts::AnIssuer => Self::V1,
        }
    }

    /// The dialect of a token with this `typ` header, RFC 9068 § 4: the prefix `application/` and
    /// the case do not count.
    #[must_use]
    pub(crate) fn of_token(typ: Option<&str>, hub: Trusts) -> Self {
        let is_access_token = typ.is_some_and(|typ| {
            ["at+jwt", "application/at+jwt"].iter().any(|known| typ.eq_ignore_ascii_case(known))
        });
        if is_access_token { Self::of_hub(hub) } else { Self::V0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_access_token_is_known_by_its_type_in_any_case() {
        for typ in ["at+jwt", "AT+JWT", "application/at+jwt", "Application/AT+jwt"] {
            assert_eq!(Dialect::of_token(Some(typ), Trusts::AnIssuer), Dialect::V1, "{typ}");
            assert_eq!(Dialect::of_token(Some(typ), Trusts::NoIssuer), Dialect::V0, "{typ}");
        }
        for typ in [None, Some("JWT"), Some("jwt"), Some("at-jwt"), Some("text/at+jwt"), Some("")] {
            assert_eq!(Dialect::of_token(typ, Trusts::AnIssuer), Dialect::V0, "{typ:?}");
        }
    }
}
