//! A publication as a JSON object: an extension, with the fields of the form as its members.

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use serde::de::IgnoredAny;

use crate::{
    base::json::{self, Json},
    log::closing::EndReason,
    publishing::{
        invalid_request::InvalidPublishRequest,
        request::{Fields, PublishRequest},
    },
    topics::topics::InvalidTopics,
};

/// The known members, each as the JSON text that was sent.
#[derive(Default)]
struct Members<'a> {
    topic: Option<&'a str>,
    data: Option<&'a str>,
    id: Option<&'a str>,
    event_type: Option<&'a str>,
    retry: Option<&'a str>,
    private: Option<&'a str>,
    close: Option<&'a str>,
}

impl<'a> Members<'a> {
    /// Reads an object. `RawValue` of `serde_json` could do it, but its errors format floats, which
    /// costs a thirtieth of the whole wasm.
    fn parse(json: &'a str) -> Result<Self, InvalidPublishRequest> {
        let Some(mut rest) = json.trim_ascii_start().strip_prefix('{') else {
            return Err(InvalidPublishRequest::Json("it must be one object".to_owned()));
        };
        serde_json::from_str::<IgnoredAny>(json)
            .map_err(|error| InvalidPublishRequest::Json(error.to_string()))?;
        let mut members = Self::default();
        while let Some((name, behind)) = split(rest)
            && let Some((text, behind)) = split(behind)
        {
            rest = behind;
            let Json::Text(name) = value(name) else {
                return Err(InvalidPublishRequest::Json("a name is not Unicode".to_owned()));
            };
            let member = match &*name {
                "topic" => &mut members.topic,
                "data" => &mut members.data,
                "id" => &mut members.id,
                "type" => &mut members.event_type,
                "retry" => &mut members.retry,
                "private" => &mut members.private,
                "close" => &mut members.close,
                _ => continue,
            };
            if member.replace(text).is_some() {
                return Err(InvalidPublishRequest::Json(format!("{name} stands twice in it")));
            }
        }
        Ok(members)
    }
}

/// Splits the inside of a valid object behind its first name or value.
fn split(text: &str) -> Option<(&str, &str)> {
    let (mut depth, mut is_string, mut is_escaped) = (0_usize, false, false);
    let end = text.bytes().position(|byte| {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => is_string = !is_string,
            _ if is_string => {}
            b':' | b',' | b'}' if depth == 0 => return true,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        false
    })?;
    Some((text.get(..end)?.trim_ascii(), text.get(end + 1..)?))
}

impl PublishRequest {
    /// Reads an `application/json` body: one object with the members `topic` (a string or an array
    /// of them), `data` (a string, or any other value, which is sent as its JSON text), `id`,
    /// `type`, `retry` (a number or digits), `private` (a boolean) and `close` (true, `"done"` or
    /// `"broken"`). Unknown members are ignored. A member that is null is ignored, except `data`. A byte order mark before the object is skipped.
    ///
    /// ```
    /// use millstream::PublishRequest;
    ///
    /// let json = br#"{"topic": ["books/1", "books"], "data": {"stock": 1.50}}"#;
    /// let update = PublishRequest::from_json(json)?.into_update("1".parse().unwrap());
    /// assert_eq!(&*update.encode().unwrap().event, b"id: 1\ndata: {\"stock\": 1.50}\n\n");
    /// # Ok::<(), millstream::InvalidPublishRequest>(())
    /// ```
    ///
    /// # Errors
    /// The first member that is wrong.
    pub fn from_json(json: &[u8]) -> Result<Self, InvalidPublishRequest> {
        // RFC 8259 § 8.1 allows to ignore a byte order mark.
        let json = json.strip_prefix("\u{feff}".as_bytes()).unwrap_or(json);
        let json = std::str::from_utf8(json)
            .map_err(|error| InvalidPublishRequest::Json(error.to_string()))?;
        let members = Members::parse(json)?;
        let string = |raw: Option<&str>, member| match raw.map(value) {
            None | Some(Json::Null) => Ok(None),
            Some(Json::Text(text)) => Ok(Some(Cow::Owned(text.into_owned()))),
            Some(_) => Err(InvalidPublishRequest::Member { member, expected: "a string" }),
        };
        let mut fields = Fields {
            data: members.data.map(text_of).transpose()?,
            id: string(members.id, "id")?,
            event_type: string(members.event_type, "type")?,
            retry: match members.retry {
                Some(text) if !text.starts_with(['"', 'n']) => Some(Cow::Borrowed(text)),
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
            close: close(members.close)?,
            ..Fields::default()
        };
        for topic in topics(members.topic)? {
            fields.topics.push(topic.parse()?);
        }
        fields.into_request()
    }
}

/// The value of a member, whose text is valid JSON. A string with half a surrogate pair, which JSON
/// allows and Unicode does not, becomes an object, which no member takes.
fn value(raw: &str) -> Json<'_> {
    json::parse(raw).unwrap_or(Json::Object(Vec::new()))
}

fn close(raw: Option<&str>) -> Result<Option<EndReason>, InvalidPublishRequest> {
    let invalid =
        InvalidPublishRequest::Member { member: "close", expected: "true, \"done\" or \"broken\"" };
    match raw.map(value) {
        None | Some(Json::Null | Json::Boolean(false)) => Ok(None),
        Some(Json::Boolean(true)) => Ok(Some(EndReason::Done)),
        Some(Json::Text(word)) => word.parse().map(Some).map_err(|_| invalid),
        Some(_) => Err(invalid),
    }
}

fn text_of(data: &str) -> Result<Cow<'_, str>, InvalidPublishRequest> {
    if !data.starts_with('"') {
        return Ok(Cow::Borrowed(data));
    }
    match value(data) {
        Json::Text(text) => Ok(text),
        _ => Err(InvalidPublishRequest::Member {
            member: "data",
            expected: "text of Unicode characters",
        }),
    }
}

fn topics(raw: Option<&str>) -> Result<Vec<String>, InvalidPublishRequest> {
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
