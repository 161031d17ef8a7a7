//! The configuration, out of the Worker's bindings.

use js_sys::Reflect;
use wasm_bindgen::JsValue;

use super::sys::Env;
use crate::config::{Config, InvalidConfig};

/// Reads the variables from the bindings; what is not a text is as good as not set.
pub(super) fn read(env: &Env) -> Result<Config, InvalidConfig> {
    let env: &JsValue = env.as_ref();
    Config::read(|name| Reflect::get(env, &name.into()).ok()?.as_string())
}
