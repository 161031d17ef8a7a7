use super::*;
use crate::{
    base::limits::{MAX_ID_BYTES, MAX_MATCHERS, MAX_SELECTORS},
    hub::finite_read::InvalidFiniteRead,
    tokens::selector_totals::OverTotal,
};

fn parse(
    query: &str,
    form: Option<&[u8]>,
    header: Option<&str>,
) -> Result<SubscribeRequest, InvalidSubscribeRequest> {
    SubscribeRequest::parse(SubscribeParts { query, form, header }, &())
}

fn after(id: &str) -> LastEventId {
    LastEventId::After(id.parse().unwrap())
}

#[track_caller]
fn begins(query: &str, header: Option<&str>, expected: Option<&LastEventId>) {
    let request = parse(query, None, header).unwrap();
    assert_eq!(request.last_event_id(), expected);
}

#[track_caller]
fn refused(query: &str, header: Option<&str>, field: &str) {
    assert_eq!(parse(query, None, header).unwrap_err().field(), field);
}

#[test]
fn selectors_keep_their_order() {
    let request = parse("topic=b&x=y&topic=*&topic=a", None, None).unwrap();
    let selectors: Vec<_> = request.subscriptions().iter().map(Subscription::as_str).collect();
    assert_eq!(selectors, ["b", "*", "a"]);
}

#[test]
fn without_a_last_event_id_the_stream_is_live() {
    begins("topic=a", None, None);
}

#[test]
fn an_empty_last_event_id_is_seen_but_wins_over_nothing() {
    begins("topic=a&lastEventID=", None, Some(&LastEventId::Empty));
    begins("topic=a", Some(""), Some(&LastEventId::Empty));
    begins("topic=a&lastEventID=x", Some(""), Some(&after("x")));
    begins("topic=a&lastEventID=&Last-Event-ID=old", None, Some(&after("old")));
    begins("topic=a&lastEventID=&last_event_id=x&lastEventID=y", None, Some(&after("x")));
    begins("match=a&last_event_id=&lastEventID=", None, Some(&LastEventId::Empty));
}

#[test]
fn who_names_its_last_event_id_in_the_header_comes_back() {
    let is_returning = |query, header| parse(query, None, header).unwrap().is_returning();
    assert!(is_returning("topic=a", Some("x")));
    assert!(!is_returning("topic=a&lastEventID=x", None));
    assert!(!is_returning("topic=a&lastEventID=x", Some("")));
    assert!(is_returning("topic=a&lastEventID=x&lastEventId=y", None));
    assert!(!is_returning("topic=a&lastEventId=", None));
}

#[test]
fn every_spelling_in_the_query_is_read() {
    for name in
        ["lastEventID", "last_event_id", "lastEventId", "evs_last_event_id", "Last-Event-ID"]
    {
        begins(&format!("topic=a&{name}=x"), None, Some(&after("x")));
    }
}

#[test]
fn of_the_query_that_of_version_7_comes_last_and_is_of_0_x_alone() {
    begins("topic=a&Last-Event-ID=old&lastEventID=new", None, Some(&after("new")));
    begins("match=a&Last-Event-ID=old", None, None);
}

#[test]
fn what_a_polyfill_adds_when_it_comes_back_wins_over_where_the_application_began() {
    begins("topic=a&lastEventID=earliest&lastEventId=9", None, Some(&after("9")));
    begins("match=a&last_event_id=1&evs_last_event_id=9", None, Some(&after("9")));
    begins("topic=a&lastEventId=query", Some("header"), Some(&after("header")));
}

#[test]
fn a_matcher_without_a_value_is_that_of_the_empty_topic() {
    for query in ["match=", "match", "match_exact=", "match_urlpattern=", "match=&match"] {
        let request = parse(query, None, None).unwrap();
        assert_eq!((request.subscriptions(), request.dialect()), (&[][..], Dialect::V1));
    }
    let request = parse("match=&match=a", None, None).unwrap();
    assert_eq!(request.subscriptions().len(), 1);
    assert!(parse("", Some(b"match="), None).is_ok());
}

#[test]
fn what_is_not_ours_need_not_be_utf_8() {
    begins("utm=%ff&topic=a&%ff=x", None, None);
    begins("match=a&utm=%ff", None, None);
    for query in ["topic=%ff", "match=%ff", "match_%ff=a", "topic=a&lastEventId=%ff"] {
        let refused = parse(query, None, None);
        assert!(matches!(refused, Err(InvalidSubscribeRequest::NotUtf8(_))), "{query}");
    }
}

#[test]
fn the_header_wins_over_the_query() {
    begins("topic=a&lastEventID=query", Some("header"), Some(&after("header")));
}

#[test]
fn earliest_asks_for_everything() {
    begins("topic=a", Some("earliest"), Some(&LastEventId::Earliest));
}

#[test]
fn a_request_without_a_topic_is_refused() {
    refused("", None, "topic");
    refused("topic=", None, "topic");
}

#[test]
fn more_selectors_than_allowed_are_refused() {
    refused(&"topic=a&".repeat(MAX_SELECTORS + 1), None, "topic");
    let most = "topic=a&".repeat(MAX_SELECTORS);
    assert!(parse(&most, None, None).is_ok());
    refused(&"match=a&".repeat(MAX_MATCHERS + 1), None, "match");
}

#[test]
fn selectors_that_are_too_much_together_are_refused_before_one_is_compiled() {
    let long = format!("topic={}&", "x".repeat(4_000));
    refused(&long.repeat(33), None, "topic");
    assert!(parse(&long.repeat(32), None, None).is_ok());
    let variables = format!("topic={}", "{a}".repeat(1_025));
    refused(&variables, None, "topic");
    // No pattern is one for this parser: it is not asked.
    let pattern = format!("match_urlpattern={}", ":a".repeat(600));
    refused(&pattern, None, "match_urlpattern");
    let form = format!("{pattern}&{pattern}");
    let over = parse("match=x", Some(form.as_bytes()), None);
    let parameter = "match_urlpattern".to_owned();
    let expected = InvalidSubscribeRequest::OverTotal { over: OverTotal::Places(1_200), parameter };
    assert_eq!(over, Err(expected));
}

#[test]
fn a_bad_last_event_id_is_refused_wherever_it_stands() {
    refused("topic=a", Some(&"x".repeat(MAX_ID_BYTES + 1)), "Last-Event-ID");
    refused("topic=a&lastEventID=a%0Ab", None, "Last-Event-ID");
    refused("topic=a&last_event_id=a%00b", None, "Last-Event-ID");
    refused("topic=a", Some("a\tb"), "Last-Event-ID");
}

#[test]
fn a_match_parameter_makes_it_a_request_of_1_0() {
    for (query, match_type) in [
        ("match=a{b}", MatchType::Exact),
        ("match_exact=a{b}", MatchType::Exact),
        ("x=y&m%61tch=a{b}", MatchType::Exact),
        ("topic=a{b}", MatchType::Topic),
    ] {
        let request = parse(query, None, None).unwrap();
        let subscription = request.subscriptions().first().unwrap();
        assert_eq!((subscription.as_str(), subscription.match_type()), ("a{b}", match_type));
        assert_eq!(request.dialect(), match_type.dialect());
    }
}

#[test]
fn a_parameter_that_begins_with_match_has_to_be_known() {
    for name in ["MATCH", "Match", "matchurlpattern", "match_exactly", "matchRegexp"] {
        refused(&format!("match=a&{name}=a"), None, name);
        refused(&format!("topic=a&{name}=a"), None, "topic");
    }
}

#[test]
fn the_dialects_do_not_mix() {
    refused("match=a&topic=b", None, "topic");
    let query = parse("", Some(b"topic=a"), None);
    assert_eq!(query, Err(InvalidSubscribeRequest::TwoDialects));
}

#[test]
fn a_form_is_added_to_the_query_which_wins() {
    let form = Some(&b"match=b&last_event_id=form"[..]);
    let request = parse("match=a&last_event_id=query", form, None);
    let request = request.unwrap();
    assert_eq!(request.subscriptions().len(), 2);
    assert_eq!(request.last_event_id(), Some(&after("query")));
    let empty = parse("", Some(b""), None);
    assert_eq!(empty, Err(InvalidSubscribeRequest::Missing(Dialect::V1)));
}

#[test]
fn what_1_0_forbids_in_a_matcher_is_refused() {
    for value in ["a%00b", "a%0Ab", "a%7F", "a%C2%85", "%FF", "a%E2%80%AEb"] {
        refused(&format!("match={value}"), None, "match");
    }
    refused(&format!("match_exact={}", "x".repeat(4_097)), None, "match_exact");
    refused("match_urlpattern={unclosed", None, "match_urlpattern");
}

#[test]
fn the_fields_of_the_events_are_asked_for_in_both_dialects_and_in_a_form() {
    let fields = |query, form| parse(query, form, None).unwrap().fields();
    assert_eq!(fields("topic=a", None), Fields::Usual);
    assert_eq!(fields("topic=a&fields=topic", None), Fields::WithTopics);
    assert_eq!(fields("", Some(b"match=a&fields=topic")), Fields::WithTopics);
    for query in ["fields=topic&match=a&fields=topic", "topic=a&f%69elds=topic"] {
        assert_eq!(fields(query, None), Fields::WithTopics, "{query}");
    }
}

#[test]
fn no_other_fields_can_be_asked_for() {
    for value in ["", "Topic", "topic,id", "topics", "*", "topic%20", "topic%0A", "%ff"] {
        refused(&format!("topic=a&fields={value}"), None, "fields");
        refused(&format!("match=a&fields={value}&fields=topic"), None, "fields");
        let form = format!("match=a&fields={value}");
        assert_eq!(parse("", Some(form.as_bytes()), None).unwrap_err().field(), "fields");
    }
}

#[test]
fn the_events_of_the_hub_are_shown_unless_that_is_declined_in_either_dialect_or_a_form() {
    let hub_events = |query, form| parse(query, form, None).unwrap().hub_events();
    assert_eq!(hub_events("topic=a", None), HubEvents::Shown);
    assert_eq!(hub_events("match=a&hub_events=true", None), HubEvents::Shown);
    for query in ["topic=a&hub_events=false", "match=a&hub%5Fevents=false"] {
        assert_eq!(hub_events(query, None), HubEvents::Hidden, "{query}");
    }
    assert_eq!(hub_events("", Some(b"match=a&hub_events=false")), HubEvents::Hidden);
    for value in ["", "no", "0", "False", "false%20", "%ff"] {
        refused(&format!("topic=a&hub_events={value}"), None, "hub_events");
        refused(&format!("match=a&hub_events={value}&hub_events=false"), None, "hub_events");
    }
}

#[test]
fn a_finite_read_is_asked_for_in_either_dialect_or_a_form_and_begins_with_the_oldest() {
    let request = |query, form| parse(query, form, None).unwrap();
    for (query, limit) in [
        ("topic=a&live=false", None),
        ("match=a&limit=7&live=false", Some(7)),
        ("topic=a&l%69ve=false&limit=18446744073709551615", Some(u64::MAX)),
        ("topic=a&live=true&live=false&limit=9&limit=1", Some(1)),
    ] {
        let request = request(query, None);
        let limit = limit.and_then(std::num::NonZeroU64::new);
        let expected = FiniteRead { limit, form: ReadForm::EventStream };
        assert_eq!(request.finite_read(), Some(expected), "{query}");
        assert_eq!(request.last_event_id(), Some(&LastEventId::Earliest), "{query}");
    }
    let of_form = request("", Some(b"match=a&live=false&limit=2"));
    assert_eq!(of_form.finite_read().and_then(|read| read.limit).map(u64::from), Some(2));
    for query in ["topic=a", "topic=a&live=true", "topic=a&live=false&live=true"] {
        assert_eq!(request(query, None).finite_read(), None, "{query}");
    }
}

#[test]
fn a_finite_read_begins_behind_its_last_event_id_and_an_empty_one_is_none() {
    begins("topic=a&live=false&lastEventID=x", None, Some(&after("x")));
    begins("topic=a&live=false&lastEventID=", None, Some(&LastEventId::Earliest));
    begins("topic=a&live=false", Some("x"), Some(&after("x")));
}

#[test]
fn the_parameters_of_finite_reads_are_refused_one_by_one() {
    for value in ["", "0", "no", "False", "false%20"] {
        refused(&format!("topic=a&live={value}"), None, "live");
        refused(&format!("topic=a&live={value}&live=false"), None, "live");
    }
    for value in ["", "0", "-1", "%2B1", "1.0", "1e3", "x", "18446744073709551616", "%201"] {
        refused(&format!("topic=a&live=false&limit={value}"), None, "limit");
        refused(&format!("topic=a&live=false&limit={value}&limit=1"), None, "limit");
    }
    for query in ["topic=a&limit=1", "match=a&limit=1&live=true"] {
        let refused = parse(query, None, None);
        assert_eq!(refused, Err(InvalidFiniteRead::LimitOfLive.into()), "{query}");
    }
}

#[test]
fn json_is_for_a_finite_read_that_asks_for_it() {
    let form =
        |query, accept| parse(query, None, None).unwrap().accepting(accept).map(|it| it.form());
    let finite = "topic=a&live=false";
    assert_eq!(form(finite, "application/json"), Some(ReadForm::Json));
    for accept in ["", "*/*", "text/event-stream", "application/json, text/event-stream"] {
        assert_eq!(form(finite, accept), Some(ReadForm::EventStream), "{accept}");
    }
    assert_eq!(form(finite, "text/html"), None);
    assert_eq!(form("topic=a", "application/json"), None);
    assert_eq!(form("topic=a", "application/json, */*"), Some(ReadForm::EventStream));
    let returning = |query, header| parse(query, None, header).unwrap().is_finite_and_returning();
    assert!(
        returning(finite, Some("x"))
            && !returning(finite, None)
            && !returning("topic=a", Some("x"))
    );
    let json = parse(finite, None, Some("x")).unwrap().accepting("application/json").unwrap();
    assert!(!json.is_finite_and_returning());
}
