//! Who may publish and subscribe, by tokens of 0.x in each of the places where they may stand.

use millstream::web::{Handler, Refusal};
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Request, Response};

use crate::support::{
    Application, closed, forged, form, get, headers, hosted, request, token, with_token,
};

const PAGE: &str = "https://app.example";

async fn answer(variables: &[(&str, &str)], request: Request) -> Response {
    Handler::in_memory(closed(variables), ()).handle(&request).await.unwrap()
}

async fn refused(variables: &[(&str, &str)], request: Request, challenge: &str) {
    let response = answer(variables, request).await;
    let [found, caching] = headers(&response.headers(), ["WWW-Authenticate", "Cache-Control"]);
    assert_eq!((response.status(), found.as_deref()), (401, Some(challenge)));
    assert_eq!(caching.as_deref(), Some("no-store"));
}

#[wasm_bindgen_test]
async fn who_publishes_needs_a_grant_for_every_topic() {
    let granted = token(json!({ "publish": ["books", "https://example.com/{id}"] })).await;
    for topics in ["topic=books", "topic=books&topic=https://example.com/1"] {
        let response = answer(&[], with_token(form(topics), &granted)).await;
        assert_eq!(response.status(), 200, "{topics}");
    }
    let insufficient = "Bearer error=\"insufficient_scope\"";
    for topics in ["topic=films", "topic=books&topic=films", "topic=books&topic=films&private=on"] {
        refused(&[], with_token(form(topics), &granted), insufficient).await;
    }
    let reader = token(json!({ "subscribe": ["*"] })).await;
    refused(&[], with_token(form("topic=books"), &reader), insufficient).await;
    refused(&[], form("topic=books"), "Bearer").await;
}

#[wasm_bindgen_test]
async fn who_subscribes_needs_a_token_but_no_grant() {
    let token = token(json!({})).await;
    for method in ["GET", "HEAD"] {
        let request = || request(method, "topic=books", &[]);
        assert_eq!(answer(&[], with_token(request(), &token)).await.status(), 200, "{method}");
        refused(&[], request(), "Bearer").await;
    }
}

#[wasm_bindgen_test]
async fn a_wrong_token_is_refused_also_where_none_is_needed() {
    let open = [("ANONYMOUS_SUBSCRIBE", "true"), ("ANONYMOUS_PUBLISH", "true")];
    let forged = forged(json!({ "publish": ["*"], "subscribe": ["*"] })).await;
    for request in [|| get("topic=books"), || form("topic=books")] {
        assert_eq!(answer(&open, request()).await.status(), 200);
        refused(&open, with_token(request(), &forged), "Bearer error=\"invalid_token\"").await;
        let basic = hosted(request(), &[("Authorization", "Basic YTpi")]);
        refused(&open, basic, "Bearer error=\"invalid_request\"").await;
    }
}

#[wasm_bindgen_test]
async fn a_key_is_for_its_role_alone() {
    let other = [("MERCURE_SUBSCRIBER_JWT_KEY", "the key of the subscribers")];
    let token = token(json!({ "publish": ["*"], "subscribe": ["*"] })).await;
    assert_eq!(answer(&other, with_token(form("topic=books"), &token)).await.status(), 200);
    let subscription = with_token(get("topic=books"), &token);
    refused(&other, subscription, "Bearer error=\"invalid_token\"").await;
}

#[wasm_bindgen_test]
async fn a_cookie_publishes_for_pages_that_are_listed_alone() {
    let listed = [("PUBLISH_ORIGINS", PAGE)];
    let cookie = token(json!({ "publish": ["*"] })).await;
    let cookie = format!("other=1; mercureAuthorization={cookie}");
    let with = |added: &[(&str, &str)]| {
        hosted(form("topic=books"), &[&[("Cookie", cookie.as_str())], added].concat())
    };
    refused(&listed, with(&[]), "Bearer").await;
    refused(&listed, with(&[("Origin", "https://evil.example")]), "Bearer").await;
    refused(&[], with(&[("Origin", PAGE)]), "Bearer").await;
    let referer = format!("{PAGE}/page");
    for from_page in [("Origin", PAGE), ("Referer", &referer)] {
        assert_eq!(answer(&listed, with(&[from_page])).await.status(), 200);
    }
}

#[wasm_bindgen_test]
async fn a_cookie_subscribes_wherever_the_page_is_from() {
    let cookie = format!("mercureAuthorization={}", token(json!({})).await);
    let request = hosted(get("topic=books"), &[("Cookie", &cookie)]);
    assert_eq!(answer(&[], request).await.status(), 200);
}

#[wasm_bindgen_test]
async fn no_shared_cache_keeps_what_a_token_in_the_url_has_opened() {
    let token = token(json!({})).await;
    let request = get(&format!("topic=books&authorization={token}"));
    let response = answer(&[], request).await;
    assert_eq!(response.status(), 200);
    let [caching] = headers(&response.headers(), ["Cache-Control"]);
    assert_eq!(caching.as_deref(), Some("private, no-cache, no-transform"));
}

#[wasm_bindgen_test]
async fn no_shared_cache_keeps_what_the_application_answers_to_it_either() {
    let query = format!("topic=books&authorization={}", token(json!({})).await);
    let own = || Refusal::Response(Response::new_with_opt_str(Some("later")).unwrap());
    for refusal in [own, || Refusal::StopReconnecting] {
        let application = Application::new().on_request(move |_| Err(refusal()));
        let hub = Handler::in_memory(closed(&[]), application);
        let response = hub.handle(&get(&query)).await.unwrap();
        let [caching] = headers(&response.headers(), ["Cache-Control"]);
        assert_eq!(caching.as_deref(), Some("private"));
    }
}
