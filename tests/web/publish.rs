//! From a POST to the readers.

use futures::channel::oneshot;
use js_sys::Uint8Array;
use millstream::web::Handler;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Request, Response};

use crate::support::{
    FORM, Received, broken, endless, form, headers, hosted, hub, open_with, pending, post, publish,
    subscribe, subscribe_to, update, within,
};

const MAX_BODY_BYTES: usize = 1 << 20;

async fn text(response: &Response) -> String {
    let text = JsFuture::from(response.text().unwrap());
    within("the body", text).await.unwrap().as_string().unwrap()
}

#[track_caller]
fn refused(response: &Response, text: &str, status: u16, field: &str) {
    assert_eq!(response.status(), status, "{text}");
    assert!(text.contains(&format!("\"field\":\"{field}\"")), "{text}");
}

async fn check_refused(request: Request, status: u16, field: &str) {
    let hub = hub();
    let reader = subscribe_to(&hub, "topic=*").await.opened().await;
    let response = hub.handle(&request).await.unwrap();
    refused(&response, &text(&response).await, status, field);
    assert!(pending(&mut reader.read()).await, "nobody is sent anything");
}

/// A form of this many bytes, and its data.
fn form_of(bytes: usize) -> (String, String) {
    let fields = "topic=books&data=";
    let data = "x".repeat(bytes - fields.len());
    (format!("{fields}{data}"), data)
}

#[wasm_bindgen_test]
async fn a_publication_reaches_its_readers_with_every_field() {
    let hub = hub();
    let mut reader = subscribe(&hub).await.opened().await;
    let request = form("topic=books&topic=all&data=one%0Atwo&id=urn:x:1&type=sold&retry=5000");
    let response = hub.handle(&request).await.unwrap();
    assert_eq!(response.status(), 200);
    let [content_type, cache_control] =
        headers(&response.headers(), ["Content-Type", "Cache-Control"]);
    assert_eq!(content_type.as_deref(), Some("text/plain; charset=utf-8"));
    assert_eq!(cache_control.as_deref(), Some("no-store"));
    assert_eq!(text(&response).await, "urn:x:1");
    let expected = Received {
        event_type: "sold".to_owned(),
        id: "urn:x:1".to_owned(),
        data: "one\ntwo".to_owned(),
    };
    assert_eq!(reader.event().await, Some(expected));
}

#[wasm_bindgen_test]
async fn an_update_goes_to_those_alone_who_asked_for_one_of_its_topics() {
    let hub = hub();
    let mut books = subscribe(&hub).await.opened().await;
    let mut all = subscribe_to(&hub, "topic=*").await.opened().await;
    let mut both = subscribe_to(&hub, "topic=books&topic=films").await.opened().await;
    let films = subscribe_to(&hub, "topic=films").await.opened().await;
    hub.handle(&form("topic=books&topic=new&data=x")).await.unwrap();
    for reader in [&mut books, &mut all, &mut both] {
        assert_eq!(reader.data(1).await, ["x"]);
    }
    assert!(pending(&mut films.read()).await);
}

#[wasm_bindgen_test]
async fn an_update_without_an_id_is_given_one_of_its_time() {
    let hub = hub();
    let mut reader = subscribe(&hub).await.opened().await;
    let before = js_sys::Date::now();
    let id = text(&hub.handle(&form("topic=books")).await.unwrap()).await;
    let after = js_sys::Date::now();
    let uuid: uuid::Uuid = id.strip_prefix("urn:uuid:").unwrap().parse().unwrap();
    assert_eq!(uuid.get_version_num(), 7);
    let (seconds, nanos) = uuid.get_timestamp().unwrap().to_unix();
    #[expect(clippy::cast_precision_loss, reason = "53 bits hold the milliseconds of this age")]
    let millis = (seconds * 1_000 + u64::from(nanos / 1_000_000)) as f64;
    assert!((before..=after).contains(&millis));
    assert_eq!(reader.event().await.unwrap().id, id);
    let next = text(&hub.handle(&form("topic=books")).await.unwrap()).await;
    assert_ne!(next, id);
}

#[wasm_bindgen_test]
async fn a_private_update_reaches_nobody_by_any_path() {
    let hub = hub();
    let mut live = subscribe_to(&hub, "topic=books&topic=*").await.opened().await;
    let response = hub.handle(&form("topic=books&data=secret&id=s&private=on")).await.unwrap();
    assert_eq!((response.status(), text(&response).await.as_str()), (200, "s"));
    hub.publish(&update("s2", "secret").into_private()).await.unwrap();
    publish(&hub, &["public"]).await;
    assert_eq!(live.data(1).await, ["public"]);
    let mut replayed = subscribe_to(&hub, "topic=*&lastEventID=earliest").await;
    assert_eq!(replayed.data(1).await, ["public"]);
    let gap = "{\"requested\":\"s\",\"first\":null,\"missed\":null}";
    let mut resumed = subscribe_to(&hub, "topic=*&lastEventID=s").await;
    assert_eq!(resumed.data(1).await, [gap], "its id is as unknown as one that never was");
}

#[wasm_bindgen_test]
async fn publishing_is_closed_unless_it_was_opened() {
    let hub = Handler::in_memory(open_with(&[("ANONYMOUS_PUBLISH", "false")]), ());
    let reader = subscribe(&hub).await.opened().await;
    let response = hub.handle(&form("topic=books&data=x")).await.unwrap();
    let challenge = response.headers().get("WWW-Authenticate").unwrap();
    assert_eq!(challenge.as_deref(), Some("Bearer"));
    refused(&response, &text(&response).await, 401, "Authorization");
    assert!(pending(&mut reader.read()).await);
}

#[wasm_bindgen_test]
async fn a_body_up_to_the_limit_is_taken_whole() {
    let hub = hub();
    let mut reader = subscribe(&hub).await.opened().await;
    let (body, data) = form_of(MAX_BODY_BYTES);
    assert_eq!(hub.handle(&form(&body)).await.unwrap().status(), 200);
    let length = MAX_BODY_BYTES.to_string();
    let known = hosted(form(&body), &[("Content-Length", &length)]);
    assert_eq!(hub.handle(&known).await.unwrap().status(), 200);
    assert!(reader.data(2).await.iter().all(|received| *received == data));
}

#[wasm_bindgen_test]
async fn a_body_over_the_limit_is_refused_whether_or_not_it_says_so_before() {
    let (body, _) = form_of(MAX_BODY_BYTES + 1);
    check_refused(form(&body), 413, "body").await;
    let length = body.len().to_string();
    check_refused(hosted(form("topic=books"), &[("Content-Length", &length)]), 413, "body").await;
}

#[wasm_bindgen_test]
async fn a_body_without_an_end_is_called_off() {
    let (called_off, cancelled) = oneshot::channel();
    let cancel = Closure::once_into_js(move || called_off.send(()).unwrap());
    let body = endless(cancel.unchecked_ref());
    check_refused(post(&body, Some(FORM)), 413, "body").await;
    within("the cancellation", cancelled).await.unwrap();
}

#[wasm_bindgen_test]
async fn a_body_that_breaks_off_publishes_nothing() {
    check_refused(post(&broken(), Some(FORM)), 400, "body").await;
}

#[wasm_bindgen_test]
async fn a_body_publishes_by_its_type_alone() {
    let bytes = || JsValue::from(Uint8Array::from(&b"topic=books"[..]));
    for (content_type, status) in
        [(None, 400), (Some("form"), 400), (Some("text/plain;charset=UTF-8"), 415)]
    {
        check_refused(post(&bytes(), content_type), status, "Content-Type").await;
    }
    for content_type in [FORM, "Application/X-WWW-Form-URLEncoded; charset=utf-8"] {
        let response = hub().handle(&post(&bytes(), Some(content_type))).await.unwrap();
        assert_eq!(response.status(), 200, "{content_type}");
    }
    check_refused(post(&bytes(), Some("application/json")), 400, "body").await;
    let json = post(&r#"{"topic":"books"}"#.into(), Some("application/json"));
    assert_eq!(hub().handle(&json).await.unwrap().status(), 200);
}

#[wasm_bindgen_test]
async fn a_form_that_is_wrong_is_refused_by_its_field() {
    for (body, field) in [
        ("data=x", "topic"),
        ("topic=", "topic"),
        ("topic=books&id=a%0Ab", "id"),
        ("topic=books&id=a%00b", "id"),
        ("topic=books&type=a%0Db", "type"),
        ("topic=books&retry=soon", "retry"),
        ("topic=books&data=%FF", "data"),
    ] {
        check_refused(form(body), 400, field).await;
    }
    check_refused(post(&JsValue::NULL, Some(FORM)), 400, "topic").await;
}
