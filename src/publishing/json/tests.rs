use super::*;
use crate::log::closing::EndReason;

#[track_caller]
fn sent(json: &str, event: &str) {
    let request = PublishRequest::from_json(json.as_bytes()).unwrap();
    let encoded = request.into_update("generated".parse().unwrap()).encode().unwrap();
    assert_eq!(std::str::from_utf8(&encoded.event).unwrap(), event);
}

#[test]
fn a_byte_order_mark_is_passed_over_once() {
    sent("\u{feff}{\"topic\":\"a\",\"data\":\"x\"}", "id: generated\ndata: x\n\n");
    let twice = "\u{feff}\u{feff}{\"topic\":\"a\"}";
    assert!(PublishRequest::from_json(twice.as_bytes()).is_err());
}

#[track_caller]
fn refused(json: &str, field: &str, detail: &str) {
    let error = PublishRequest::from_json(json.as_bytes()).unwrap_err();
    assert_eq!((error.field(), error.to_string().as_str()), (field, detail));
}

#[test]
fn every_member_reaches_the_event_stream_as_the_field_of_a_form_does() {
    sent(
        r#"{"topic":"a","data":"x\ny","id":"i","type":"t","retry":5000}"#,
        "event: t\nretry: 5000\nid: i\ndata: x\ndata: y\n\n",
    );
    sent(r#"{"topic":"a","retry":"5000","more":[{}]}"#, "retry: 5000\nid: generated\ndata: \n\n");
}

#[test]
fn data_that_is_no_string_is_sent_as_the_text_it_was() {
    let values =
        ["null", "1.50", "12345678901234567890123", "[ 1, {} ]", "false", r#"{"é":"\u00e9"}"#];
    for json in values {
        sent(
            &format!(r#"{{"topic":"a","data":{json}}}"#),
            &format!("id: generated\ndata: {json}\n\n"),
        );
    }
}

#[test]
fn a_member_is_found_whatever_stands_around_it() {
    let text = r#" { "x" : { "topic" : [ "}" , {} ] , "\\\"," : 1 } , "y" : "\\\\" , "\u0074opic" : "a" ,
        "data" : [ { "b" : "],:{" } , -1e5 ] , "z" : [] } "#;
    sent(text, "id: generated\ndata: [ { \"b\" : \"],:{\" } , -1e5 ]\n\n");
    sent("\t{\r\n\"topic\":\"a\"}\n", "id: generated\ndata: \n\n");
}

#[test]
fn a_member_that_stands_twice_is_refused_and_others_may() {
    for json in [r#"{"topic":"a","topic":"b"}"#, r#"{"topic":"a","id":null,"i\u0064":"b"}"#] {
        let error = PublishRequest::from_json(json.as_bytes()).unwrap_err();
        assert_eq!(error.field(), "body", "{json}");
    }
    sent(r#"{"x":1,"topic":"a","x":2}"#, "id: generated\ndata: \n\n");
}

#[test]
fn null_is_as_good_as_none() {
    sent(
        r#"{"topic":"a","id":null,"type":null,"retry":null,"private":null}"#,
        "id: generated\ndata: \n\n",
    );
}

#[test]
fn topics_are_one_or_several() {
    let topics = |json: &str| {
        let request = PublishRequest::from_json(json.as_bytes()).unwrap();
        request.topics().to_lines()
    };
    assert_eq!(topics(r#"{"topic":"a"}"#), "a");
    assert_eq!(topics(r#"{"topic":["b","a"]}"#), "b\na");
}

#[test]
fn private_is_a_boolean() {
    let private = |json: &str| PublishRequest::from_json(json.as_bytes()).unwrap().is_private();
    assert!(private(r#"{"topic":"a","private":true}"#));
    assert!(!private(r#"{"topic":"a","private":false}"#));
    refused(
        r#"{"topic":"a","private":"false"}"#,
        "private",
        "Invalid \"private\" parameter: it must be true or false",
    );
}

#[test]
fn a_missing_or_wrong_topic_is_named() {
    for json in [r#"{"data":"x"}"#, r#"{"topic":null}"#, r#"{"topic":[]}"#] {
        refused(json, "topic", "Missing \"topic\" parameter: name at least one topic");
    }
    for json in [r#"{"topic":1}"#, r#"{"topic":["a",1]}"#, r#"{"topic":{"a":"b"}}"#] {
        refused(
            json,
            "topic",
            "Invalid \"topic\" parameter: it must be a string or an array of strings",
        );
    }
}

#[test]
fn members_of_another_type_or_value_are_named() {
    refused(r#"{"topic":"a","id":1}"#, "id", "Invalid \"id\" parameter: it must be a string");
    for (json, field) in [
        (r#"{"topic":"a","type":["t"]}"#, "type"),
        (r#"{"topic":"a","type":"t\ndata: x"}"#, "type"),
        (r#"{"topic":"a","id":"x\u0000"}"#, "id"),
        (r#"{"topic":"a","id":"earliest"}"#, "id"),
        (r##"{"topic":"a","id":"#x"}"##, "id"),
        (r#"{"topic":"a","retry":1.5}"#, "retry"),
        (r#"{"topic":"a","retry":-1}"#, "retry"),
        (r#"{"topic":"a","retry":2147483648}"#, "retry"),
        (r#"{"topic":"a","retry":"4294967296"}"#, "retry"),
        (r#"{"topic":"a","retry":true}"#, "retry"),
        (r#"{"topic":"a\nb"}"#, "topic"),
        (r#"{"topic":"a","data":"\ud800"}"#, "data"),
    ] {
        let error = PublishRequest::from_json(json.as_bytes()).unwrap_err();
        assert_eq!(error.field(), field, "{json}");
    }
}

#[test]
fn what_is_no_object_is_refused() {
    for json in [
        "",
        "null",
        "[]",
        r#"["a","x"]"#,
        r#""topic""#,
        "{",
        r#"{"topic":"a"} x"#,
        r#"{"topic":"a",}"#,
        r#"{"topic" "a"}"#,
        "{\"topic\":\"a\"}\u{b}",
        r#"{"topic":"a","\ud800":1}"#,
    ] {
        let error = PublishRequest::from_json(json.as_bytes()).unwrap_err();
        assert_eq!(error.field(), "body", "{json}");
    }
    assert!(PublishRequest::from_json(b"{\"topic\":\"\xff\"}").is_err());
}

#[test]
fn nesting_without_end_overflows_no_stack() {
    assert!(PublishRequest::from_json("{\"topic\":".repeat(200_000).as_bytes()).is_err());
    let deep = format!(r#"{{"topic":"a","x":{}{}}}"#, "[".repeat(500_000), "]".repeat(500_000));
    assert!(PublishRequest::from_json(deep.as_bytes()).is_ok());
}

#[cfg(not(target_arch = "wasm32"))]
mod properties {
    use proptest::{collection::vec, prelude::*};
    use serde_json::Value;

    use super::*;

    const MARKS: &str = r#"[\[\]{}:,"\\\n é]{0,8}"#;

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            MARKS.prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            let members = vec((MARKS, inner.clone()), 0..4);
            prop_oneof![
                vec(inner, 0..4).prop_map(Value::from),
                members.prop_map(|members| members.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn data_is_the_text_it_was_whatever_stands_before_it(
            before in any_json(),
            data in vec(any_json(), 0..4),
            name in MARKS,
        ) {
            let name = Value::from(name);
            for data in [serde_json::to_string(&data), serde_json::to_string_pretty(&data)] {
                let data = data.unwrap();
                let json = format!(r#"{{{name}:{before},"data": {data} ,"topic":"a"}}"#);
                let members = Members::parse(&json).unwrap();
                prop_assert_eq!((members.data, members.topic), (Some(&*data), Some("\"a\"")));
            }
        }
    }
}

#[test]
fn an_object_closes_its_topics_behind_its_update_or_alone() {
    for (members, closes, has_update) in [
        (r#""close":true"#, Some(EndReason::Done), false),
        (r#""close":"done","id":null"#, Some(EndReason::Done), false),
        (r#""close":"broken","data":null"#, Some(EndReason::Broken), true),
        (r#""close":true,"retry":500"#, Some(EndReason::Done), true),
        (r#""close":false"#, None, true),
        (r#""close":null"#, None, true),
    ] {
        let json = format!(r#"{{"topic":"a",{members}}}"#);
        let request = PublishRequest::from_json(json.as_bytes()).unwrap();
        assert_eq!((request.closes(), request.has_update()), (closes, has_update), "{json}");
    }
    for wrong in [r#""on""#, r#""""#, "1", "[true]", "{}", r#""\ud800""#] {
        let detail = "Invalid \"close\" parameter: it must be true, \"done\" or \"broken\"";
        refused(&format!(r#"{{"topic":"a","close":{wrong}}}"#), "close", detail);
    }
}
