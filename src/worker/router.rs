//! From a path to the hub that is asked, or to the Worker's own answer.

use std::fmt::Display;

use wasm_bindgen::JsValue;
use web_sys::{Request, Response};

use crate::{
    access::Access,
    addressed::Addressed,
    application_claims,
    config::Config,
    deployment::Deployment,
    door::{self, Answers, Door, Health, Judge, Step},
    error::Error,
    granted::Granted,
    head::Head,
    hub_path::{self, HubPath},
    key_sets::KeySets,
    resource_metadata::ResourceMetadata,
    verifier::Role,
    web::{HostUrlParser, Level, Record, clock, cors, doorstep, respond},
};

/// What everybody may know of a deployment that works, and of a hub.
pub(super) const UP: &str = r#"{"status":"ok"}"#;

/// What becomes of a request next.
pub(super) enum Routed {
    /// It is answered by the Worker.
    Answer(Response),
    /// It is for the hub of this name.
    Hub(String, Step),
}

/// A request at a deployment.
pub(super) struct Visit<'a> {
    pub(super) request: &'a Request,
    pub(super) deployment: &'a Deployment,
    pub(super) judge: Judge,
}

/// The host's answers to the steps of a request so far.
#[derive(Default)]
pub(super) struct Told {
    pub(super) answers: Answers,
    /// The claims that an application gave, as JSON.
    pub(super) claims: Option<String>,
}

impl Visit<'_> {
    /// Takes the next step of the request.
    pub(super) fn step(&self, told: Told, keys: &mut KeySets) -> Result<Routed, JsValue> {
        let (request, deployment) = (self.request, self.deployment);
        let url = request.url();
        let host = Head::header(request, "Host");
        let of_url = hub_path::origin(&url).split_once("://").map_or("", |(_, host)| host);
        let is_host = hub_path::is_host(of_url) && host.as_deref().is_none_or(hub_path::is_host);
        let path = hub_path::of_url(&url);
        let found = if is_host { HubPath::parse(path) } else { Err(Error::Host) };
        let response = match found {
            Ok(HubPath::Hub(name) | HubPath::Subscriptions(name)) => {
                let config = deployment.of_hub(name);
                return match self.to_hub(&config, told, keys) {
                    Ok(Step::Options(allow)) => {
                        Ok(Routed::Answer(doorstep::options(&config, request, allow)?))
                    }
                    Ok(step) => Ok(Routed::Hub(name.to_owned(), step)),
                    Err(error) => Ok(Routed::Answer(doorstep::refuse(&config, request, &error)?)),
                };
            }
            Ok(HubPath::HubHealth(name)) => match door::health(&deployment.of_hub(name), request) {
                Ok(Health::OfHub(granted)) => return Ok(to_operator(name, granted)),
                Ok(Health::OfDeployment) => respond::json(UP)?,
                Err(error) => respond::error(&error)?,
            },
            Ok(HubPath::Drain(name)) => match door::drain(&deployment.of_hub(name), request) {
                Ok(granted) => return Ok(to_operator(name, granted)),
                Err(error) => respond::error(&error)?,
            },
            Ok(HubPath::Health) => health(request)?,
            Ok(HubPath::Metadata(hub)) => self.metadata(hub)?,
            Err(error) => doorstep::refuse(deployment.of_all(), request, &error)?,
        };
        Ok(Routed::Answer(response))
    }

    fn to_hub(&self, config: &Config, told: Told, keys: &mut KeySets) -> Result<Step, Error> {
        let addressed =
            Addressed::of(&self.request.url(), config.authorization.public_url.as_deref());
        let urls = HostUrlParser::of_request_to(config, &addressed);
        let door = Door { config, urls: &urls, judge: self.judge, now: clock::now() };
        let mut answers = told.answers;
        if let Some(claims) = told.claims {
            answers.application = Some(claims_of(&claims, &door));
        }
        door.step(self.request, &answers, keys)
    }

    /// What the hub at this path asks of tokens: RFC 9728. A hub that trusts nobody has nothing to say.
    fn metadata(&self, hub: &str) -> Result<Response, JsValue> {
        let Ok(HubPath::Hub(name)) = HubPath::parse(hub) else {
            return doorstep::refuse(self.deployment.of_all(), self.request, &Error::NotFound);
        };
        let config = self.deployment.of_hub(name);
        let (own, url) = (&config.authorization, self.request.url());
        let keyless =
            [Role::Publisher, Role::Subscriber].map(|role| own.trust.is_without_key(role));
        if !["GET", "HEAD"].contains(&self.request.method().as_str()) {
            return respond::error(&Error::MethodNotAllowed("GET, HEAD"));
        }
        if keyless == [true, true] {
            return respond::error(&Error::NotFound);
        }
        let hub_url = format!("{}{hub}", hub_path::origin(&url));
        let resource = own.public_url.as_deref().unwrap_or(&hub_url);
        let metadata = ResourceMetadata::new(resource, &own.trust, &own.cookie_names.v1);
        let metadata = if config.subscriptions { metadata.with_subscriptions() } else { metadata };
        let response = respond::json(&metadata.to_json())?;
        cors::allow(&config.cors_origins, self.request, &response.headers())?;
        Ok(response)
    }
}

fn to_operator(hub: &str, granted: Granted) -> Routed {
    Routed::Hub(hub.to_owned(), Step::Grant(granted))
}

/// The claims that an application gave. The log tells its developer what is wrong with them.
fn claims_of(json: &str, door: &Door<'_>) -> door::Told {
    let wrong = |wrong: &dyn Display| {
        Record::new(Level::Error, "authorize gave wrong claims").with_detail(wrong).to_console();
        door::Told::Failed
    };
    match application_claims::parse(json, door.now) {
        Ok(claims) => match Access::new(claims.grants.clone(), door.urls) {
            Ok(_) => door::Told::Claims(claims),
            Err(invalid) => wrong(&invalid),
        },
        Err(invalid) => wrong(&invalid),
    }
}

fn health(request: &Request) -> Result<Response, JsValue> {
    match request.method().as_str() {
        "GET" | "HEAD" => respond::json(UP),
        _ => respond::error(&Error::MethodNotAllowed("GET, HEAD")),
    }
}
