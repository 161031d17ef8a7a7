//! The policy for readers that do not keep up.

use std::str::FromStr;

use thiserror::Error;

/// The policy for a connection that is more than [`SLOW_AFTER_UPDATES`] updates behind. Its
/// reader costs the hub no more than a cursor in any case.
///
/// [`SLOW_AFTER_UPDATES`]: crate::base::limits::SLOW_AFTER_UPDATES
///
/// ```
/// use millstream::SlowConsumers;
///
/// assert_eq!("conflate".parse(), Ok(SlowConsumers::Conflate));
/// assert!("drop".parse::<SlowConsumers>().is_err());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SlowConsumers {
    /// It is given everything from the history, when it reads on.
    #[default]
    Resume,
    /// It is given the newest update of each topic among those that it missed.
    Conflate,
    /// It is closed when it has taken nothing for [`SLOW_FOR`]; its client comes back and resumes.
    ///
    /// [`SLOW_FOR`]: crate::base::limits::SLOW_FOR
    Evict,
}

/// The text names no such policy.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0:?} is not one of resume, conflate and evict")]
pub struct InvalidSlowConsumers(pub String);

impl FromStr for SlowConsumers {
    type Err = InvalidSlowConsumers;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "resume" => Ok(Self::Resume),
            "conflate" => Ok(Self::Conflate),
            "evict" => Ok(Self::Evict),
            _ => Err(InvalidSlowConsumers(text.to_owned())),
        }
    }
}
