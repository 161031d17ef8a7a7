//! `URL.parse` and `URLPattern`, which web-sys lacks.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// URL § 6.1.
    #[wasm_bindgen(js_name = URL)]
    pub(crate) type Url;

    /// Nothing where the constructor would throw.
    #[wasm_bindgen(static_method_of = Url, js_class = "URL", js_name = parse)]
    pub(crate) fn parse(reference: &str, base: &str) -> Option<Url>;

    #[wasm_bindgen(method, getter, js_class = "URL")]
    pub(crate) fn href(this: &Url) -> String;
}

#[wasm_bindgen]
extern "C" {
    /// URL Pattern § 1.2.
    #[wasm_bindgen(js_name = URLPattern)]
    pub(crate) type UrlPattern;

    #[wasm_bindgen(catch, constructor, js_class = "URLPattern")]
    pub(crate) fn new(pattern: &str) -> Result<UrlPattern, JsValue>;

    #[wasm_bindgen(catch, constructor, js_class = "URLPattern")]
    pub(crate) fn with_base(pattern: &str, base: &str) -> Result<UrlPattern, JsValue>;

    #[wasm_bindgen(method, getter, js_class = "URLPattern")]
    pub(crate) fn protocol(this: &UrlPattern) -> String;

    #[wasm_bindgen(method, getter, js_class = "URLPattern")]
    pub(crate) fn username(this: &UrlPattern) -> String;

    #[wasm_bindgen(method, getter, js_class = "URLPattern")]
    pub(crate) fn password(this: &UrlPattern) -> String;

    #[wasm_bindgen(method, getter, js_class = "URLPattern")]
    pub(crate) fn hostname(this: &UrlPattern) -> String;

    #[wasm_bindgen(method, getter, js_class = "URLPattern")]
    pub(crate) fn port(this: &UrlPattern) -> String;

    #[wasm_bindgen(method, getter, js_class = "URLPattern")]
    pub(crate) fn pathname(this: &UrlPattern) -> String;

    #[wasm_bindgen(method, getter, js_class = "URLPattern")]
    pub(crate) fn search(this: &UrlPattern) -> String;

    #[wasm_bindgen(method, getter, js_class = "URLPattern")]
    pub(crate) fn hash(this: &UrlPattern) -> String;
}
