//! JSON of tokens, keys and their configuration, read into a tree. Each part of the tree is asked
//! for by name and kind, so that none is taken for another. One reader for all of them is a
//! fraction of the code of a derived one for each.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::Number;

use crate::base::limits::MAX_MEMBERS;

/// A value. Members keep their order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Json<'text> {
    Null,
    Boolean(bool),
    Number(Number),
    Text(Cow<'text, str>),
    List(Vec<Json<'text>>),
    Object(Vec<(Cow<'text, str>, Json<'text>)>),
}

/// The JSON has another form than the caller expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unexpected;

/// Reads an object. An object in which a member stands twice, at any depth, is refused:
/// RFC 7515 § 4 and RFC 7519 § 4.
pub(crate) fn object(text: &str) -> Result<Json<'_>, Unexpected> {
    parse(text).and_then(|json| if json.is_object() { Ok(json) } else { Err(Unexpected) })
}

/// Reads any value.
pub(crate) fn parse(text: &str) -> Result<Json<'_>, Unexpected> {
    serde_json::from_str(text).map_err(|_| Unexpected)
}

impl Json<'_> {
    pub(crate) fn is_object(&self) -> bool {
        matches!(self, Self::Object(_))
    }

    /// The members of an object. Nothing else has any.
    pub(crate) fn members(&self) -> &[(Cow<'_, str>, Self)] {
        match self {
            Self::Object(members) => members,
            _ => &[],
        }
    }

    /// The member of this name, be it `null`.
    pub(crate) fn member(&self, name: &str) -> Option<&Self> {
        let (_, value) = self.members().iter().find(|(own, _)| own == name)?;
        Some(value)
    }

    /// The member of this name; none if it is `null`, or this is not an object.
    pub(crate) fn get(&self, name: &str) -> Option<&Self> {
        self.member(name).filter(|value| **value != Self::Null)
    }

    /// The member of this name as a text.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&str>, Unexpected> {
        self.get(name).map(Self::as_text).transpose()
    }

    /// The member of this name as a list.
    pub(crate) fn list(&self, name: &str) -> Result<Option<&[Self]>, Unexpected> {
        match self.get(name) {
            None => Ok(None),
            Some(Self::List(items)) => Ok(Some(items)),
            Some(_) => Err(Unexpected),
        }
    }

    /// The member of this name as a list of texts.
    pub(crate) fn texts(&self, name: &str) -> Result<Option<Vec<&str>>, Unexpected> {
        let Some(items) = self.list(name)? else { return Ok(None) };
        items.iter().map(Self::as_text).collect::<Result<_, _>>().map(Some)
    }

    /// The member of this name as a number.
    pub(crate) fn number(&self, name: &str) -> Result<Option<f64>, Unexpected> {
        match self.get(name) {
            None => Ok(None),
            Some(Self::Number(number)) => number.as_f64().map(Some).ok_or(Unexpected),
            Some(_) => Err(Unexpected),
        }
    }

    /// Whether this is an object without members of other names.
    pub(crate) fn has_only(&self, names: &[&str]) -> bool {
        match self {
            Self::Object(members) => members.iter().all(|(name, _)| names.contains(&&**name)),
            _ => false,
        }
    }

    fn as_text(&self) -> Result<&str, Unexpected> {
        match self {
            Self::Text(text) => Ok(text),
            _ => Err(Unexpected),
        }
    }
}

impl<'de> Deserialize<'de> for Json<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Tree)
    }
}

struct Tree;

impl<'de> Visitor<'de> for Tree {
    type Value = Json<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Json::Boolean(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Number::from_f64(value).map_or(Json::Null, Json::Number))
    }

    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Self::Value, E> {
        Ok(Json::Text(Cow::Borrowed(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        Ok(Json::Text(Cow::Owned(value.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut object: Vec<(Cow<'de, str>, Json<'de>)> = Vec::new();
        while let Some(Name(name)) = members.next_key()? {
            if object.len() == MAX_MEMBERS || object.iter().any(|(own, _)| *own == name) {
                return Err(A::Error::custom("a member stands twice, or there are too many"));
            }
            object.push((name, members.next_value()?));
        }
        Ok(Json::Object(object))
    }
}

/// The name of a member.
struct Name<'text>(Cow<'text, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Json::deserialize(deserializer)? {
            Json::Text(name) => Ok(Self(name)),
            _ => Err(D::Error::custom("a name is not a text")),
        }
    }
}

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Boolean(value) => serializer.serialize_bool(*value),
            Self::Number(number) => number.serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => serializer.collect_seq(items),
            Self::Object(members) => {
                serializer.collect_map(members.iter().map(|(name, value)| (name, value)))
            }
        }
    }
}

/// The value as text, without the white space it was read with.
impl fmt::Display for Json<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_written_with_its_order_and_numbers() {
        let text = r#"{"b":[1,-2,2.5,18446744073709551615],"a":{"c":null,"d":true,"é\"":"\n"}}"#;
        assert_eq!(parse(text).unwrap().to_string(), text);
    }

    #[test]
    fn a_part_is_there_or_not_or_of_another_kind() {
        let json = object(r#"{"a":"x","b":["y"],"c":null,"d":1.5,"e":["y",1]}"#).unwrap();
        assert_eq!(json.text("a"), Ok(Some("x")));
        assert_eq!(json.texts("b"), Ok(Some(vec!["y"])));
        assert_eq!((json.text("c"), json.list("missing")), (Ok(None), Ok(None)));
        assert_eq!(json.number("d"), Ok(Some(1.5)));
        assert_eq!(json.text("b"), Err(Unexpected));
        assert_eq!(json.texts("a"), Err(Unexpected));
        assert_eq!(json.texts("e"), Err(Unexpected));
        assert_eq!(json.number("a"), Err(Unexpected));
    }

    #[test]
    fn an_array_is_not_an_object() {
        assert_eq!(object(r#"["x"]"#), Err(Unexpected));
        assert!(object(" {}\n").is_ok());
    }

    #[test]
    fn a_member_that_stands_twice_is_refused_wherever_it_is() {
        for text in [r#"{"a":1,"a":1}"#, r#"{"x":[{"a":1,"\u0061":2}]}"#] {
            assert_eq!(object(text), Err(Unexpected), "{text}");
        }
    }

    #[test]
    fn an_object_ends_at_its_limit_and_nesting_at_that_of_the_parser() {
        let of = |count: usize| {
            let members: Vec<_> = (0..count).map(|name| format!("\"{name}\":0")).collect();
            format!("{{{}}}", members.join(","))
        };
        assert!(object(&of(MAX_MEMBERS)).is_ok());
        assert_eq!(object(&of(MAX_MEMBERS + 1)), Err(Unexpected));
        assert_eq!(parse(&"[".repeat(100_000)), Err(Unexpected));
    }
}
