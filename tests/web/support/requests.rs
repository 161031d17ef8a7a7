//! Requests as a page makes them, and as a host hands them on.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::JsValue;
use web_sys::{AbortSignal, Headers, Request, RequestInit};

pub(crate) const HUB: &str = "https://hub.example/.well-known/mercure";

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// A subscription with this query.
pub(crate) fn get(query: &str) -> Request {
    request("GET", query, &[])
}

/// A request without a body, with headers that a page may set.
pub(crate) fn request(method: &str, query: &str, headers: &[(&str, &str)]) -> Request {
    make(method, query, headers, None)
}

/// A subscription with this form, and no query.
pub(crate) fn query(form: &str) -> Request {
    make("QUERY", "", &[("Content-Type", FORM)], Some(&form.into()))
}

/// A publication of this form.
pub(crate) fn form(body: &str) -> Request {
    post(&body.into(), Some(FORM))
}

/// A publication with this body, of this type unless the page is to name one.
pub(crate) fn post(body: &JsValue, content_type: Option<&str>) -> Request {
    let header = content_type.map(|content_type| ("Content-Type", content_type));
    make("POST", "", header.as_slice(), Some(body))
}

/// The same as [`get`], to be aborted by `signal`.
pub(crate) fn with_signal(query: &str, signal: &AbortSignal) -> Request {
    let init = RequestInit::new();
    init.set_signal(Some(signal));
    Request::new_with_str_and_init(&format!("{HUB}?{query}"), &init).unwrap()
}

/// The request as a host has it, with headers that it adds and a page may not set: a request made
/// by a page refuses `Origin` and `Content-Length`, so its `headers` are put behind others.
pub(crate) fn hosted(request: Request, added: &[(&str, &str)]) -> Request {
    let all = Headers::new().unwrap();
    for pair in Array::from(&request.headers()).iter() {
        let pair = Array::from(&pair);
        all.set(&pair.get(0).as_string().unwrap(), &pair.get(1).as_string().unwrap()).unwrap();
    }
    for (name, value) in added {
        all.set(name, value).unwrap();
    }
    let property = Object::new();
    Reflect::set(&property, &"value".into(), &all).unwrap();
    Object::define_property(request.as_ref(), &"headers".into(), &property);
    request
}

/// The headers of an answer, by name.
pub(crate) fn headers<const N: usize>(headers: &Headers, names: [&str; N]) -> [Option<String>; N] {
    names.map(|name| headers.get(name).unwrap())
}

fn make(method: &str, query: &str, headers: &[(&str, &str)], body: Option<&JsValue>) -> Request {
    let init = RequestInit::new();
    init.set_method(method);
    let own = Headers::new().unwrap();
    for (name, value) in headers {
        own.set(name, value).unwrap();
    }
    init.set_headers_headers(&own);
    if let Some(body) = body {
        init.set_body(body);
        // Fetch § 5.3: a body that is a stream is sent before the answer is read.
        Reflect::set(&init, &"duplex".into(), &"half".into()).unwrap();
    }
    let url = if query.is_empty() { HUB.to_owned() } else { format!("{HUB}?{query}") };
    Request::new_with_str_and_init(&url, &init).unwrap()
}
