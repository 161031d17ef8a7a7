//! A subscription that is given what is held, and then ends: the parameters `live` and `limit`.

use std::num::NonZeroU64;

use thiserror::Error;

/// A read of what the hub holds when it comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FiniteRead {
    /// Updates that it is given at the most.
    pub limit: Option<NonZeroU64>,
    /// How it is answered.
    pub form: ReadForm,
}

/// How a subscription is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReadForm {
    /// An event stream.
    #[default]
    EventStream,
    /// One JSON document, of a finite read alone.
    Json,
}

/// A parameter of finite reads is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidFiniteRead {
    /// `live` is none of `true` and `false`.
    #[error("Invalid \"live\" parameter: {0:?} is not one of true and false")]
    Live(String),
    /// `limit` is no number that counts updates.
    #[error("Invalid \"limit\" parameter: {0:?} is not a whole number from 1 on")]
    Limit(String),
    /// `limit` stands in a subscription that goes on.
    #[error("Invalid \"limit\" parameter: it goes with live=false alone, which is missing")]
    LimitOfLive,
}

impl InvalidFiniteRead {
    /// The parameter that is wrong.
    #[must_use]
    pub fn field(&self) -> &'static str {
        match self {
            Self::Live(_) => "live",
            Self::Limit(_) | Self::LimitOfLive => "limit",
        }
    }
}

/// The parameters of a finite read, in the order in which they come. The last one of a name counts, and
/// each is checked.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct AskedRead {
    read: Option<FiniteRead>,
    limit: Option<NonZeroU64>,
}

impl AskedRead {
    pub(crate) fn set_live(&mut self, text: &str) -> Result<(), InvalidFiniteRead> {
        self.read = match text {
            "true" => None,
            "false" => Some(FiniteRead::default()),
            _ => return Err(InvalidFiniteRead::Live(text.to_owned())),
        };
        Ok(())
    }

    pub(crate) fn set_limit(&mut self, text: &str) -> Result<(), InvalidFiniteRead> {
        let digits = Some(text).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        let limit = digits.and_then(|digits| digits.parse().ok());
        self.limit = Some(limit.ok_or_else(|| InvalidFiniteRead::Limit(text.to_owned()))?);
        Ok(())
    }

    /// The finite read that is asked for, if it is one.
    pub(crate) fn finish(self) -> Result<Option<FiniteRead>, InvalidFiniteRead> {
        match (self.read, self.limit) {
            (None, Some(_)) => Err(InvalidFiniteRead::LimitOfLive),
            (read, limit) => Ok(read.map(|read| FiniteRead { limit, ..read })),
        }
    }
}
