use super::*;
use crate::log::{closing::EndReason, update_id::IdOrigin};

#[track_caller]
fn refused(form: &str, field: &str, detail: &str) {
    let error = PublishRequest::from_form(form.as_bytes()).unwrap_err();
    assert_eq!((error.field(), error.to_string().as_str()), (field, detail));
}

fn update(form: &str) -> Update {
    let request = PublishRequest::from_form(form.as_bytes()).unwrap();
    request.into_update("generated".parse().unwrap())
}

#[track_caller]
fn sent(form: &str, event: &str) {
    let encoded = update(form).encode().unwrap();
    assert_eq!(std::str::from_utf8(&encoded.event).unwrap(), event);
}

#[test]
fn every_field_reaches_the_event_stream() {
    sent(
        "topic=a&data=x%0Ay&id=i&type=t&retry=5000",
        "event: t\nretry: 5000\nid: i\ndata: x\ndata: y\n\n",
    );
}

#[test]
fn an_update_without_data_is_sent_with_empty_data() {
    sent("topic=a", "id: generated\ndata: \n\n");
}

#[test]
fn empty_fields_are_as_good_as_none() {
    sent("topic=a&id=&type=&retry=", "id: generated\ndata: \n\n");
    sent("topic=a&retry=00", "id: generated\ndata: \n\n");
}

#[test]
fn of_a_field_given_twice_the_first_counts() {
    sent("topic=a&id=1&id=2&data=x&data=y", "id: 1\ndata: x\n\n");
}

#[test]
fn private_counts_by_being_there() {
    assert!(update("topic=a&private").is_private());
    assert!(update("topic=a&private=false").is_private());
    assert!(!update("topic=a&privat=on").is_private());
}

#[test]
fn a_missing_topic_is_named() {
    refused("data=x", "topic", "Missing \"topic\" parameter: name at least one topic");
}

#[test]
fn the_thousand_and_first_topic_is_refused() {
    let form = "topic=a&".repeat(1_001);
    refused(
        &form,
        "topic",
        "Invalid \"topic\" parameter: there are 1001 topics, the limit is 1000",
    );
    assert!(PublishRequest::from_form(&form.as_bytes()[8..]).is_ok());
}

#[test]
fn control_characters_are_refused_where_they_would_break_the_stream() {
    for (form, field) in [
        ("topic=a&id=x%0Ay", "id"),
        ("topic=a&id=x%0Dy", "id"),
        ("topic=a&id=x%00y", "id"),
        ("topic=a&id=x%09y", "id"),
        ("topic=a&id=x%7F", "id"),
        ("topic=a&id=%20x", "id"),
        ("topic=a&id=x+", "id"),
        ("topic=a&id=caf%C3%A9-1", "id"),
        ("topic=a&type=x%0Ay", "type"),
        ("topic=a&type=x%0Dy", "type"),
        ("topic=a&type=x%00y", "type"),
        ("topic=a%0Ab", "topic"),
        ("topic=a&retry=5%0A", "retry"),
    ] {
        assert_eq!(PublishRequest::from_form(form.as_bytes()).unwrap_err().field(), field);
    }
}

#[test]
fn a_retry_that_no_client_can_wait_for_is_refused() {
    for retry in
        ["invalid", "-1", "1.5", "1s", "2147483648", "4294967296", "99999999999999999999999"]
    {
        let form = format!("topic=a&retry={retry}");
        assert_eq!(PublishRequest::from_form(form.as_bytes()).unwrap_err().field(), "retry");
    }
}

#[test]
fn ids_that_the_protocol_reserves_are_refused() {
    refused("topic=a&id=earliest", "id", "Invalid \"id\" parameter: \"earliest\" is reserved");
    refused("topic=a&id=%23x", "id", "Invalid \"id\" parameter: \"#x\" is reserved");
}

#[test]
fn an_id_or_type_over_its_limit_is_refused() {
    for field in ["id", "type"] {
        let form = format!("topic=a&{field}={}", "x".repeat(1_025));
        assert_eq!(PublishRequest::from_form(form.as_bytes()).unwrap_err().field(), field);
        assert!(PublishRequest::from_form(&form.as_bytes()[..form.len() - 1]).is_ok());
    }
}

#[test]
fn an_id_is_the_hubs_if_the_publisher_gave_none() {
    let origin = |form: &str| update(form).encode().unwrap().id_origin;
    assert_eq!(origin("topic=a&private=on"), IdOrigin::Hub);
    assert_eq!(origin("topic=a&private=on&id="), IdOrigin::Hub);
    assert_eq!(origin("topic=a&private=on&id=1"), IdOrigin::Publisher);
}

#[test]
fn a_field_that_is_not_utf_8_is_named() {
    refused("topic=%ff", "topic", "Invalid form: the field \"topic\" is not UTF-8");
    sent("topic=a&utm=%ff", "id: generated\ndata: \n\n");
}

#[test]
fn a_form_closes_its_topics_behind_its_update_or_alone() {
    for (form, has_update) in [
        ("topic=a&close", false),
        ("topic=a&close=done&private", false),
        ("topic=a&close&id=&type=&retry=", false),
        ("topic=a&close&data=", true),
        ("topic=a&close&id=1", true),
        ("topic=a&close&type=t", true),
        ("topic=a&close&retry=500", true),
    ] {
        let request = PublishRequest::from_form(form.as_bytes()).unwrap();
        assert_eq!((request.closes(), request.has_update()), (Some(EndReason::Done), has_update));
    }
    let open = PublishRequest::from_form(b"topic=a").unwrap();
    assert_eq!((open.closes(), open.has_update()), (None, true));
    let first = PublishRequest::from_form(b"topic=a&close=broken&close=done").unwrap();
    assert_eq!(first.closes(), Some(EndReason::Broken));
}

#[test]
fn a_wrong_close_is_named() {
    refused(
        "topic=a&close=no",
        "close",
        "Invalid \"close\" parameter: \"no\" is no reason; it is done, which is the same without a value, or broken",
    );
}

#[test]
fn the_end_of_a_body_closes_its_topics_as_its_query_says() {
    let target = StreamTarget::of_events("topic=a&topic=b&close&private").unwrap();
    let closing = PublishRequest::at_end_of(&target, EndReason::Broken);
    assert_eq!((closing.closes(), closing.has_update()), (Some(EndReason::Broken), false));
    let closings: Vec<_> = closing.closings().into_iter().map(|closing| closing.topic).collect();
    assert_eq!(closings, closing.topics().as_slice());
    assert!(closing.closings().iter().all(|closing| closing.private));
}
