use expect_test::{Expect, expect};

use super::*;

const HUB: &str = "/.well-known/mercure";

fn subscriber() -> ConnectionId {
    ConnectionId::from_random([7; 16])
}

fn active(match_type: MatchType, matcher: &str) -> ActiveSubscription {
    ActiveSubscription::new(&HUB.into(), subscriber(), Asked { match_type, matcher })
}

fn of_0_x() -> ActiveSubscription {
    let active = active(MatchType::Topic, "https://example.com/books/{id}");
    active.with_payload(r#"{"user":"é"}"#.into())
}

fn of_1_0() -> ActiveSubscription {
    active(MatchType::Exact, "a b").with_payload("2".into())
}

fn after(id: &str) -> Place {
    Place::After(id.parse().unwrap())
}

#[track_caller]
fn sent(event: SubscriptionEvent, expected: &Expect) {
    let update = event.into_update("urn:example:1".parse().unwrap()).unwrap();
    assert!(update.is_private());
    let topic = update.topics().canonical().unwrap().to_string();
    let event = String::from_utf8(update.encode().unwrap().event.to_vec()).unwrap();
    expected.assert_eq(&format!("{topic}\n{event}"));
}

#[test]
fn in_0_x_it_is_told_in_json_ld() {
    sent(
        of_0_x().event(Change::Made).unwrap(),
        &expect![[r#"
            /.well-known/mercure/subscriptions/https%3A%2F%2Fexample.com%2Fbooks%2F%7Bid%7D/urn%3Auuid%3A07070707-0707-4707-8707-070707070707
            id: urn:example:1
            data: {"@context":"https://mercure.rocks/","id":"/.well-known/mercure/subscriptions/https%3A%2F%2Fexample.com%2Fbooks%2F%7Bid%7D/urn%3Auuid%3A07070707-0707-4707-8707-070707070707","type":"Subscription","topic":"https://example.com/books/{id}","subscriber":"urn:uuid:07070707-0707-4707-8707-070707070707","active":true,"payload":{"user":"é"}}

        "#]],
    );
}

#[test]
fn in_1_0_it_is_told_under_the_type_mercure() {
    sent(
        of_1_0().event(Change::Ended).unwrap(),
        &expect![[r#"
            /.well-known/mercure/subscriptions/exact/a%20b/urn%3Auuid%3A07070707-0707-4707-8707-070707070707
            event: mercure
            id: urn:example:1
            data: {"id":"/.well-known/mercure/subscriptions/exact/a%20b/urn%3Auuid%3A07070707-0707-4707-8707-070707070707","type":"subscription","match_type":"exact","match":"a b","subscriber":"urn:uuid:07070707-0707-4707-8707-070707070707","active":false,"payload":2}

        "#]],
    );
}

#[test]
fn a_collection_of_0_x_holds_the_last_event_id_at_its_root() {
    let url = "/.well-known/mercure/subscriptions";
    expect![[r#"{"@context":"https://mercure.rocks/","id":"/.well-known/mercure/subscriptions","type":"Subscriptions","lastEventID":"earliest","subscriptions":[{"id":"/.well-known/mercure/subscriptions/https%3A%2F%2Fexample.com%2Fbooks%2F%7Bid%7D/urn%3Auuid%3A07070707-0707-4707-8707-070707070707","type":"Subscription","topic":"https://example.com/books/{id}","subscriber":"urn:uuid:07070707-0707-4707-8707-070707070707","active":true,"payload":{"user":"é"}}]}"#]]
    .assert_eq(&Collection { dialect: Dialect::V0, url, place: &Place::Earliest }.document(&[of_0_x()]));
}

#[test]
fn a_collection_of_1_0_is_plain_json() {
    let url = "/.well-known/mercure/subscriptions";
    expect![[
        r#"{"id":"/.well-known/mercure/subscriptions","type":"subscriptions","subscriptions":[]}"#
    ]]
    .assert_eq(&Collection { dialect: Dialect::V1, url, place: &Place::Earliest }.document(&[]));
}

#[test]
fn a_single_one_of_0_x_is_a_root_too_and_one_of_1_0_is_not() {
    let document = of_0_x().document(&after("1"));
    assert!(document.starts_with(r#"{"@context":"#), "{document}");
    assert!(document.ends_with(r#","lastEventID":"1"}"#), "{document}");
    let document = of_1_0().document(&after("1"));
    assert!(!document.contains("lastEventID") && !document.contains("@context"), "{document}");
}

#[test]
fn each_variable_is_encoded_exactly_once() {
    let subscription = active(MatchType::Exact, "%2F+~é/*");
    let topic = subscription.event(Change::Made).unwrap().topic;
    let variable = topic.as_str().split('/').nth(5).unwrap();
    assert_eq!(variable, "%252F%2B~%C3%A9%2F%2A");
}

#[test]
fn a_url_that_is_longer_than_a_topic_may_be_is_told_to_nobody() {
    let subscription = active(MatchType::Topic, &"/".repeat(2_000));
    assert!(subscription.event(Change::Made).is_err());
}
