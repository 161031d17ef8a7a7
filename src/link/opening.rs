//! How a Worker opens a link, or opens it again.

use crate::{
    base::{
        connection_id::ConnectionId,
        json::{self, Json},
        sequence::Sequence,
    },
    link::VERSION,
};

/// The text beside the request of a client whose stream a Worker holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Opening {
    /// The link that was there before.
    pub(crate) reopens: Option<Reopening>,
    /// The body of a QUERY request: an upgrade has none.
    pub(crate) form: Option<String>,
    /// Whether the Worker takes deflate blocks: it can, or its client's stream that has begun is compressed.
    pub(crate) takes_gzip: bool,
}

/// A link that is opened again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reopening {
    /// The id of its connection.
    pub(crate) id: ConnectionId,
    /// The Worker has everything up to here.
    pub(crate) cursor: Sequence,
    /// Bytes that it has and its reader has not taken.
    pub(crate) unread: u32,
    /// Whether it was given anything. If not, the stream has not begun, and opens as any other.
    pub(crate) has_begun: bool,
}

impl Opening {
    /// Reads the text of a Worker; `None` if it is of another version, or no opening at all.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let json = json::object(text).ok()?;
        if number(&json, "version")? != u64::from(VERSION) {
            return None;
        }
        let reopens = match (json.text("id").ok()?, json.text("cursor").ok()?) {
            (None, None) => None,
            (Some(id), Some(cursor)) => Some(Reopening {
                id: id.parse().ok()?,
                cursor: Sequence::new(cursor.parse().ok()?),
                unread: match json.get("unread") {
                    None => 0,
                    Some(_) => u32::try_from(number(&json, "unread")?).ok()?,
                },
                has_begun: json.get("begun").is_none() || flag(json.get("begun"))?,
            }),
            _ => return None,
        };
        let form = json.text("form").ok()?.map(str::to_owned);
        let takes_gzip = json.get("gzip").is_some() && flag(json.get("gzip"))?;
        Some(Self { reopens, form, takes_gzip })
    }
}

/// A member that is true or false; `None` if it is neither.
fn flag(json: Option<&Json<'_>>) -> Option<bool> {
    match json? {
        Json::Boolean(flag) => Some(*flag),
        _ => None,
    }
}

/// The member of this name, which is a whole number.
fn number(json: &Json<'_>, name: &str) -> Option<u64> {
    match json.get(name)? {
        Json::Number(number) => number.as_u64(),
        _ => None,
    }
}

#[cfg(any(test, fuzzing))]
impl Opening {
    /// The text, as a Worker writes it.
    pub(crate) fn encode(&self) -> String {
        let mut json = serde_json::Map::new();
        let mut member = |name: &str, value: serde_json::Value| json.insert(name.to_owned(), value);
        member("version", VERSION.into());
        if let Some(Reopening { id, cursor, unread, has_begun }) = self.reopens {
            member("id", id.to_string().into());
            member("cursor", cursor.get().to_string().into());
            member("unread", unread.into());
            member("begun", has_begun.into());
        }
        member("gzip", self.takes_gzip.into());
        if let Some(form) = &self.form {
            member("form", form.as_str().into());
        }
        serde_json::Value::Object(json).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "urn:uuid:07070707-0707-4707-8707-070707070707";

    fn reopening(unread: u32) -> Reopening {
        let (id, cursor) = (ID.parse().unwrap(), Sequence::new(u64::MAX));
        Reopening { id, cursor, unread, has_begun: true }
    }

    #[test]
    fn a_link_is_opened_by_the_version_alone() {
        assert_eq!(Opening::parse(r#"{"version":1}"#), Some(Opening::default()));
    }

    #[test]
    fn a_link_is_opened_again_by_its_id_and_the_place_where_the_worker_is() {
        let text = format!(r#"{{"version":1,"id":"{ID}","cursor":"18446744073709551615"}}"#);
        let opening = Opening::parse(&text).unwrap();
        assert_eq!(opening, Opening { reopens: Some(reopening(0)), ..Opening::default() });
    }

    #[test]
    fn what_a_worker_writes_is_read() {
        let form = Some("topic=a&topic=\"b\"\n".to_owned());
        for opening in [
            Opening { form: form.clone(), ..Opening::default() },
            Opening { reopens: Some(reopening(65_536)), form, takes_gzip: true },
            Opening {
                reopens: Some(Reopening { has_begun: false, ..reopening(0) }),
                ..Opening::default()
            },
            Opening::default(),
        ] {
            assert_eq!(Opening::parse(&opening.encode()), Some(opening));
        }
    }

    #[test]
    fn another_version_and_what_is_no_opening_is_refused() {
        for text in [
            String::new(),
            "1".to_owned(),
            "{}".to_owned(),
            r#"{"version":2}"#.to_owned(),
            r#"{"version":"1"}"#.to_owned(),
            r#"{"version":1.5}"#.to_owned(),
            r#"{"version":1,"cursor":"1"}"#.to_owned(),
            format!(r#"{{"version":1,"id":"{ID}"}}"#),
            format!(r#"{{"version":1,"id":"{ID}","cursor":1}}"#),
            format!(r#"{{"version":1,"id":"{ID}","cursor":"-1"}}"#),
            format!(r#"{{"version":1,"id":"{ID}","cursor":"1","unread":-1}}"#),
            format!(r#"{{"version":1,"id":"{ID}","cursor":"1","begun":0}}"#),
            format!(r#"{{"version":1,"id":"{ID}","cursor":"1","gzip":"yes"}}"#),
            r#"{"version":1,"id":"other","cursor":"1"}"#.to_owned(),
            r#"{"version":1,"form":1}"#.to_owned(),
        ] {
            assert_eq!(Opening::parse(&text), None, "{text}");
        }
    }
}
