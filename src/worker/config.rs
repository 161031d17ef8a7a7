//! The configuration, read from the Worker's bindings.

use std::{cell::RefCell, rc::Rc, sync::Once};

use js_sys::{Array, JSON, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use super::sys::Env;
use crate::{
    settings::{
        config::Config,
        deployment::Deployment,
        hub_variables::HubVariables,
        invalid_config::{HUBS, InvalidConfig},
        near_miss::near_misses,
    },
    web::{Level, Record},
};

thread_local! {
    /// The last deployments that were read, each with its bindings. An isolate has one, unless an
    /// application makes bindings of its own.
    static READ: RefCell<Vec<(JsValue, Rc<Read>)>> = const { RefCell::new(Vec::new()) };
}

/// More bindings than these are read again for each request.
const MAX_READ: usize = 4;

/// Under `make serve`, this variable lists the names of all variables of the environment. workerd hands
/// on only the variables that its configuration binds.
const ENVIRONMENT_NAMES: &str = "ENVIRONMENT_NAMES";

/// The settings, or the first variable that is wrong.
pub(super) type Read = Result<Deployment, InvalidConfig>;

/// The settings of all hubs. They are read once for the same bindings.
pub(super) fn deployment(env: &Env) -> Rc<Read> {
    let env: &JsValue = env.as_ref();
    let known = READ.with_borrow(|read| {
        read.iter().find(|(of, _)| Object::is(of, env)).map(|(_, read)| Rc::clone(read))
    });
    known.unwrap_or_else(|| {
        let read = Rc::new(read(env.unchecked_ref()));
        tell(&read, env);
        READ.with_borrow_mut(|all| {
            if all.len() >= MAX_READ {
                all.remove(0);
            }
            all.push((env.clone(), Rc::clone(&read)));
        });
        read
    })
}

fn read(env: &Env) -> Read {
    Deployment::read(&hubs(env)?, |name| text(&binding(env.as_ref(), name)?))
}

/// Logs the settings that an operator has to correct.
fn tell(read: &Read, env: &JsValue) {
    /// An application may make new bindings for each request.
    static TOLD: Once = Once::new();
    match read {
        Ok(deployment) if deployment.of_all().log_level <= Level::Warning => {
            for weak in deployment.weak_secrets() {
                Record::new(Level::Warning, "weak secret").with_detail(weak).to_console();
            }
            TOLD.call_once(|| tell_near_misses(env));
        }
        Ok(_) => {}
        Err(invalid) => {
            Record::new(Level::Error, "configuration wrong").with_detail(invalid).to_console();
        }
    }
}

/// Logs names that resemble the hub's variables. A binding that is an object is no variable, and workerd
/// gives null for a variable that is not set.
fn tell_near_misses(env: &JsValue) {
    let all = entries(env).unwrap_or_default().into_iter();
    let set = all.filter(|(_, value)| !value.is_object() && !value.is_null());
    let mut names: Vec<_> = set.map(|(name, _)| name).collect();
    if let Some(more) = binding(env, ENVIRONMENT_NAMES).and_then(|more| more.as_string()) {
        names.extend(more.split(' ').map(str::to_owned));
    }
    for near in near_misses(&names) {
        Record::new(Level::Warning, "unknown variable").with_detail(near).to_console();
    }
}

/// Reads the variables of the hub of this name.
pub(super) fn of_hub(env: &Env, hub: &str) -> Result<Config, InvalidConfig> {
    Config::of_hub(hub, &hubs(env)?, |name| text(&binding(env.as_ref(), name)?))
}

/// The variables of single hubs: JSON, or a table under `[vars]`.
fn hubs(env: &Env) -> Result<HubVariables, InvalidConfig> {
    let mut hubs = HubVariables::default();
    let Some(value) = binding(env.as_ref(), HUBS) else { return Ok(hubs) };
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

/// A binding, if it is set. workerd gives null for a variable that is not set.
fn binding(env: &JsValue, name: &str) -> Option<JsValue> {
    let value = Reflect::get(env, &name.into()).ok()?;
    (!value.is_null() && !value.is_undefined()).then_some(value)
}

/// A variable as text. Under `[vars]` it may also be a number or a boolean.
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
