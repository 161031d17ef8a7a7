//! `URL.parse` and `URLPattern`, which web-sys lacks.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// URL § 6.1.
    #[wasm_bindgen(js_name = URL)]
    pub(super) type Url;

    /// Nothing where the constructor would throw.
    #[wasm_bindgen(static_method_of = Url, js_class = "URL", js_name = parse)]
    pub(super) fn parse(reference: &str, base: &str) -> Option<Url>;

    #[wasm_bindgen(method, getter, js_class = "URL")]
    pub(super) fn href(this: &Url) -> String;
}

#[wasm_bindgen]
extern "C" {
    /// URL Pattern § 1.2.
    #[wasm_bindgen(js_name = URLPattern)]
    pub(super) type UrlPattern;

    #[wasm_bindgen(catch, constructor, js_class = "URLPattern")]
    pub(super) fn new(pattern: &str) -> Result<UrlPattern, JsValue>;

    #[wasm_bindgen(catch, constructor, js_class = "URLPattern")]
    pub(super) fn with_base(pattern: &str, base: &str) -> Result<UrlPattern, JsValue>;

    #[wasm_bindgen(method, getter, js_class = "URLPattern")]
    pub(super) fn protocol(this: &UrlPattern) -> String;

    #[wasm_bindgen(method, getter, js_class = "URLPattern")]
    pub(super) fn username(this: &UrlPattern) -> String;

    #[wasm_bindgen(method, getter, js_class = "URLPattern")]
    pub(super) fn password(this: &UrlPattern) -> String;

    #[wasm_bindgen(method, getter, js_class = "URLPattern")]
    pub(super) fn hostname(this: &UrlPattern) -> String;

    #[wasm_bindgen(method, getter, js_class = "URLPattern")]
    pub(super) fn port(this: &UrlPattern) -> String;

    #[wasm_bindgen(method, getter, js_class = "URLPattern")]
    pub(super) fn pathname(this: &UrlPattern) -> String;

    #[wasm_bindgen(method, getter, js_class = "URLPattern")]
    pub(super) fn search(this: &UrlPattern) -> String;

    #[wasm_bindgen(method, getter, js_class = "URLPattern")]
    pub(super) fn hash(this: &UrlPattern) -> String;
}
