//! From a path to its hub, or to the Worker's own answer.

use std::borrow::Cow;

use js_sys::Reflect;
use wasm_bindgen::JsValue;
use web_sys::{Request, Response};

use super::message::{self, Message};
use crate::{
    base::{limits::MAX_WRONG_KEYS, url_parts},
    door::{
        head::Head,
        steps::{Answers, Caller, Door, Health, Judge, Step},
    },
    http::{error::Error, hub_path::HubPath},
    settings::{config::Config, deployment::Deployment, methods, operator_key::KeyRefused},
    tokens::{key_sets::KeySets, resource_metadata::ResourceMetadata, verifier::Role},
    web::{
        HostUrlParser, Level, Record,
        host::clock,
        http::{cors, doorstep, respond},
    },
};

/// The health of a deployment that works. It tells nothing else, since everybody may ask.
const UP: &str = r#"{"status":"ok"}"#;

/// The outcome of a step.
pub(super) enum Routed {
    /// The Worker's own answer.
    Answer(Response),
    /// The message for `npm/worker/door.mjs`, which hands the request to a hub or works for the next step.
    ForHost(JsValue),
}

/// A request at a deployment.
pub(super) struct Visit<'a> {
    pub(super) request: &'a Request,
    pub(super) deployment: &'a Deployment,
    pub(super) judge: Judge,
    /// Whether the address of the request has sent too many wrong keys of an operator.
    pub(super) is_barred: bool,
}

impl Visit<'_> {
    /// Takes the next step of the request.
    pub(super) fn step(&self, answers: &Answers, keys: &mut KeySets) -> Result<Routed, JsValue> {
        let (request, deployment) = (self.request, self.deployment);
        let url = request.url();
        let host = Head::header(request, "Host");
        let of_url = url_parts::host(&url);
        let is_host = url_parts::is_host(of_url) && host.as_deref().is_none_or(url_parts::is_host);
        let path = url_parts::path(&url);
        let found = if is_host { HubPath::parse(path) } else { Err(Error::Host) };
        let found = found.and_then(|found| match found.hub() {
            Some(name) if !deployment.has(name) => Err(Error::HubName),
            _ => Ok(found),
        });
        let caller = Caller { head: request, is_barred: self.is_barred };
        let response = match found {
            Ok(HubPath::Hub(name) | HubPath::Subscriptions(name)) => {
                let config = deployment.of_hub(name);
                match self.to_hub(&config, answers, keys) {
                    Ok(step) => match Message::new(name, step)? {
                        Message::ForHost(message) => return Ok(Routed::ForHost(message)),
                        Message::Options(allow) => doorstep::options(&config, request, allow)?,
                    },
                    Err(error) => doorstep::refuse(&config, request, &error)?,
                }
            }
            Ok(HubPath::HubHealth(name)) => match caller.health(&deployment.of_hub(name)) {
                Ok(Health::OfHub(granted)) => {
                    return message::grant(name, &granted).map(Routed::ForHost);
                }
                Ok(Health::OfDeployment) => respond::json(UP)?,
                Ok(Health::ForWrongKey) => for_wrong_key(respond::json(UP)?)?,
                Err(error) => respond::error(&error)?,
            },
            Ok(HubPath::Operator(name, call)) => {
                let config =
                    name.map_or(Cow::Borrowed(deployment.of_all()), |name| deployment.of_hub(name));
                match caller.may(&config, call) {
                    Ok(()) => return message::operator(name, call).map(Routed::ForHost),
                    Err(error @ Error::Operator(KeyRefused::Wrong)) => {
                        for_wrong_key(respond::error(&error)?)?
                    }
                    Err(error) => respond::error(&error)?,
                }
            }
            Ok(HubPath::Health) => health(request)?,
            Ok(HubPath::Metadata(hub)) => self.metadata(hub)?,
            Err(error) => doorstep::refuse(deployment.of_all(), request, &error)?,
        };
        Ok(Routed::Answer(response))
    }

    fn to_hub(
        &self,
        config: &Config,
        answers: &Answers,
        keys: &mut KeySets,
    ) -> Result<Step, Error> {
        let door =
            Door { config, urls: HostUrlParser::boxed, judge: self.judge, now: clock::now() };
        let stepped = door.step(self.request, answers, keys);
        if let Err(Error::Claims(invalid)) = &stepped {
            // The application's developer finds the wrong claim in the log.
            let record = Record::new(Level::Error, "authorize gave wrong claims");
            record.with_hub(config.hub_path.name()).with_detail(invalid).to_console();
        }
        stepped
    }

    /// Answers with the metadata of the hub at this path: RFC 9728. A hub that trusts no key has none.
    fn metadata(&self, hub: &str) -> Result<Response, JsValue> {
        let Ok(HubPath::Hub(name)) = HubPath::parse(hub) else {
            return doorstep::refuse(self.deployment.of_all(), self.request, &Error::NotFound);
        };
        if !self.deployment.has(name) {
            return doorstep::refuse(self.deployment.of_all(), self.request, &Error::HubName);
        }
        let config = self.deployment.of_hub(name);
        let (own, url) = (&config.authorization, self.request.url());
        let keyless =
            [Role::Publisher, Role::Subscriber].map(|role| own.trust.is_without_key(role));
        if let Err(error) = methods::check_reading(&self.request.method()) {
            return respond::error(&error.into());
        }
        if keyless == [true, true] {
            return respond::error(&Error::NotFound);
        }
        let hub_url = format!("{}{hub}", url_parts::origin(&url));
        let resource = own.public_url.as_deref().unwrap_or(&hub_url);
        let metadata = ResourceMetadata::new(resource, &own.trust, &own.cookie_names.v1);
        let metadata = if config.subscriptions { metadata.with_subscriptions() } else { metadata };
        let response = respond::json(&metadata.to_json())?;
        cors::allow(&config.cors_origins, self.request, &response.headers())?;
        Ok(response)
    }
}

/// The answer with the mark by which `npm/worker/door.mjs` counts wrong keys. No client sees it.
fn for_wrong_key(response: Response) -> Result<Response, JsValue> {
    Reflect::set(&response, &"mostWrongKeys".into(), &MAX_WRONG_KEYS.into())?;
    Ok(response)
}

fn health(request: &Request) -> Result<Response, JsValue> {
    match methods::check_reading(&request.method()) {
        Ok(()) => respond::json(UP),
        Err(error) => respond::error(&error.into()),
    }
}
