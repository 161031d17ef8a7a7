//! The requests of a hub: through its door, and each to the file that answers it.

use std::rc::Rc;

use wasm_bindgen::JsValue;
use web_sys::{Request, Response};

use super::Handler;
use crate::{
    door::granted::Granted,
    http::error::Error,
    web::{
        host::{clock, fetch::HostFetch, storage::Storage},
        http::{
            coding::Coding,
            cors,
            door::{Door, Passage},
            doorstep,
            link::Upgrade,
            permit::Permit,
            publishing::Publishing,
            respond, selection, subscribe,
            subscription::{self, Body},
            subscription_api::{self, Asked},
        },
        streams::hooks::Hooks,
    },
};

impl<K: Hooks, S: Storage> Handler<K, S> {
    /// Answers a request to the hub's URL: GET and QUERY subscribe, POST publishes, HEAD shows the headers
    /// of a subscription, OPTIONS answers a preflight. Below `/.well-known/mercure/subscriptions` it
    /// tells which are active, if that is switched on. A wrong request is answered with its error.
    ///
    /// # Errors
    /// The host cannot make an answer.
    pub async fn handle(&self, request: &Request) -> Result<Response, JsValue> {
        match self.door().judge(request, clock::now).await {
            Ok(Passage::Granted(granted)) => self.handle_granted(request, &granted).await,
            Ok(Passage::Options(allow)) => doorstep::options(&self.config, request, allow),
            Err(error) => doorstep::refuse(&self.config, request, &error),
        }
    }

    /// Answers a request that a door has let in; the door may be the host's own. Each line of a streamed
    /// body, and each part of the subscription API, is checked against the grants here. A right that is
    /// not the one that the request needs is answered with 500.
    ///
    /// The origin, the `Accept` header and the halves that are switched off are not checked again:
    /// [`Ask::read`](crate::door::steps::Ask::read) has checked them.
    ///
    /// # Errors
    /// The host cannot make an answer.
    pub async fn handle_granted(
        &self,
        request: &Request,
        granted: &Granted,
    ) -> Result<Response, JsValue> {
        self.answer_over(request, granted, None).await
    }

    /// The same for a Worker that asks for a link.
    pub(crate) async fn answer_over(
        &self,
        request: &Request,
        granted: &Granted,
        upgrade: Option<&Upgrade>,
    ) -> Result<Response, JsValue> {
        let response = self.dispatch(request, granted, upgrade).await?;
        cors::allow(&self.config.cors_origins, request, &response.headers())?;
        Ok(response)
    }

    async fn dispatch(
        &self,
        request: &Request,
        granted: &Granted,
        upgrade: Option<&Upgrade>,
    ) -> Result<Response, JsValue> {
        let permit = match Permit::of(request, &self.config, granted) {
            Ok(permit) => permit,
            Err(wrong) => return self.misgranted(&wrong.to_string()),
        };
        match (granted, request.method().as_str(), &permit.addressed().subscriptions) {
            (Granted::Subscribe(_), "GET" | "HEAD", Some(below)) => {
                subscription_api::answer(&self.engine, request, Asked { permit: &permit, below })
            }
            (Granted::Subscribe(_), "GET" | "HEAD" | "QUERY", None) => {
                self.answer_subscribe(request, &permit, upgrade.map(|upgrade| (upgrade, granted)))
                    .await
            }
            (Granted::Publish(_), "POST", None) => {
                let grant = permit.publish_grant(&self.config);
                let response = self.publishing().answer(request, grant).await?;
                permit.mark(&response)?;
                Ok(response)
            }
            (_, method, _) => self.misgranted(&format!("it is not for {method}")),
        }
    }

    /// Refuses a request that the door should not have let in with this right.
    pub(crate) fn misgranted(&self, why: &str) -> Result<Response, JsValue> {
        self.engine.application().failed("grant unusable", &why);
        respond::error(&Error::Internal)
    }

    async fn answer_subscribe(
        &self,
        request: &Request,
        permit: &Permit,
        held: Option<(&Upgrade, &Granted)>,
    ) -> Result<Response, JsValue> {
        let told = held.map(|(upgrade, _)| upgrade.opening.form.as_deref());
        let body = told.map_or(Body::Arrives(&self.limits), Body::Told);
        let read = subscription::read(request, permit, body).await;
        let parsed = match read {
            Ok(parsed) => parsed,
            Err(error) => return respond::refuse_stream(request, &error),
        };
        // The door cannot see in the form of a QUERY that it is a finite read, whose stream nobody holds.
        let held = held.filter(|_| parsed.finite_read().is_none());
        let texts = held.map(|(upgrade, granted)| {
            let asked = selection::Asked {
                addressed: permit.addressed(),
                form: upgrade.opening.form.as_deref(),
                cache_control: parsed.cache_control(),
            };
            selection::write(&asked, granted)
        });
        let link = held.map(|(upgrade, _)| upgrade).zip(texts.as_ref());
        let compressing = self.compressor.as_ref().map(|own| (own, self.config.compression));
        let coding = Coding::of(request, permit.access(), compressing);
        let coding = match link {
            Some((upgrade, _)) => coding.held(&upgrade.opening, self.compressor.as_ref()),
            None => coding,
        };
        let asked = subscribe::Asked {
            link,
            coding: &coding,
            request: &parsed,
            access: permit.access(),
            producers: &self.producers,
        };
        let response = subscribe::answer(&self.engine, request, asked).await?;
        permit.mark(&response)?;
        Ok(response)
    }

    fn publishing(&self) -> Publishing<K, S> {
        Publishing {
            engine: Rc::clone(&self.engine),
            limits: Rc::clone(&self.limits),
            producers: Rc::clone(&self.producers),
        }
    }

    /// The door of a host that has no other. It is made at the first request, since on Cloudflare the
    /// Worker has one for all hubs.
    fn door(&self) -> &Door {
        self.door.get_or_init(|| {
            let weak = Rc::downgrade(&self.engine);
            let failed = move |why: String| {
                if let Some(engine) = weak.upgrade() {
                    engine.application().failed("keys unusable", &why);
                }
            };
            Door::new(Rc::clone(&self.config), HostFetch, failed)
        })
    }
}
