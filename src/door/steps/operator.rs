//! The requests of an operator.

use crate::{
    base::url_parts,
    door::{granted::Granted, head::Head},
    http::{drain_request, error::Error},
    settings::{config::Config, methods},
};

/// The part of a hub's health that a request is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Health {
    /// Only that the deployment works, which is known without the hub.
    OfDeployment,
    /// The hub's own health, for its operator.
    OfHub(Granted),
}

/// Decides which part of a hub's health the request is told.
///
/// # Errors
/// [`Error::Method`].
pub(crate) fn health(config: &Config, head: &dyn Head) -> Result<Health, Error> {
    methods::check_reading(&head.method())?;
    let authorization = head.header("Authorization").unwrap_or_default();
    let key = config.operator_key.as_ref();
    if key.is_some_and(|key| key.admits(&authorization)) {
        Ok(Health::OfHub(Granted::Operator))
    } else {
        Ok(Health::OfDeployment)
    }
}

/// Checks that the request may drain the hub.
///
/// # Errors
/// Those of [`drain_request::check`] and [`drain_request::within`].
pub(crate) fn drain(config: &Config, head: &dyn Head) -> Result<Granted, Error> {
    let key = config.operator_key.as_ref();
    let authorization = head.header("Authorization").unwrap_or_default();
    drain_request::check(key, &head.method(), &authorization)?;
    drain_request::within(url_parts::query(&head.url()))?;
    Ok(Granted::Operator)
}
