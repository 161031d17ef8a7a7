//! The grants of an access token: RFC 9396, with the type of draft-dunglas-mercure-08.

use crate::{
    base::{
        dialect::Dialect,
        json::Json,
        limits::{MAX_DETAIL_TOPICS, MAX_DETAILS, MAX_TOPIC_BYTES},
        timestamp::Timestamp,
    },
    tokens::{
        grants::{Grants, Selector, SubscribeGrant},
        invalid_token::InvalidToken,
    },
    topics::mercure_string,
};

/// The `type` of a detail that is meant for a hub, compared byte by byte.
pub(crate) const TYPE: &str = "https://mercure.rocks/authorization-detail";

/// The grants of the details.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Granted {
    publish: Vec<Selector>,
    subscribe: Vec<SubscribeGrant>,
}

/// The grants of the details of claims.
pub(crate) fn grants(
    details: &[Json<'_>],
    expires: Option<Timestamp>,
) -> Result<Grants, InvalidToken> {
    let Granted { publish, subscribe } = parse(details)?;
    let dialect = Dialect::V1;
    Ok(Grants { dialect, publish, has_publish_claim: false, subscribe, expires })
}

/// Reads the details. Details of another type are passed over. One wrong detail of this type refuses
/// the token as a whole. A `urlpattern` is checked later, when it is compiled.
fn parse(details: &[Json<'_>]) -> Result<Granted, InvalidToken> {
    let ours = details.iter().filter(|detail| detail.text("type") == Ok(Some(TYPE)));
    let mut granted = Granted::default();
    let mut topic_count = 0;
    for (before, detail) in ours.enumerate() {
        within("authorization details", before + 1, MAX_DETAILS)?;
        topic_count += granted.add(detail)?;
        within_topics(topic_count)?;
    }
    Ok(granted)
}

impl Granted {
    /// Adds a detail, and returns the number of its topics.
    fn add(&mut self, detail: &Json<'_>) -> Result<usize, InvalidToken> {
        let actions = detail.texts("actions").ok().flatten().unwrap_or_default();
        if actions.is_empty() {
            return Err(InvalidToken::Claims(
                "the \"actions\" of an authorization detail are not a list of texts",
            ));
        }
        let topics = detail.list("topics").ok().flatten().unwrap_or_default();
        if topics.is_empty() {
            return Err(InvalidToken::Claims(
                "the \"topics\" of an authorization detail are not a list of objects",
            ));
        }
        let topics = selectors(topics)?;
        let payload = payload(detail)?;
        let count = topics.len();
        if actions.contains(&"publish") {
            self.publish.extend_from_slice(&topics);
        }
        if actions.contains(&"subscribe") {
            self.subscribe.push(SubscribeGrant { topics, payload });
        }
        Ok(count)
    }
}

/// Reads a list of topics.
pub(crate) fn selectors(topics: &[Json<'_>]) -> Result<Vec<Selector>, InvalidToken> {
    within_topics(topics.len())?;
    topics.iter().map(selector).collect()
}

/// Reads the payload that is beside topics.
pub(crate) fn payload(of: &Json<'_>) -> Result<Option<String>, InvalidToken> {
    let payload = of.get("payload");
    if payload.is_some_and(|payload| !payload.is_object()) {
        return Err(InvalidToken::Claims("a \"payload\" is not an object"));
    }
    Ok(payload.map(Json::to_string))
}

fn selector(topic: &Json<'_>) -> Result<Selector, InvalidToken> {
    let pattern = topic.text("match").ok().flatten().ok_or(InvalidToken::Claims(
        "a topic of an authorization detail is not an object with the text \"match\"",
    ))?;
    let is_pattern = match topic.text("match_type") {
        Ok(None | Some("exact")) => false,
        Ok(Some("urlpattern")) => true,
        _ => {
            return Err(InvalidToken::Claims(
                "a \"match_type\" is not \"exact\" or \"urlpattern\"",
            ));
        }
    };
    let refused = |reason: String| {
        // Enough of it to find it again.
        Err(InvalidToken::Selector { selector: pattern.chars().take(100).collect(), reason })
    };
    if pattern.is_empty() {
        return refused("it is empty".to_owned());
    }
    if pattern.len() > MAX_TOPIC_BYTES {
        return refused(format!("it has {} bytes, the limit is {MAX_TOPIC_BYTES}", pattern.len()));
    }
    if let Err(forbidden) = mercure_string::check(pattern) {
        return refused(forbidden.to_string());
    }
    Ok(match (pattern, is_pattern) {
        ("*", _) => Selector::All,
        (_, true) => Selector::UrlPattern(pattern.to_owned()),
        (_, false) => Selector::Exact(pattern.to_owned()),
    })
}

/// Checks the number of all topics.
pub(crate) fn within_topics(count: usize) -> Result<(), InvalidToken> {
    within("topics of authorization details", count, MAX_DETAIL_TOPICS)
}

fn within(of: &'static str, count: usize, limit: usize) -> Result<(), InvalidToken> {
    if count > limit { Err(InvalidToken::TooMany { of, count, limit }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn details(text: &str) -> Result<Granted, InvalidToken> {
        let Ok(Json::List(details)) = crate::base::json::parse(text) else {
            return Err(InvalidToken::Claims("they cannot be read"));
        };
        parse(&details)
    }

    /// One detail of our type with these members.
    fn detail(members: &str) -> String {
        format!(r#"{{"type":"{TYPE}",{members}}}"#)
    }

    fn one(members: &str) -> Result<Granted, InvalidToken> {
        details(&format!("[{}]", detail(members)))
    }

    fn exact(topic: &str) -> Selector {
        Selector::Exact(topic.to_owned())
    }

    #[track_caller]
    fn refused(members: &str) {
        assert!(one(members).is_err(), "{members}");
    }

    #[test]
    fn both_match_types_and_the_star_are_read() {
        let granted = one(
            r#""actions":["publish"],"topics":[{"match":"a"},{"match":"b","match_type":"exact"},
            {"match":"/c/:id","match_type":"urlpattern"},{"match":"*","match_type":"urlpattern"}]"#,
        );
        assert_eq!(
            granted.unwrap().publish,
            [exact("a"), exact("b"), Selector::UrlPattern("/c/:id".to_owned()), Selector::All]
        );
    }

    #[test]
    fn details_of_another_type_may_have_any_shape() {
        let foreign = r#"[{"type":"payment","actions":7,"topics":"x"},{"type":"https://mercure.rocks/"},
            {"type":"HTTPS://mercure.rocks/authorization-detail"},{"type":["https://mercure.rocks/authorization-detail"]},
            {"actions":[]},[],7,null,"x"]"#;
        assert_eq!(details(foreign), Ok(Granted::default()));
    }

    #[test]
    fn a_list_that_is_empty_missing_or_no_list_is_refused() {
        refused(r#""actions":[],"topics":[{"match":"a"}]"#);
        refused(r#""actions":["publish"],"topics":[]"#);
        refused(r#""actions":["publish"]"#);
        refused(r#""topics":[{"match":"a"}]"#);
        refused(r#""actions":"publish","topics":[{"match":"a"}]"#);
        refused(r#""actions":[1],"topics":[{"match":"a"}]"#);
        refused(r#""actions":null,"topics":[{"match":"a"}]"#);
        refused(r#""actions":["publish"],"topics":{"match":"a"}"#);
    }

    #[test]
    fn a_topic_of_another_form_is_refused() {
        for topic in [
            r#""a""#,
            "null",
            "[\"a\"]",
            "{}",
            r#"{"match":""}"#,
            r#"{"match":null}"#,
            r#"{"match":7}"#,
            r#"{"match_type":"exact"}"#,
            r#"{"match":"a","match_type":"regexp"}"#,
            r#"{"match":"a","match_type":"Exact"}"#,
            r#"{"match":"a","match_type":""}"#,
            r#"{"match":"*","match_type":"topic"}"#,
            r#"{"match":"a\u0000"}"#,
            r#"{"match":"a\u202e"}"#,
            r#"{"match":"a","match":"b"}"#,
        ] {
            refused(&format!(r#""actions":["publish"],"topics":[{topic}]"#));
        }
    }

    #[test]
    fn one_wrong_detail_refuses_the_whole_token() {
        let right = detail(r#""actions":["publish"],"topics":[{"match":"a"}]"#);
        let wrong = detail(r#""actions":["publish"],"topics":[]"#);
        assert!(details(&format!("[{right},{wrong}]")).is_err());
    }

    #[test]
    fn unknown_actions_grant_nothing() {
        let granted = one(r#""actions":["delete","Publish"],"topics":[{"match":"a"}]"#);
        assert_eq!(granted, Ok(Granted::default()));
        let granted = one(r#""actions":["delete","publish"],"topics":[{"match":"a"}]"#);
        assert_eq!(granted.unwrap().publish, [exact("a")]);
    }

    #[test]
    fn a_grant_to_publish_is_none_to_subscribe_and_the_other_way_round() {
        let publish = detail(r#""actions":["publish"],"topics":[{"match":"a"}]"#);
        let subscribe = detail(r#""actions":["subscribe"],"topics":[{"match":"b"}]"#);
        let granted = details(&format!("[{publish},{subscribe}]")).unwrap();
        assert_eq!(granted.publish, [exact("a")]);
        assert_eq!(granted.subscribe.len(), 1);
        assert_eq!(granted.subscribe[0].topics, [exact("b")]);
    }

    #[test]
    fn payloads_stay_with_their_details_and_are_objects() {
        let subscribe = |payload: &str| {
            one(&format!(
                r#""actions":["subscribe"],"topics":[{{"match":"a"}}],"payload":{payload}"#
            ))
        };
        let granted = subscribe(r#"{"user": 1}"#).unwrap();
        assert_eq!(granted.subscribe[0].payload.as_deref(), Some(r#"{"user":1}"#));
        assert_eq!(subscribe("null").unwrap().subscribe[0].payload, None);
        for wrong in ["1", "[]", "\"x\"", "true"] {
            assert!(subscribe(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn details_and_their_topics_together_end_at_their_limits() {
        let of = |topics: usize| {
            let topics = vec![r#"{"match":"a"}"#; topics].join(",");
            detail(&format!(r#""actions":["publish"],"topics":[{topics}]"#))
        };
        let many = |count: usize, topics: usize| {
            details(&format!("[{}]", vec![of(topics); count].join(",")))
        };
        assert!(many(1, MAX_DETAIL_TOPICS).is_ok());
        assert!(many(1, MAX_DETAIL_TOPICS + 1).is_err());
        assert!(many(2, 50).is_ok());
        assert!(many(2, 51).is_err());
        assert!(many(MAX_DETAILS, 1).is_ok());
        assert!(many(MAX_DETAILS + 1, 1).is_err());
        let foreign = vec!["{}"; 2 * MAX_DETAILS].join(",");
        assert!(details(&format!("[{foreign}]")).is_ok());
    }
}
