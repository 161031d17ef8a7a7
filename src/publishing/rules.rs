//! What each dialect forbids a publisher: draft-dunglas-mercure-07 § 4 and -08, "publication".

use thiserror::Error;

use crate::{
    base::dialect::Dialect,
    publishing::request::PublishRequest,
    topics::{
        mercure_string::{self, ForbiddenCharacter},
        reserved_topic,
        resolved_topics::ResolvedTopics,
    },
};

/// Why a dialect forbids a publication that is well formed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum ForbiddenPublication {
    /// The topic belongs to the hub itself.
    #[error("Invalid \"topic\" parameter: {0:?} is reserved for the hub")]
    ReservedTopic(String),
    /// `*` is a selector of every topic, not a topic.
    #[error("Invalid \"topic\" parameter: \"*\" is not a topic")]
    EveryTopic,
    /// The type of the hub's own events.
    #[error("Invalid \"type\" parameter: \"mercure\" is reserved for the hub")]
    ReservedType,
    /// A field holds a character that 1.0 forbids.
    #[error("Invalid \"{field}\" parameter: {forbidden}")]
    Character {
        /// The field.
        field: &'static str,
        /// The character and its place.
        forbidden: ForbiddenCharacter,
    },
}

impl ForbiddenPublication {
    /// The field that is wrong.
    #[must_use]
    pub(crate) fn field(&self) -> &'static str {
        match self {
            Self::ReservedTopic(_) | Self::EveryTopic => "topic",
            Self::ReservedType => "type",
            Self::Character { field, .. } => field,
        }
    }

    /// The status: 403 for a reserved topic in 0.x, 400 for all else.
    #[must_use]
    pub(crate) fn status(&self, dialect: Dialect) -> u16 {
        match (self, dialect) {
            (Self::ReservedTopic(_), Dialect::V0) => 403,
            _ => 400,
        }
    }
}

/// The rules of one dialect at one hub.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules<'a> {
    /// The dialect.
    pub dialect: Dialect,
    /// The paths at which the hub is found. Topics below them are its own.
    pub hub_paths: &'a [String],
}

impl Rules<'_> {
    /// Checks a publication, whose topics are resolved.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub(crate) fn check(
        self,
        request: &PublishRequest,
        topics: &ResolvedTopics<'_>,
    ) -> Result<(), ForbiddenPublication> {
        match self.dialect {
            Dialect::V0 => {
                match topics.iter().find(|topic| reserved_topic::names_hub(topic.as_str())) {
                    Some(topic) => Err(ForbiddenPublication::ReservedTopic(topic.to_string())),
                    None => Ok(()),
                }
            }
            Dialect::V1 => check_1_0(request, topics, self.hub_paths),
        }
    }
}

fn check_1_0(
    request: &PublishRequest,
    topics: &ResolvedTopics<'_>,
    hub_paths: &[String],
) -> Result<(), ForbiddenPublication> {
    let check = |field, text: &str| {
        mercure_string::check(text)
            .map_err(|forbidden| ForbiddenPublication::Character { field, forbidden })
    };
    for (at, topic) in topics.iter().enumerate() {
        check("topic", topic.as_str())?;
        if topic.as_str() == "*" {
            return Err(ForbiddenPublication::EveryTopic);
        }
        let addresses =
            |url| hub_paths.iter().any(|path| reserved_topic::addresses_hub(&url, path));
        if topics.url(at).is_some_and(addresses) {
            return Err(ForbiddenPublication::ReservedTopic(topic.to_string()));
        }
    }
    match request.event_type() {
        Some(event_type) if event_type.as_str() == "mercure" => {
            Err(ForbiddenPublication::ReservedType)
        }
        Some(event_type) => check("type", event_type.as_str()),
        None => Ok(()),
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use crate::topics::url_parser::native::NativeUrlParser;

    const HUB: &str = "/.well-known/mercure";

    #[track_caller]
    fn check(form: &str, v0: Option<u16>, v1: Option<u16>) {
        let request = PublishRequest::from_form(form.as_bytes()).unwrap();
        let urls = NativeUrlParser::new("https://hub.example/.well-known/mercure");
        let topics = ResolvedTopics::new(request.topics(), &urls);
        for (dialect, expected) in [(Dialect::V0, v0), (Dialect::V1, v1)] {
            let rules = Rules { dialect, hub_paths: &[HUB.to_owned()] };
            let checked = rules.check(&request, &topics);
            let status = checked.err().map(|forbidden| forbidden.status(dialect));
            assert_eq!(status, expected, "{form} in {dialect:?}");
        }
    }

    #[test]
    fn a_topic_of_the_hub_is_reserved_in_both_dialects() {
        check("topic=/.well-known/mercure/subscriptions/foo", Some(403), Some(400));
        let other = "topic=https://example.com/.well-known/mercure/subscriptions/foo";
        check(other, Some(403), Some(400));
        check("topic=a&topic=/.well-known/mercure/x", Some(403), Some(400));
    }

    #[test]
    fn a_topic_that_only_holds_the_path_is_reserved_in_0_x() {
        check("topic=foo/.well-known/mercure/bar", Some(403), None);
    }

    #[test]
    fn a_topic_that_resolves_to_the_hub_is_reserved_in_1_0() {
        check("topic=mercure/subscriptions/foo", None, Some(400));
        check("topic=https://example.com/.well-known/%256Dercure/x", None, Some(400));
        check("topic=urn:example:mercure", None, None);
        check("topic=https://example.com/.well-known/mercure-dashboard", Some(403), None);
    }

    #[test]
    fn what_1_0_forbids_beyond_that() {
        check("topic=*", None, Some(400));
        check("topic=a&type=mercure", None, Some(400));
        check("topic=a&type=Mercure", None, None);
        check("topic=a%E2%80%AEb", None, Some(400));
        check("topic=a&type=%EF%BB%BFx", None, Some(400));
        check("topic=كتب&data=%E2%80%AE", None, None);
    }

    #[test]
    fn the_field_that_breaks_a_rule_is_named() {
        for (form, field) in [
            ("topic=/.well-known/mercure/x", "topic"),
            ("topic=*", "topic"),
            ("topic=a%E2%80%AEb", "topic"),
            ("topic=a&type=mercure", "type"),
            ("topic=a&type=%EF%BB%BFx", "type"),
        ] {
            let request = PublishRequest::from_form(form.as_bytes()).unwrap();
            let urls = NativeUrlParser::new("https://hub.example/");
            let topics = ResolvedTopics::new(request.topics(), &urls);
            let rules = Rules { dialect: Dialect::V1, hub_paths: &[HUB.to_owned()] };
            let forbidden = rules.check(&request, &topics).unwrap_err();
            assert_eq!(forbidden.field(), field, "{form}");
        }
    }
}
