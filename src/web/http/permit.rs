//! A request that was let in, and its rights.

use std::rc::Rc;

use wasm_bindgen::JsValue;
use web_sys::{Request, Response};

use crate::{
    base::dialect::Dialect,
    door::{
        addressed::Addressed,
        granted::{Granted, Holder},
    },
    http::error::Error,
    publishing::grant::PublishGrant,
    settings::config::Config,
    tokens::{
        access::Access, bearer::Carrier, challenge::Unauthorized, invalid_token::InvalidToken,
        publisher::KeySpace,
    },
    web::host::host_url_parser::HostUrlParser,
};

/// The rights of a request, at the hub as the request addresses it.
pub(crate) struct Permit {
    addressed: Addressed,
    urls: Rc<HostUrlParser>,
    access: Access,
    key_space: Option<KeySpace>,
    metadata: String,
    /// Whether the token is in the URL, so that no cache may keep the answer: RFC 6750 § 2.3.
    is_private: bool,
}

impl Permit {
    /// Reads the right that the door has granted. An operator's right gives no access to updates.
    pub(crate) fn of(
        request: &Request,
        config: &Config,
        granted: &Granted,
    ) -> Result<Self, InvalidToken> {
        let own = &config.authorization;
        let addressed = Addressed::of(&request.url(), own.public_url.as_deref());
        let urls = Rc::new(HostUrlParser::of_request_to(config, &addressed));
        let bearer = match granted {
            Granted::Publish(Holder::Bearer(bearer))
            | Granted::Subscribe(Holder::Bearer(bearer)) => Some(bearer),
            _ => None,
        };
        let access = match (granted, bearer) {
            (_, Some(bearer)) => bearer.access(&*urls)?,
            (Granted::Publish(Holder::Anonymous), None) => Access::open_to_publish(),
            _ => Access::default(),
        };
        Ok(Self {
            metadata: addressed.metadata(own),
            key_space: bearer.and_then(|bearer| bearer.key_space.clone()),
            is_private: bearer.is_some_and(|bearer| bearer.carrier == Carrier::Query),
            addressed,
            urls,
            access,
        })
    }

    /// The hub as the request addresses it.
    pub(crate) fn addressed(&self) -> &Addressed {
        &self.addressed
    }

    /// Resolves the topics and patterns of the request.
    pub(crate) fn urls(&self) -> &HostUrlParser {
        &self.urls
    }

    pub(crate) fn access(&self) -> &Access {
        &self.access
    }

    /// Marks the answer as private if the request has its token in the URL: shared caches keep none.
    pub(crate) fn mark(&self, response: &Response) -> Result<(), JsValue> {
        if !self.is_private || !response.ok() {
            return Ok(());
        }
        let headers = response.headers();
        let control = headers.get("Cache-Control")?.map(|control| format!("private, {control}"));
        headers.set("Cache-Control", control.as_deref().unwrap_or("private"))
    }

    /// The right to publish.
    pub(crate) fn publish_grant(&self, config: &Config) -> PublishGrant {
        let own = &config.authorization;
        PublishGrant {
            access: self.access.clone(),
            key_space: self.key_space.clone(),
            dialect: self.access.dialect().unwrap_or(Dialect::of_hub(own.trust.trusts())),
            public_by_claim: own.public_by_claim,
            hub_paths: self.addressed.paths.clone(),
            metadata: self.metadata.clone(),
            urls: Rc::clone(&self.urls) as _,
        }
    }

    /// The refusal of a right that the token does not grant.
    pub(crate) fn insufficient(&self, dialect: Dialect, wanted: String) -> Error {
        let reason = Unauthorized::InsufficientScope(wanted);
        Error::Unauthorized { reason, dialect, metadata: self.metadata.clone() }
    }
}
