//! What the publisher of one request may publish: decided here, and for each update.

use crate::{config::Config, error::Error, publish_request::PublishRequest};

/// The right to publish that a request has shown. A body that streams is published under the grant
/// that its request began with.
#[derive(Clone, Debug)]
pub struct PublishGrant {
    _shown: (),
}

impl PublishGrant {
    /// The grant of somebody who shows none.
    ///
    /// # Errors
    /// [`Error::Unauthorized`] unless the hub is open to anybody.
    pub fn anonymous(config: &Config) -> Result<Self, Error> {
        if config.anonymous_publish { Ok(Self { _shown: () }) } else { Err(Error::Unauthorized) }
    }

    /// Whether this may be published. To be asked before each update is appended.
    ///
    /// # Errors
    /// Why not.
    pub fn may_publish(&self, _request: &PublishRequest) -> Result<(), Error> {
        Ok(())
    }
}
