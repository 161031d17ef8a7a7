//! The requests of an operator.

use crate::{
    door::{granted::Granted, head::Head},
    http::{error::Error, operator_call::OperatorCall},
    settings::{
        config::Config,
        methods,
        operator_key::{KeyRefused, OperatorKey},
    },
};

/// The part of a hub's health that a request is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Health {
    /// Only that the deployment works, which is known without the hub.
    OfDeployment,
    /// The same, for a request that has tried a wrong key.
    ForWrongKey,
    /// The hub's own health, for its operator.
    OfHub(Granted),
}

/// A request that may be an operator's.
#[derive(Clone, Copy)]
pub(crate) struct Caller<'a> {
    /// Its head.
    pub head: &'a dyn Head,
    /// Whether its address has sent too many wrong keys, so that no key from there is looked at.
    pub is_barred: bool,
}

impl Caller<'_> {
    /// Decides which part of a hub's health the request is told.
    ///
    /// # Errors
    /// [`Error::Method`].
    pub(crate) fn health(self, config: &Config) -> Result<Health, Error> {
        methods::check_reading(&self.head.method())?;
        Ok(match config.operator_key.as_ref().map(|key| self.check(key)) {
            Some(Ok(())) => Health::OfHub(Granted::Operator),
            Some(Err(KeyRefused::Wrong)) => Health::ForWrongKey,
            _ => Health::OfDeployment,
        })
    }

    /// Checks that the request may make the call. Without an operator's key its path does not exist.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Method`] or [`Error::Operator`].
    pub(crate) fn may(self, config: &Config, call: OperatorCall) -> Result<(), Error> {
        let key = config.operator_key.as_ref().ok_or(Error::NotFound)?;
        call.check(&self.head.method())?;
        Ok(self.check(key)?)
    }

    fn check(self, key: &OperatorKey) -> Result<(), KeyRefused> {
        match self.head.header("Authorization") {
            None => Err(KeyRefused::Missing),
            Some(_) if self.is_barred => Err(KeyRefused::Barred),
            Some(authorization) if key.admits(&authorization) => Ok(()),
            Some(_) => Err(KeyRefused::Wrong),
        }
    }
}
