//! The settings that the log of a deployment begins with.

#![allow(unreachable_pub, reason = "JavaScript calls the exported functions")]

use js_sys::Array;
use wasm_bindgen::prelude::*;

use super::{config, sys::Env};
use crate::{
    settings::{config::Config, level::Level, stream_holder::StreamHolder},
    tokens::verifier::Role,
};

/// The place of a hub's level among all levels. That of the default, while a variable is wrong.
#[wasm_bindgen(js_name = logLevel)]
#[must_use]
pub fn log_level(env: &Env, hub: &str) -> u8 {
    let level = match &*config::deployment(env) {
        Ok(deployment) => deployment.of_hub(hub).log_level,
        Err(_) => Level::default(),
    };
    level as u8
}

/// The version, who holds the streams, who may publish and who may subscribe, as words; and the variables
/// with weak secrets. `None` while a variable is wrong.
#[wasm_bindgen]
#[must_use]
pub fn standing(env: &Env) -> Option<Array> {
    let deployment = config::deployment(env);
    let deployment = deployment.as_ref().as_ref().ok()?;
    let own = deployment.of_all();
    let delivery = match own.stream_holder {
        StreamHolder::Hub => "direct",
        StreamHolder::Worker => "hibernate",
    };
    let (publish, subscribe) = (who(own, Role::Publisher), who(own, Role::Subscriber));
    let words = [env!("CARGO_PKG_VERSION"), delivery, publish, subscribe];
    let weak = deployment.weak_secrets().map(|weak| weak.variable);
    Some(words.into_iter().chain(weak).map(JsValue::from).collect())
}

/// Who may act in this role.
fn who(config: &Config, role: Role) -> &'static str {
    let own = &config.authorization;
    let (is_on, is_open) = match role {
        Role::Publisher => (config.methods.publishing, own.anonymous_publish),
        Role::Subscriber => (config.methods.subscribing, own.anonymous_subscribe),
    };
    match (is_on, is_open) {
        (false, _) => "off",
        (_, true) => "everybody",
        _ if own.trust.is_without_key(role) => "nobody",
        _ => "token",
    }
}
