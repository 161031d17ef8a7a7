//! The door of one hub, and its judge.

use crate::{
    base::timestamp::Timestamp, door::addressed::Addressed, settings::config::Config,
    tokens::trust::Trust, topics::url_parser::UrlParser,
};

/// The door of one hub, at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Door<'a> {
    /// The settings of the hub.
    pub config: &'a Config,
    /// Makes the parser of the granted selectors.
    pub urls: fn(&Config, &Addressed) -> Box<dyn UrlParser>,
    /// Who decides on the right of a request.
    pub judge: Judge,
    /// The time of the step.
    pub now: Timestamp,
}

/// Who decides on the right of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Judge {
    /// The keys of the configuration, which verify the request's token.
    Keys,
    /// The application in which the hub is embedded.
    Application,
}

impl Door<'_> {
    /// The keys of the hub.
    pub(super) fn trust(&self) -> &Trust {
        &self.config.authorization.trust
    }
}
