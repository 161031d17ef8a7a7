//! The connections that an application ends at once.

use thiserror::Error;

use crate::{
    base::connection_id::{ConnectionId, InvalidConnectionId},
    tokens::subscriber_name::{InvalidSubscriberName, SubscriberName},
    topics::topic::{InvalidTopic, Topic},
};

/// Some connections of a hub.
///
/// ```
/// use millstream::Whom;
///
/// assert_eq!(Whom::parse("subscriber", "ada"), Ok(Whom::Subscriber("ada".parse()?)));
/// assert!(Whom::parse("subscribers", "ada").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    /// Those of the subscriber with exactly this name. Two issuers that give the same name mean the same
    /// subscriber.
    Subscriber(SubscriberName),
    /// Those that ask for this topic, by its name or by a selector that selects it.
    Topic(Topic),
    /// The one with this id.
    Connection(ConnectionId),
}

/// A text does not name connections.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidWhom {
    /// The kind is unknown.
    #[error("{0:?} is not one of subscriber, topic and connection")]
    Kind(String),
    /// It is no name of a subscriber.
    #[error(transparent)]
    Subscriber(#[from] InvalidSubscriberName),
    /// It is no topic.
    #[error("the topic is not one: {0}")]
    Topic(#[from] InvalidTopic),
    /// It is no id of a connection.
    #[error(transparent)]
    Connection(#[from] InvalidConnectionId),
}

impl Whom {
    /// Reads a value of this kind: `subscriber`, `topic` or `connection`.
    ///
    /// # Errors
    /// [`InvalidWhom`]: which of both is wrong, and the right form.
    pub fn parse(kind: &str, value: &str) -> Result<Self, InvalidWhom> {
        Ok(match kind {
            "subscriber" => Self::Subscriber(value.parse()?),
            "topic" => Self::Topic(value.parse()?),
            "connection" => Self::Connection(value.parse()?),
            unknown => return Err(InvalidWhom::Kind(unknown.to_owned())),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_form() {
        let id = ConnectionId::from_random([7; 16]);
        let connection = Whom::parse("connection", &id.to_string());
        assert_eq!(connection, Ok(Whom::Connection(id)));
        assert_eq!(Whom::parse("topic", "a"), Ok(Whom::Topic("a".parse().unwrap())));
        assert_eq!(Whom::parse("subscriber", "a"), Ok(Whom::Subscriber("a".parse().unwrap())));
    }

    #[test]
    fn an_error_says_what_would_be_right() {
        for (kind, value, told) in [
            ("all", "", "\"all\" is not one of subscriber, topic and connection"),
            ("subscriber", "", "the name of a subscriber is not empty"),
            ("topic", "", "the topic is not one: "),
            ("connection", "7", "\"7\" is not the id of a connection (urn:uuid:…)"),
        ] {
            let error = Whom::parse(kind, value).unwrap_err().to_string();
            assert!(error.starts_with(told), "{error}");
        }
    }
}
