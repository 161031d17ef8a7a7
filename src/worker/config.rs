//! The configuration, out of the Worker's bindings.

use js_sys::{Array, JSON, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use super::sys::Env;
use crate::{
    config::{Config, InvalidConfig},
    hub_variables::{HUBS, HubVariables},
};

/// Reads the variables that are set for all hubs, and checks those of single ones.
pub(super) fn check(env: &Env) -> Result<Config, InvalidConfig> {
    Config::check(&hubs(env)?, |name| text(&binding(env, name)?))
}

/// Reads the variables of the hub of this name.
pub(super) fn of_hub(env: &Env, hub: &str) -> Result<Config, InvalidConfig> {
    Config::of_hub(hub, &hubs(env)?, |name| text(&binding(env, name)?))
}

/// What is set for single hubs: JSON, or under `[vars]` a table.
fn hubs(env: &Env) -> Result<HubVariables, InvalidConfig> {
    let mut hubs = HubVariables::default();
    let Some(value) = binding(env, HUBS) else { return Ok(hubs) };
    let wrong = |at: &[&str]| InvalidConfig::Hubs { at: (!at.is_empty()).then(|| at.join(".")) };
    let table = match value.as_string() {
        Some(text) if text.trim().is_empty() => return Ok(hubs),
        Some(text) => JSON::parse(&text).map_err(|_| wrong(&[]))?,
        None => value.clone(),
    };
    for (hub, variables) in entries(&table).ok_or_else(|| wrong(&[]))? {
        for (name, value) in entries(&variables).ok_or_else(|| wrong(&[&hub]))? {
            let value = value.as_string().ok_or_else(|| wrong(&[&hub, &name]))?;
            hubs.insert(&hub, &name, value)?;
        }
    }
    Ok(hubs)
}

/// A binding that is there; workerd gives null for a variable that is not set.
fn binding(env: &Env, name: &str) -> Option<JsValue> {
    let env: &JsValue = env.as_ref();
    let value = Reflect::get(env, &name.into()).ok()?;
    (!value.is_null() && !value.is_undefined()).then_some(value)
}

/// A variable as text: under `[vars]` it may be a number or a boolean too.
fn text(value: &JsValue) -> Option<String> {
    value.as_string().or_else(|| JSON::stringify(value).ok()?.as_string())
}

/// The names and values of an object that is not a list.
fn entries(value: &JsValue) -> Option<Vec<(String, JsValue)>> {
    let object = value.dyn_ref::<Object>().filter(|_| !Array::is_array(value))?;
    let pairs = Object::entries(object).into_iter().map(|pair| {
        let pair: Array = pair.unchecked_into();
        Some((pair.get(0).as_string()?, pair.get(1)))
    });
    pairs.collect()
}
