//! What a host tells of a request beside HTTP: the member `cf` of the Workers runtime.

use js_sys::Reflect;
use wasm_bindgen::JsValue;
use web_sys::Request;

/// The text of this member; `None` if the host tells of none.
pub(crate) fn text(request: &Request, member: &str) -> Option<String> {
    let cf = Reflect::get(request, &"cf".into()).ok().filter(JsValue::is_object)?;
    Reflect::get(&cf, &member.into()).ok()?.as_string()
}
