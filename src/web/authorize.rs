//! From a request to what it may do.

use std::rc::Rc;

use wasm_bindgen::JsValue;
use web_sys::{Request, Response};

use super::{Fetch, clock, host_url_parser::HostUrlParser, verify::Verification};
use crate::{
    access::Access,
    authorization::Authorization,
    bearer::{self, Carrier, Carriers, Presented},
    challenge::Unauthorized,
    dialect::Dialect,
    error::Error,
    hub_path,
    publish_grant::PublishGrant,
    publish_origin,
    publisher::Publisher,
    resource_metadata::ResourceMetadata,
    verifier::Role,
};

/// Tells who may do what. It belongs to one hub.
pub(super) struct Gate {
    authorization: Authorization,
    verification: Verification,
}

/// What a request may do, and whether its token stood in the URL, so that no cache may keep the
/// answer: RFC 6750 § 2.3.
pub(super) struct Admission {
    /// Whose token it is, when it is to publish.
    publisher: Option<Publisher>,
    pub(super) access: Access,
    pub(super) is_private: bool,
}

/// The hub as a request addresses it.
pub(super) struct Addressed {
    /// The public URL of the hub, or else that of the request, without its query.
    pub(super) url: String,
    /// The paths at which the hub is found.
    pub(super) paths: Vec<String>,
    /// The query, without the question mark.
    pub(super) query: String,
    /// What follows `/subscriptions` below the hub, if that is asked for.
    pub(super) subscriptions: Option<String>,
}

impl Admission {
    /// Keeps caches from the answer to a request with its token in the URL.
    pub(super) fn mark(&self, response: &Response) -> Result<(), JsValue> {
        if !self.is_private || !response.ok() {
            return Ok(());
        }
        let headers = response.headers();
        let control = headers.get("Cache-Control")?.map(|control| format!("private, {control}"));
        headers.set("Cache-Control", control.as_deref().unwrap_or("private"))
    }
}

impl Addressed {
    pub(super) fn of(request: &Request, public_url: Option<&str>) -> Self {
        let url = request.url();
        let url = url.split('#').next().unwrap_or_default();
        let (url, query) = url.split_once('?').unwrap_or((url, ""));
        let path = hub_path::of_url(url);
        let (hub, subscriptions) = hub_path::split_subscriptions(path);
        let hub_url = url.len().checked_sub(path.len() - hub.len()).and_then(|end| url.get(..end));
        let hub_url = public_url.unwrap_or(hub_url.unwrap_or(url));
        Self {
            url: hub_url.to_owned(),
            paths: hub_path::same_hub(hub_path::public(hub_url, hub)),
            query: query.to_owned(),
            subscriptions: subscriptions.map(str::to_owned),
        }
    }
}

impl Gate {
    /// `failed` is told what goes wrong with the keys.
    pub(super) fn new(
        authorization: Authorization,
        fetch: impl Fetch + 'static,
        failed: impl Fn(String) + 'static,
    ) -> Self {
        let verification = Verification::new(authorization.trust.clone(), fetch, failed);
        Self { authorization, verification }
    }

    /// What the request may do in this role. Without a token that is something only where the hub
    /// is open to everybody; a token that is wrong is refused even there.
    ///
    /// `shown` is the dialect that the request shows by itself.
    pub(super) async fn admit(
        &self,
        request: &Request,
        addressed: &Addressed,
        role: Role,
        shown: Option<Dialect>,
        urls: &Rc<HostUrlParser>,
    ) -> Result<Admission, Error> {
        let trust = self.verification.trust();
        let dialect = shown.unwrap_or(Dialect::of_hub(trust.trusts_an_issuer()));
        let presented = self.find(request, addressed, shown);
        let Some(presented) =
            presented.map_err(|reason| self.refuse(addressed, dialect, reason))?
        else {
            return match role {
                Role::Publisher if self.authorization.anonymous_publish => Ok(Admission {
                    access: Access::open_to_publish(),
                    publisher: None,
                    is_private: false,
                }),
                Role::Subscriber if self.authorization.anonymous_subscribe => {
                    Ok(Admission { access: Access::default(), publisher: None, is_private: false })
                }
                _ if trust.is_without_key(role) => {
                    Err(self.refuse(addressed, dialect, Unauthorized::NoKey))
                }
                _ => Err(self.refuse(addressed, dialect, Unauthorized::Missing)),
            };
        };
        let dialect =
            shown.unwrap_or_else(|| trust.dialect_of_refusal(presented.jws().ok().as_ref(), role));
        let admitted = self.verify(request, addressed, &presented, role, shown, urls).await;
        let (access, publisher) =
            admitted.map_err(|reason| self.refuse(addressed, dialect, reason))?;
        Ok(Admission { access, publisher, is_private: presented.carrier == Carrier::Query })
    }

    /// What an admitted publisher may publish.
    pub(super) fn publish_grant(
        &self,
        admission: &Admission,
        addressed: &Addressed,
        urls: &Rc<HostUrlParser>,
    ) -> PublishGrant {
        let of_hub = Dialect::of_hub(self.verification.trust().trusts_an_issuer());
        PublishGrant {
            access: admission.access.clone(),
            publisher: admission.publisher.clone(),
            dialect: admission.access.dialect().unwrap_or(of_hub),
            public_by_claim: self.authorization.public_by_claim,
            hub_paths: addressed.paths.clone(),
            metadata: self.metadata(addressed),
            urls: Rc::clone(urls) as _,
        }
    }

    fn find(
        &self,
        request: &Request,
        addressed: &Addressed,
        shown: Option<Dialect>,
    ) -> Result<Option<Presented>, Unauthorized> {
        let header = |name: &str| request.headers().get(name).ok().flatten();
        let (authorization, cookie) = (header("Authorization"), header("Cookie"));
        let carriers = Carriers {
            authorization: authorization.as_deref(),
            cookie: cookie.as_deref(),
            query: &addressed.query,
        };
        Ok(bearer::find(carriers, shown, &self.authorization.cookie_names)?)
    }

    async fn verify(
        &self,
        request: &Request,
        addressed: &Addressed,
        presented: &Presented,
        role: Role,
        shown: Option<Dialect>,
        urls: &Rc<HostUrlParser>,
    ) -> Result<(Access, Option<Publisher>), Unauthorized> {
        if presented.carrier == Carrier::Cookie && role == Role::Publisher {
            let header = |name: &str| request.headers().get(name).ok().flatten();
            let (origin, referer) = (header("Origin"), header("Referer"));
            let origins = &self.authorization.publish_origins;
            publish_origin::check(origins, origin.as_deref(), referer.as_deref())?;
        }
        let audience = &addressed.url;
        let verified = self.verification.grants(presented, role, shown, audience, clock::now);
        let (grants, publisher) = verified.await?;
        Ok((Access::new(grants, &**urls)?, publisher))
    }

    /// Refuses who has no token, where even a hub that is open to everybody asks for one.
    pub(super) fn refuse_anonymous(&self, addressed: &Addressed) -> Error {
        let trust = self.verification.trust();
        let dialect = Dialect::of_hub(trust.trusts_an_issuer());
        let no_key = trust.is_without_key(Role::Subscriber);
        let reason = if no_key { Unauthorized::NoKey } else { Unauthorized::Missing };
        self.refuse(addressed, dialect, reason)
    }

    pub(super) fn refuse(
        &self,
        addressed: &Addressed,
        dialect: Dialect,
        reason: Unauthorized,
    ) -> Error {
        Error::Unauthorized { reason, dialect, metadata: self.metadata(addressed) }
    }

    fn metadata(&self, addressed: &Addressed) -> String {
        let cookie = &self.authorization.cookie_names.v1;
        let trust = self.verification.trust();
        ResourceMetadata::new(&addressed.url, trust, cookie).url()
    }
}
