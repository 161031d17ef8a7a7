//! Which pages may read the answers. A page's own requests cannot carry an `Origin` header, so
//! these are given one as a host would see it; that browsers act on the answers is for the end to
//! end tests.

use millstream::{
    Config,
    web::{Handler, Refusal},
};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Request, Response};

use crate::support::{Application, form, get, headers, hosted, open_with, request};

const LISTED: &str = "https://app.example";

const EXPOSED: &str = "ETag, Last-Event-ID, Link, Mercure-Last-Event-ID, Millstream-Connections, Retry-After, \
     WWW-Authenticate";

const NAMES: [&str; 4] = [
    "Access-Control-Allow-Origin",
    "Access-Control-Allow-Credentials",
    "Access-Control-Expose-Headers",
    "Vary",
];

fn config(origins: &str) -> Config {
    open_with(&[("CORS_ORIGINS", origins)])
}

async fn answer(origins: &str, request: Request, origin: &str) -> Response {
    let request = hosted(request, &[("Origin", origin)]);
    Handler::in_memory(config(origins), ()).handle(&request).await.unwrap()
}

#[track_caller]
fn check<const N: usize>(response: &Response, names: [&str; N], expected: [Option<&str>; N]) {
    let headers = headers(&response.headers(), names);
    assert_eq!(headers.each_ref().map(Option::as_deref), expected);
}

#[wasm_bindgen_test]
async fn a_listed_origin_may_read_every_answer_with_its_credentials() {
    let requests: [fn() -> Request; 5] = [
        || get("topic=books"),
        || request("HEAD", "topic=books", &[]),
        || form("topic=books"),
        || get(""),
        || request("DELETE", "", &[]),
    ];
    for make in requests {
        let response = answer("https://other.example https://app.example", make(), LISTED).await;
        let expected = [LISTED, "true", EXPOSED, "Origin"];
        check(&response, NAMES, expected.map(Some));
    }
}

#[wasm_bindgen_test]
async fn any_other_origin_may_read_none() {
    for origin in ["https://evil.example", "https://app.example.evil", "http://app.example", "null"]
    {
        let response = answer(LISTED, get("topic=books"), origin).await;
        check(&response, NAMES, [None, None, None, Some("Origin")]);
    }
}

#[wasm_bindgen_test]
async fn a_star_lets_every_page_read_but_without_credentials() {
    let response = answer("*", get("topic=books"), "https://any.example").await;
    check(&response, NAMES, [Some("*"), None, Some(EXPOSED), None]);
}

#[wasm_bindgen_test]
async fn without_a_list_no_page_may() {
    let response = answer("", get("topic=books"), LISTED).await;
    check(&response, NAMES, [None, None, None, Some("Origin")]);
}

#[wasm_bindgen_test]
async fn a_request_of_the_same_origin_needs_nothing() {
    let hub = Handler::in_memory(config(LISTED), ());
    let response = hub.handle(&get("topic=books")).await.unwrap();
    assert_eq!(response.status(), 200);
    check(&response, NAMES, [None, None, None, Some("Origin")]);
}

#[wasm_bindgen_test]
async fn a_preflight_is_told_methods_and_headers() {
    let response = answer(LISTED, request("OPTIONS", "", &[]), LISTED).await;
    assert_eq!(response.status(), 204);
    let expected = [
        ("Access-Control-Allow-Origin", LISTED),
        ("Access-Control-Allow-Methods", "GET, HEAD, QUERY, POST, OPTIONS"),
        (
            "Access-Control-Allow-Headers",
            "authorization, cache-control, content-type, idempotency-key, last-event-id",
        ),
        ("Access-Control-Max-Age", "7200"),
        ("Allow", "GET, HEAD, QUERY, POST, OPTIONS"),
    ];
    check(&response, expected.map(|(name, _)| name), expected.map(|(_, value)| Some(value)));
}

#[wasm_bindgen_test]
async fn a_preflight_of_another_origin_is_told_nothing() {
    let response = answer(LISTED, request("OPTIONS", "", &[]), "https://evil.example").await;
    assert_eq!(response.status(), 204);
    let names = ["Access-Control-Allow-Origin", "Access-Control-Allow-Methods"];
    check(&response, names, [None, None]);
}

#[wasm_bindgen_test]
async fn an_answer_of_the_application_keeps_its_own_vary() {
    let application = Application::new().on_request(|_| {
        let response = Response::new_with_opt_str(Some("later")).unwrap();
        response.headers().set("Vary", "Accept").unwrap();
        Err(Refusal::Response(response))
    });
    let request = hosted(get("topic=books"), &[("Origin", LISTED)]);
    let hub = Handler::in_memory(config(LISTED), application);
    let response = hub.handle(&request).await.unwrap();
    check(&response, ["Vary"], [Some("Accept, Origin")]);
}
