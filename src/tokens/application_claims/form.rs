//! The forms of an application's claims. A token may have unknown members, and claims may not. The
//! code of tokens then reads the claims that pass here.

use std::fmt;

use super::invalid::InvalidClaims;
use crate::{
    base::json::Json,
    tokens::{authorization_details::TYPE, claims::NAMESPACED},
};

/// The form of a value. The texts name the right form.
pub(super) enum Form {
    /// Any value, or none.
    Any,
    /// A text that is not empty.
    Text(&'static str),
    /// One of these texts.
    Words(&'static [&'static str], &'static str),
    /// A list of such values.
    List(&'static Form),
    /// An object with no other members.
    Object(&'static [Member], &'static str),
    /// Such a value, or none.
    Maybe(&'static Form),
}

/// A member of an object: its name and its form.
pub(super) struct Member(&'static str, &'static Form);

/// The short form with selectors of 0.x.
pub(super) const SHORT_OF_0_X: &[Member] = &[
    Member("subscribe", &Form::Maybe(&Form::List(&SHORT_TEXT))),
    Member("publish", &Form::Maybe(&Form::List(&SHORT_TEXT))),
    Member("subscriber", &Form::Maybe(&SUBJECT)),
    Member("payload", &Form::Any),
    Member("expires", &Form::Any),
];

/// The short form with selectors of 1.0.
pub(super) const SHORT_OF_1_0: &[Member] = &[
    Member("subscribe", &Form::Maybe(&Form::List(&SHORT_TOPIC))),
    Member("publish", &Form::Maybe(&Form::List(&SHORT_TOPIC))),
    Member("subscriber", &Form::Maybe(&SUBJECT)),
    Member("payload", &Form::Any),
    Member("expires", &Form::Any),
];

/// The payload of a token. Members about the token itself are passed over.
pub(super) const PAYLOAD: &[Member] = &[
    Member("mercure", &Form::Maybe(&MERCURE)),
    Member(NAMESPACED, &Form::Maybe(&MERCURE)),
    Member("authorization_details", &Form::Maybe(&Form::List(&DETAIL))),
    Member("sub", &Form::Maybe(&SUBJECT)),
    Member("exp", &Form::Any),
    Member("nbf", &Form::Any),
    Member("iat", &Form::Any),
    Member("iss", &Form::Any),
    Member("aud", &Form::Any),
    Member("jti", &Form::Any),
    Member("client_id", &Form::Any),
    Member("scope", &Form::Any),
];

const SUBJECT: Form = Form::Text("a text that is not empty");

const SHORT_TEXT: Form = Form::Text("a text; or all selectors are objects, as in 1.0");

const SHORT_TOPIC: Form =
    Form::Object(TOPIC, "an object with the member match; or all selectors are texts");

const MERCURE: Form = Form::Object(
    &[
        Member("publish", &Form::Maybe(&Form::List(&TEXT))),
        Member("subscribe", &Form::Maybe(&Form::List(&TEXT))),
        Member("payload", &Form::Any),
    ],
    "an object",
);

const TEXT: Form = Form::Text("a text: a topic, a URI template, or \"*\"");

/// Each detail has the type of the hub here: one of another type would grant nothing.
const DETAIL: Form = Form::Object(
    &[
        Member("type", &Form::Words(&[TYPE], "\"https://mercure.rocks/authorization-detail\"")),
        Member("actions", &Form::List(&ACTION)),
        Member("topics", &Form::List(&Form::Object(TOPIC, "an object with the member match"))),
        Member("payload", &Form::Any),
    ],
    "an object",
);

const ACTION: Form = Form::Words(&["publish", "subscribe"], "\"publish\" or \"subscribe\"");

const TOPIC: &[Member] = &[
    Member("match", &Form::Text("a text: a topic, a pattern, or \"*\"")),
    Member(
        "match_type",
        &Form::Maybe(&Form::Words(&["exact", "urlpattern"], "\"exact\" or \"urlpattern\"")),
    ),
];

/// Where a value stands in the claims.
pub(super) enum Path<'path> {
    Claims,
    Member(&'path Path<'path>, &'path str),
    Item(&'path Path<'path>, usize),
}

impl Form {
    /// Checks that a value has the form. A member that is `null` counts as absent.
    pub(super) fn check(
        &self,
        value: Option<&Json<'_>>,
        path: &Path<'_>,
    ) -> Result<(), InvalidClaims> {
        match (self, value) {
            (Self::Any, _) | (Self::Maybe(_), None) => Ok(()),
            (Self::Maybe(form), _) => form.check(value, path),
            (Self::Text(_), Some(Json::Text(text))) if !text.is_empty() => Ok(()),
            (Self::Words(words, _), Some(Json::Text(text))) if words.contains(&&**text) => Ok(()),
            (Self::List(form), Some(Json::List(items))) => items
                .iter()
                .enumerate()
                .try_for_each(|(at, item)| form.check(Some(item), &Path::Item(path, at))),
            (Self::Object(members, _), Some(object @ Json::Object(_))) => {
                check(members, object, path)
            }
            (Self::List(_), _) => Err(path.wrong(value, "a list")),
            (Self::Text(expected) | Self::Words(_, expected) | Self::Object(_, expected), _) => {
                Err(path.wrong(value, expected))
            }
        }
    }
}

/// Whether an object has one of these members.
pub(super) fn has_any(members: &[Member], object: &Json<'_>) -> bool {
    members.iter().any(|member| object.member(member.0).is_some())
}

/// Checks that an object has no other members, and each in its form.
pub(super) fn check(
    members: &'static [Member],
    object: &Json<'_>,
    path: &Path<'_>,
) -> Result<(), InvalidClaims> {
    for (name, _) in object.members() {
        if !members.iter().any(|member| member.0 == name) {
            let member = Path::Member(path, name).to_string();
            let mut known = String::new();
            for member in members {
                known.push_str(if known.is_empty() { "" } else { ", " });
                known.push_str(member.0);
            }
            return Err(InvalidClaims::Unknown { member, known });
        }
    }
    members
        .iter()
        .try_for_each(|Member(name, form)| form.check(object.get(name), &Path::Member(path, name)))
}

impl Path<'_> {
    /// The error for this value. Lists and objects are not shown, since they may hold anything.
    pub(super) fn wrong(&self, value: Option<&Json<'_>>, expected: &'static str) -> InvalidClaims {
        let value = match value {
            None => "missing".to_owned(),
            Some(Json::List(_)) => "a list".to_owned(),
            Some(Json::Object(_)) => "an object".to_owned(),
            // Enough of it to find it again.
            Some(scalar) => scalar.to_string().chars().take(100).collect(),
        };
        InvalidClaims::Value { member: self.to_string(), value, expected }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Claims => Ok(()),
            Self::Member(Self::Claims, name) => formatter.write_str(name),
            Self::Member(of, name) => write!(formatter, "{of}.{name}"),
            Self::Item(of, at) => write!(formatter, "{of}[{at}]"),
        }
    }
}
