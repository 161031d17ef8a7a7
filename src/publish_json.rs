//! A publication as a JSON object: an extension, with the fields of the form as its members.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::{
    json::{self, Json},
    publish_request::{Fields, InvalidPublishRequest, PublishRequest},
    topics::InvalidTopics,
};

/// The members that count, each as the JSON text that was sent.
#[derive(Default, Deserialize)]
#[serde(default, expecting = "a JSON object")]
struct Members<'a> {
    #[serde(borrow)]
    topic: Option<&'a RawValue>,
    /// Here null is a value like any other.
    #[serde(borrow, deserialize_with = "even_null")]
    data: Option<&'a RawValue>,
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow, rename = "type")]
    event_type: Option<&'a RawValue>,
    #[serde(borrow)]
    retry: Option<&'a RawValue>,
    #[serde(borrow)]
    private: Option<&'a RawValue>,
}

impl PublishRequest {
    /// Reads an `application/json` body: one object with the members `topic` (a string or an array
    /// of them), `data` (a string, or any other value, which is sent as its JSON text), `id`,
    /// `type`, `retry` (a number or digits) and `private` (a boolean). Unknown members are ignored;
    /// A member that is null is ignored, except `data`. A byte order mark before the object is skipped.
    ///
    /// ```
    /// use millstream::publish_request::PublishRequest;
    ///
    /// let json = br#"{"topic": ["books/1", "books"], "data": {"stock": 1.50}}"#;
    /// let update = PublishRequest::from_json(json)?.into_update("1".parse().unwrap());
    /// assert_eq!(&*update.encode().unwrap().event, b"id: 1\ndata: {\"stock\": 1.50}\n\n");
    /// # Ok::<(), millstream::publish_request::InvalidPublishRequest>(())
    /// ```
    ///
    /// # Errors
    /// The first member that is wrong.
    pub fn from_json(json: &[u8]) -> Result<Self, InvalidPublishRequest> {
        // RFC 8259 § 8.1: a byte order mark may be passed over.
        let json = json.strip_prefix("\u{feff}".as_bytes()).unwrap_or(json);
        // A struct is read from an array as well, which is not what anybody means here.
        if json.trim_ascii_start().first() != Some(&b'{') {
            return Err(InvalidPublishRequest::Json("it must be one object".to_owned()));
        }
        let members: Members = serde_json::from_slice(json)
            .map_err(|error| InvalidPublishRequest::Json(error.to_string()))?;
        let string = |raw: Option<&RawValue>, member| match raw.map(value) {
            None | Some(Json::Null) => Ok(None),
            Some(Json::Text(text)) => Ok(Some(Cow::Owned(text.into_owned()))),
            Some(_) => Err(InvalidPublishRequest::Member { member, expected: "a string" }),
        };
        let mut fields = Fields {
            data: members.data.map(text_of).transpose()?,
            id: string(members.id, "id")?,
            event_type: string(members.event_type, "type")?,
            retry: match members.retry.map(RawValue::get) {
                Some(text) if !text.starts_with('"') => Some(Cow::Borrowed(text)),
                _ => string(members.retry, "retry")?,
            },
            private: match members.private.map(value) {
                None | Some(Json::Null) => false,
                Some(Json::Boolean(private)) => private,
                Some(_) => {
                    let (member, expected) = ("private", "true or false");
                    return Err(InvalidPublishRequest::Member { member, expected });
                }
            },
            ..Fields::default()
        };
        for topic in topics(members.topic)? {
            fields.topics.push(topic.parse()?);
        }
        fields.into_request()
    }
}

fn even_null<'de, D: Deserializer<'de>>(value: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(value).map(Some)
}

/// The value of a member, which was valid JSON before; a text that is none of Unicode is not.
fn value(raw: &RawValue) -> Json<'_> {
    json::parse(raw.get()).unwrap_or(Json::Object(Vec::new()))
}

fn text_of(data: &RawValue) -> Result<Cow<'_, str>, InvalidPublishRequest> {
    if !data.get().starts_with('"') {
        return Ok(Cow::Borrowed(data.get()));
    }
    match value(data) {
        Json::Text(text) => Ok(text),
        _ => Err(InvalidPublishRequest::Member {
            member: "data",
            expected: "text of Unicode characters",
        }),
    }
}

fn topics(raw: Option<&RawValue>) -> Result<Vec<String>, InvalidPublishRequest> {
    let Some(raw) = raw else { return Err(InvalidTopics::Missing.into()) };
    let list = match value(raw) {
        Json::Null => return Ok(Vec::new()),
        Json::List(list) => list,
        one => vec![one],
    };
    let texts = list.into_iter().map(|topic| match topic {
        Json::Text(topic) => Ok(topic.into_owned()),
        _ => Err(InvalidPublishRequest::Member {
            member: "topic",
            expected: "a string or an array of strings",
        }),
    });
    texts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
        sent(
            r#"{"topic":"a","retry":"5000","more":[{}]}"#,
            "retry: 5000\nid: generated\ndata: \n\n",
        );
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
        for json in ["", "null", "[]", r#"["a","x"]"#, r#""topic""#, "{", r#"{"topic":"a"} x"#] {
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
}
