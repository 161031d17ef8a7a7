//! The claims of an access token of 1.0: RFC 9068 § 4.

use crate::{
    base::{json::Json, timestamp::Timestamp},
    tokens::{
        authorization_details, grants::Grants, invalid_token::InvalidToken, numeric_date::Dates,
        payload::Payload,
    },
};

const NOT_CLAIMS: InvalidToken =
    InvalidToken::Claims("they are not a JSON object with the members of RFC 9068 and RFC 9396");

/// The issuer that a token claims, before its signature is verified: it chooses the keys.
pub(crate) fn issuer<'a>(payload: &'a Payload<'_>) -> Option<&'a str> {
    payload.claims()?.text("iss").ok()?
}

/// The claims that a token must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Expected<'a> {
    /// The issuer whose key verifies the signature.
    pub issuer: &'a str,
    /// The hub's resource identifier, which is the audience.
    pub resource: &'a str,
}

/// Reads the payload of a token whose signature is verified.
///
/// # Errors
/// Why it is refused.
pub(crate) fn parse(
    payload: &Payload<'_>,
    Expected { issuer, resource }: Expected<'_>,
    now: Timestamp,
) -> Result<Grants, InvalidToken> {
    let claims = payload.claims().ok_or(NOT_CLAIMS)?;
    if claims.text("iss") != Ok(Some(issuer)) {
        return Err(InvalidToken::Issuer);
    }
    // A text or a list of texts: RFC 7519 § 4.1.3.
    let names_hub = match claims.get("aud") {
        Some(Json::Text(one)) => one == resource,
        Some(_) => claims
            .texts("aud")
            .map_err(|_| NOT_CLAIMS)?
            .is_some_and(|many| many.contains(&resource)),
        None => false,
    };
    if !names_hub {
        return Err(InvalidToken::Audience);
    }
    let dates = Dates::of(claims).map_err(|_| NOT_CLAIMS)?;
    if dates.exp.is_none() {
        return Err(InvalidToken::Claims("\"exp\" is missing"));
    }
    let expires = dates.check(now)?;
    let details = claims.list("authorization_details").map_err(|_| NOT_CLAIMS)?;
    authorization_details::grants(details.unwrap_or_default(), expires)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn read(claims: &str) -> Result<Grants, InvalidToken> {
        let expected =
            Expected { issuer: "https://a.example", resource: "https://hub.example/hub" };
        parse(&Payload::new(claims), expected, NOW)
    }

    fn claims(iss: &str, aud: &str, rest: &str) -> String {
        format!(r#"{{"iss":{iss},"aud":{aud},{rest}}}"#)
    }

    const ISS: &str = r#""https://a.example""#;
    const AUD: &str = r#""https://hub.example/hub""#;
    const EXP: &str = r#""exp":1800000001"#;

    #[test]
    fn the_audience_is_a_text_or_a_list() {
        assert!(read(&claims(ISS, AUD, EXP)).is_ok());
        assert!(read(&claims(ISS, &format!(r#"["other",{AUD}]"#), EXP)).is_ok());
        for wrong in [r#""https://hub.example/hub/""#, r#"["other"]"#, "[]", "null", r#""""#] {
            assert_eq!(read(&claims(ISS, wrong, EXP)), Err(InvalidToken::Audience), "{wrong}");
        }
        assert!(matches!(read(&claims(ISS, "7", EXP)), Err(InvalidToken::Claims(_))));
    }

    #[test]
    fn the_issuer_is_the_one_whose_key_verified() {
        for wrong in [r#""https://a.example/""#, r#""https://b.example""#, "null"] {
            assert_eq!(read(&claims(wrong, AUD, EXP)), Err(InvalidToken::Issuer), "{wrong}");
        }
    }

    #[test]
    fn an_expiry_must_be_there_and_ahead() {
        let missing = read(&claims(ISS, AUD, r#""x":1"#));
        assert_eq!(missing, Err(InvalidToken::Claims("\"exp\" is missing")));
        let past = read(&claims(ISS, AUD, r#""exp":1800000000"#));
        assert_eq!(past, Err(InvalidToken::Expired));
        let early = read(&claims(ISS, AUD, r#""exp":1900000000,"nbf":1800000006"#));
        assert_eq!(early, Err(InvalidToken::NotYetValid));
    }

    #[test]
    fn without_details_nothing_is_granted() {
        let grants = read(&claims(ISS, AUD, EXP)).unwrap();
        assert!(grants.publish.is_empty() && grants.subscribe.is_empty());
        assert_eq!(grants.expires, Some(Timestamp::from_millis(1_800_000_001_000)));
    }

    #[test]
    fn details_that_are_no_list_are_refused() {
        let refused = read(&claims(ISS, AUD, r#""exp":1800000001,"authorization_details":{}"#));
        assert!(matches!(refused, Err(InvalidToken::Claims(_))));
    }
}
