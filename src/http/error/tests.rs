use super::*;
use crate::{
    hub::fields::InvalidFields,
    publishing::{rules::ForbiddenPublication, stream::NothingFound},
    tokens::challenge::NoKey,
    topics::selector_index::TooManySelectors,
};

#[test]
fn a_problem_names_the_field_and_the_way_out() {
    let error = Error::from(InvalidSubscribeRequest::Missing(Dialect::V1));
    assert_eq!(
        error.problem().to_json(),
        "{\"type\":\"about:blank\",\"title\":\"Bad Request\",\"status\":400,\"detail\":\
         \"missing \\\"match\\\" subscription parameter\",\"field\":\"match\"}"
    );
}

fn not_granted() -> Error {
    NotGranted { parameter: "topic", selector: "a".to_owned() }.into()
}

/// The status, the field, and the seconds of `Retry-After`.
#[track_caller]
fn answered(error: &Error, (status, field, seconds): (u16, &str, &str)) {
    let problem: serde_json::Value = serde_json::from_str(&error.problem().to_json()).unwrap();
    assert_eq!(problem["status"], status, "{error:?}");
    assert_eq!(problem["field"].as_str().unwrap_or_default(), field, "{error:?}");
    assert_ne!(problem["title"], "", "{error:?}");
    let retry = error.header().filter(|(name, _)| *name == "Retry-After");
    assert_eq!(retry.map(|(_, seconds)| seconds).unwrap_or_default(), seconds, "{error:?}");
}

#[test]
fn each_refusal_has_its_status_its_field_and_its_time() {
    let unauthorized =
        |reason| Error::Unauthorized { reason, dialect: Dialect::V1, metadata: String::new() };
    let refused = |dialect| {
        let forbidden = ForbiddenPublication::ReservedTopic("x".to_owned());
        Error::PublishRefused(PublishRefused::Forbidden { forbidden, dialect })
    };
    let long = || InvalidPublishRequest::TypeTooLong(2_000);
    let no_fields = || {
        let fields = InvalidFields("id".to_owned());
        Error::from(InvalidSubscribeRequest::from(fields))
    };
    let second = Duration::from_secs(1);
    for (error, expected) in [
        (Error::Host, (400, "Host", "")),
        (Error::Misdirected, (421, "", "")),
        (Error::NotFound, (404, "", "")),
        (Error::HubName, (404, "hub", "")),
        (InvalidSubscriptionPath::NoSubscription.into(), (404, "", "")),
        (InvalidSubscriptionPath::MatchType("x".to_owned()).into(), (400, "match_type", "")),
        (Error::NotAcceptable, (406, "Accept", "")),
        (Error::ContentType, (400, "Content-Type", "")),
        (Error::UnsupportedMediaType, (415, "Content-Type", "")),
        (Error::QueryMediaType, (415, "Content-Type", "")),
        (Error::ContentEncoding, (415, "Content-Encoding", "")),
        (Error::FormTooLarge(1), (413, "body", "")),
        (Error::BodyTooLarge(1), (413, "body", "")),
        (InvalidPublication::LineTooLong(1).into(), (413, "body", "")),
        (InvalidPublication::NothingFound(NothingFound::Lines).into(), (400, "body", "")),
        (InvalidPublication::Request(long()).into(), (400, "type", "")),
        (Error::BodyBroken, (400, "body", "")),
        (Error::StopHasBody, (400, "body", "")),
        (Error::BodySilent(second), (408, "body", "")),
        (Error::Publish(long()), (400, "type", "")),
        (not_granted(), (403, "topic", "")),
        (PublishRefused::Invalid(long()).into(), (400, "type", "")),
        (PublishRefused::OverLimit(long()).into(), (413, "type", "")),
        (refused(Dialect::V0), (403, "topic", "")),
        (refused(Dialect::V1), (400, "topic", "")),
        (UpdateTooLarge { bytes: 1 }.into(), (413, "data", "")),
        (InvalidIdempotencyKey::Empty.into(), (400, "Idempotency-Key", "")),
        (Error::KeyOfStream, (400, "Idempotency-Key", "")),
        (no_fields(), (400, "fields", "")),
        (Error::KeyReused, (422, "Idempotency-Key", "")),
        (Error::TooManyKeys, (429, "Idempotency-Key", "60")),
        (Error::PublishRate(1), (429, "", "1")),
        (TooManyBodies::OfHub(1).into(), (429, "", "1")),
        (TooManyConnections::OfHub(1).into(), (429, "", "15")),
        (unauthorized(Unauthorized::Missing), (401, "Authorization", "")),
        (unauthorized(Unauthorized::KeysUnavailable), (503, "Authorization", "1")),
        (KeyRefused::Missing.into(), (401, "Authorization", "")),
        (KeyRefused::Wrong.into(), (401, "Authorization", "")),
        (KeyRefused::Barred.into(), (429, "Authorization", "60")),
        (Error::History, (503, "", "1")),
        (Error::Unreachable, (503, "", "1")),
        (Error::Unconfirmed, (500, "", "1")),
        (Error::Draining(second), (503, "", "2")),
        (Error::Internal, (500, "", "")),
    ] {
        answered(&error, expected);
    }
}

#[test]
fn a_subscription_that_never_fits_is_wrong_and_does_not_come_back() {
    let alone = TooManyConnections::OfSelectors(TooManySelectors::Alone);
    let error = Error::TooManyConnections(alone);
    assert_eq!((error.problem().status(), error.comes_back(0), error.header()), (400, None, None));
}

#[test]
fn who_is_not_wrong_comes_back_at_a_time_of_its_own() {
    let full = Error::TooManyConnections(TooManyConnections::OfHub(4));
    assert_eq!(full.comes_back(0), Some(Duration::from_secs(2)));
    let latest = full.comes_back(u8::MAX).unwrap();
    assert!((4_990..=5_000).contains(&latest.as_millis()), "{latest:?}");
    let times: std::collections::HashSet<_> =
        (0..=u8::MAX).map(|random| full.comes_back(random)).collect();
    assert_eq!(times.len(), 256);
    let drained = Duration::from_secs(7);
    assert_eq!(Error::Draining(drained).comes_back(1), Some(drained));
}

#[test]
fn what_is_429_or_the_hubs_own_fault_is_temporary_and_a_wrong_request_is_not() {
    let unauthorized =
        |reason| Error::Unauthorized { reason, dialect: Dialect::V1, metadata: String::new() };
    let errors = [
        Error::TooManyConnections(TooManyConnections::OfAddress(1)),
        Error::TooManyKeys,
        Error::PublishRate(1),
        Error::History,
        Error::Unconfirmed,
        Error::Unreachable,
        Error::Draining(Duration::ZERO),
        Error::Internal,
        Error::Claims(InvalidClaims::NotAnObject),
        unauthorized(Unauthorized::KeysUnavailable),
        unauthorized(Unauthorized::Missing),
        unauthorized(NoKey::Publish.into()),
        unauthorized(Unauthorized::Unrecognised),
        unauthorized(Unauthorized::InsufficientScope("a".to_owned())),
        not_granted(),
        Error::from(InvalidSubscribeRequest::Missing(Dialect::V1)),
        Error::NotFound,
        Error::Misdirected,
        Error::Host,
        Error::HubName,
        Error::Method(MethodRefused::NotAllowed("GET")),
        Error::NotAcceptable,
        Error::QueryMediaType,
        Error::BodyTooLarge(1),
        KeyRefused::Missing.into(),
        KeyRefused::Barred.into(),
    ];
    for error in errors {
        let status = error.problem().status();
        let is_temporary = status == 429 || status >= 500;
        assert_eq!(error.comes_back(0).is_some(), is_temporary, "{error:?}: {status}");
    }
}

#[test]
fn a_status_that_obliges_to_a_header_has_it() {
    assert_eq!(
        Error::Method(MethodRefused::NotAllowed("GET")).header(),
        Some(("Allow", "GET".to_owned()))
    );
    let unauthorized = Error::Unauthorized {
        reason: Unauthorized::Missing,
        dialect: Dialect::V0,
        metadata: String::new(),
    };
    let challenge = Some(("WWW-Authenticate", "Bearer".to_owned()));
    assert_eq!(unauthorized.header(), challenge);
    let identity = Some(("Accept-Encoding", "identity".to_owned()));
    assert_eq!(Error::ContentEncoding.header(), identity);
    assert_eq!(Error::NotFound.header(), None);
}
