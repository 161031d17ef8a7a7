//! The claims of a token of 0.x: draft-dunglas-mercure-07 § 6, authorization.

use crate::{
    base::{dialect::Dialect, json::Json, limits::MAX_CLAIM_SELECTORS, timestamp::Timestamp},
    tokens::{
        grants::{Grants, Selector, SubscribeGrant},
        invalid_token::InvalidToken,
        numeric_date::Dates,
        payload::Payload,
    },
};

/// The claim for issuers that allow none but names that are URIs.
pub(crate) const NAMESPACED: &str = "https://mercure.rocks/";

const NOT_CLAIMS: InvalidToken =
    InvalidToken::Claims("they are not a JSON object, or a date is not a number");

const NOT_MERCURE: InvalidToken = InvalidToken::Claims(
    "\"mercure\" is not an object whose \"publish\" and \"subscribe\" are lists of texts",
);

/// Reads the payload of a token whose signature is verified. A token without the claim grants
/// nothing; the namespaced claim wins over the plain one.
///
/// # Errors
/// Why it is refused.
pub(crate) fn parse(payload: &Payload<'_>, now: Timestamp) -> Result<Grants, InvalidToken> {
    let claims = payload.claims().ok_or(NOT_CLAIMS)?;
    let expires = Dates::of(claims).map_err(|_| NOT_CLAIMS)?.check(now)?;
    grants(claim(claims).unwrap_or(&Json::Null), expires)
}

/// The claim of Mercure among these claims.
pub(crate) fn claim<'a, 'json>(claims: &'a Json<'json>) -> Option<&'a Json<'json>> {
    claims.get(NAMESPACED).or(claims.get("mercure"))
}

/// The grants of an object with the members of the claim. `null` grants nothing.
pub(crate) fn grants(
    mercure: &Json<'_>,
    expires: Option<Timestamp>,
) -> Result<Grants, InvalidToken> {
    if !matches!(mercure, Json::Object(_) | Json::Null) {
        return Err(NOT_MERCURE);
    }
    let subscribe = SubscribeGrant {
        topics: selectors(mercure, "subscribe")?,
        payload: mercure.get("payload").map(Json::to_string),
    };
    let publish = selectors(mercure, "publish")?;
    let has_publish_claim = !matches!(mercure.get("publish"), None | Some(Json::Null));
    let (dialect, subscribe) = (Dialect::V0, vec![subscribe]);
    Ok(Grants { dialect, publish, has_publish_claim, subscribe, expires })
}

fn selectors(mercure: &Json<'_>, of: &'static str) -> Result<Vec<Selector>, InvalidToken> {
    let list = mercure.texts(of).map_err(|_| NOT_MERCURE)?.unwrap_or_default();
    if list.len() > MAX_CLAIM_SELECTORS {
        return Err(InvalidToken::TooMany { of, count: list.len(), limit: MAX_CLAIM_SELECTORS });
    }
    let selector = |text: &str| match text {
        "*" => Selector::All,
        text => Selector::TopicSelector(text.to_owned()),
    };
    Ok(list.into_iter().map(selector).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(payload: &str, now: Timestamp) -> Result<Grants, InvalidToken> {
        super::parse(&Payload::new(payload), now)
    }

    #[test]
    fn a_publish_claim_may_grant_everything()
    -> Result<(), crate::tokens::invalid_token::InvalidToken> {
        let grants = parse(r#"{"mercure":{"publish":["*"]}}"#, Timestamp::from_millis(0))?;
        assert_eq!(grants.publish, [Selector::All]);
        Ok(())
    }

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn selector(text: &str) -> Selector {
        Selector::TopicSelector(text.to_owned())
    }

    #[test]
    fn both_lists_and_the_payload_are_read() {
        let claims = r#"{"mercure":{"publish":["foo","bar"],"subscribe":["foo","*"],
            "payload":{"b":1, "a":2}}}"#;
        let grants = parse(claims, NOW).unwrap();
        assert_eq!(grants.publish, [selector("foo"), selector("bar")]);
        assert_eq!(grants.subscribe[0].topics, [selector("foo"), Selector::All]);
        assert_eq!(grants.subscribe[0].payload.as_deref(), Some(r#"{"b":1,"a":2}"#));
    }

    #[test]
    fn the_namespaced_claim_is_read_and_wins() {
        let claims = r#"{"mercure":{"publish":["a"]},"https://mercure.rocks/":{"publish":["b"]}}"#;
        assert_eq!(parse(claims, NOW).unwrap().publish, [selector("b")]);
    }

    #[test]
    fn what_is_absent_grants_nothing() {
        for claims in
            ["{}", r#"{"mercure":{}}"#, r#"{"mercure":null}"#, r#"{"mercure":{"publish":null}}"#]
        {
            let grants = parse(claims, NOW).unwrap();
            assert!(grants.publish.is_empty() && grants.subscribe[0].topics.is_empty(), "{claims}");
            assert!(!grants.has_publish_claim, "{claims}");
        }
        let empty = parse(r#"{"mercure":{"publish":[]}}"#, NOW).unwrap();
        assert!(empty.publish.is_empty() && empty.has_publish_claim);
    }

    #[test]
    fn claims_of_another_form_are_refused() {
        for claims in [
            "",
            "[]",
            "null",
            r#"{"exp":"1800000001"}"#,
            r#"{"mercure":["a"]}"#,
            r#"{"mercure":"*"}"#,
            r#"{"mercure":{"publish":"*"}}"#,
            r#"{"mercure":{"publish":[1]}}"#,
            r#"{"mercure":{"subscribe":[["a"]]}}"#,
            r#"{"mercure":{"publish":[],"publish":["*"]}}"#,
        ] {
            assert!(matches!(parse(claims, NOW), Err(InvalidToken::Claims(_))), "{claims}");
        }
    }

    #[test]
    fn a_list_ends_at_its_limit() {
        let of = |count: usize| {
            let list = vec!["\"a\""; count].join(",");
            parse(&format!(r#"{{"mercure":{{"subscribe":[{list}]}}}}"#), NOW)
        };
        assert!(of(MAX_CLAIM_SELECTORS).is_ok());
        assert!(matches!(
            of(MAX_CLAIM_SELECTORS + 1),
            Err(InvalidToken::TooMany { count: 1_001, .. })
        ));
    }

    #[test]
    fn dates_are_held_against_the_time() {
        assert_eq!(parse(r#"{"exp":1800000000}"#, NOW), Err(InvalidToken::Expired));
        assert_eq!(parse(r#"{"nbf":1800000005.5}"#, NOW), Err(InvalidToken::NotYetValid));
        let later = Timestamp::from_millis(1_800_000_001_000);
        assert_eq!(parse(r#"{"exp":1800000001}"#, NOW).unwrap().expires, Some(later));
    }
}
