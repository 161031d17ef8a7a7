//! The right that a request asks for, before its sender is known.

use crate::{
    base::{dialect::Dialect, form, media_type, url_parts},
    door::{
        addressed::Addressed,
        granted::{Granted, Holder},
        head::Head,
    },
    http::error::Error,
    hub::subscribe_parts::SubscribeParts,
    settings::{
        config::Config,
        methods::{self, MethodRefused},
    },
    tokens::verifier::Role,
};

/// The thing that a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The methods of the hub: the value of `Allow`.
    Options(&'static str),
    /// Anything for which a right is needed.
    Role(Ask),
}

/// A request for which a right is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ask {
    /// The hub that is asked.
    pub addressed: Addressed,
    /// The role in which it is asked.
    pub role: Role,
    /// The dialect that the request shows by itself.
    pub shown: Option<Dialect>,
}

impl Ask {
    /// Reads the head of a request to a hub, and checks its origin, its method and the kind of answer
    /// that it accepts.
    ///
    /// # Errors
    /// [`Error::Misdirected`], [`Error::NotFound`] where the hub does not tell which subscriptions are
    /// active, [`Error::Method`] or [`Error::NotAcceptable`].
    pub(crate) fn read(config: &Config, head: &dyn Head) -> Result<Asked, Error> {
        let own = &config.authorization;
        let url = head.url();
        let origins = own.public_origins.as_ref();
        if origins.is_some_and(|origins| !origins.allow(url_parts::origin(&url))) {
            return Err(Error::Misdirected);
        }
        let addressed = Addressed::of(&url, own.public_url.as_deref());
        let method = head.method();
        let is_of_api = addressed.subscriptions.is_some();
        let ask = |role, shown| Asked::Role(Self { addressed, role, shown });
        match method.as_str() {
            "OPTIONS" if is_of_api => return Ok(Asked::Options(methods::OF_API)),
            _ if is_of_api && !config.subscriptions => return Err(Error::NotFound),
            "GET" | "HEAD" if is_of_api => return Ok(ask(Role::Subscriber, None)),
            _ if is_of_api => return Err(MethodRefused::NotAllowed(methods::OF_API).into()),
            method => config.methods.check(method)?,
        }
        match method.as_str() {
            "OPTIONS" => Ok(Asked::Options(config.methods.allow())),
            "POST" => Ok(ask(Role::Publisher, None)),
            _ => {
                let accept = head.header("Accept").unwrap_or_default();
                let query = url_parts::query(&url);
                // The form is read once the request is let in, and the parameter's value with it.
                let form = (method == "QUERY").then_some(&[][..]);
                let may_be_finite = form.is_some() || names_live(query);
                let takes_json = may_be_finite && media_type::asks_for_json(&accept);
                if !takes_json && !media_type::accepts_event_stream(&accept) {
                    return Err(Error::NotAcceptable);
                }
                let parts = SubscribeParts { query, form, header: None };
                Ok(ask(Role::Subscriber, Some(parts.dialect())))
            }
        }
    }

    /// Whether it asks for a stream that stays open, as far as its head says. The form of a QUERY is not
    /// read here.
    #[must_use]
    pub(super) fn is_live(&self) -> bool {
        self.role == Role::Subscriber && !self.is_of_api() && !is_finite(&self.addressed.query)
    }

    /// Whether it asks for the active subscriptions.
    #[must_use]
    pub(crate) fn is_of_api(&self) -> bool {
        self.addressed.subscriptions.is_some()
    }

    /// The right that is asked for, given to this holder.
    pub(super) fn granted(&self, holder: Holder) -> Granted {
        match self.role {
            Role::Publisher => Granted::Publish(holder),
            Role::Subscriber => Granted::Subscribe(holder),
        }
    }
}

/// Whether the query asks for what is there alone. The last value counts.
fn is_finite(query: &str) -> bool {
    let last = form::pairs_of(query.as_bytes(), |name| name == "live").last();
    last.is_some_and(|pair| pair.is_ok_and(|(_, value)| value == "false"))
}

/// Whether the query says how long a subscription lasts.
fn names_live(query: &str) -> bool {
    form::pairs_of(query.as_bytes(), |name| name == "live").next().is_some()
}
