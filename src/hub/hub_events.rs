//! Whether a client is shown the events of the hub itself.

use std::str::FromStr;

use thiserror::Error;

/// The hub's own events in a stream, `place`, `gap` and `end`: the parameter `hub_events`. Some readers
/// take the data of each event for their own, of whatever type.
///
/// ```
/// use millstream::HubEvents;
///
/// assert_eq!("false".parse(), Ok(HubEvents::Hidden));
/// assert!("no".parse::<HubEvents>().is_err());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HubEvents {
    /// They are shown, as the hub is set to show them.
    #[default]
    Shown,
    /// None is shown.
    Hidden,
}

/// The text is none of `true` and `false`.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0:?} is not one of true and false")]
pub struct InvalidHubEvents(pub String);

impl FromStr for HubEvents {
    type Err = InvalidHubEvents;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "true" => Ok(Self::Shown),
            "false" => Ok(Self::Hidden),
            _ => Err(InvalidHubEvents(text.to_owned())),
        }
    }
}
