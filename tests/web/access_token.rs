//! Access tokens and subscriptions of 1.0.

use millstream::web::Handler;
use serde_json::json;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Request, Response};

use crate::support::{
    FORM, HUB, ISSUER, Reader, SECRET, access_token, closed, form, get, headers, hub, query, read,
    request, token, with_token,
};

/// Where the hub says what it asks for.
const METADATA: &str =
    "https://hub.example/.well-known/oauth-protected-resource/.well-known/mercure";

/// A hub that trusts one issuer.
fn trusting() -> Handler {
    let key = json!({ "key": SECRET, "algorithms": ["HS256"] });
    let issuers = json!([{ "issuer": ISSUER, "publisher": key, "subscriber": key }]).to_string();
    Handler::in_memory(closed(&[("ISSUERS", &issuers), ("RESOURCE_IDENTIFIER", HUB)]), ())
}

#[track_caller]
fn refused(response: &Response, status: u16, code: Option<&str>) {
    let [challenge] = headers(&response.headers(), ["WWW-Authenticate"]);
    let code = code.map(|code| format!("error=\"{code}\", ")).unwrap_or_default();
    let expected = format!("Bearer {code}resource_metadata=\"{METADATA}\"");
    assert_eq!((response.status(), challenge), (status, Some(expected)));
}

async fn answer(hub: &Handler, request: Request, token: &str) -> Response {
    hub.handle(&with_token(request, token)).await.unwrap()
}

#[wasm_bindgen_test]
async fn an_access_token_grants_what_its_details_say() {
    let hub = trusting();
    let topics = json!([{ "match": "books" }]);
    let publisher = access_token(HUB, json!(["publish"]), topics.clone()).await;
    let subscriber = access_token(HUB, json!(["subscribe"]), topics).await;
    let granted = with_token(get("match=books"), &subscriber);
    let mut reader = read(&hub, &granted).await.opened().await;
    let ungranted = with_token(get("match=books"), &publisher);
    let mut stranger = read(&hub, &ungranted).await.opened().await;
    for publication in ["topic=books&data=secret&private=on", "topic=books&data=public"] {
        assert_eq!(answer(&hub, form(publication), &publisher).await.status(), 200);
    }
    assert_eq!(reader.data(2).await, ["secret", "public"]);
    assert_eq!(stranger.data(1).await, ["public"]);
    let films = answer(&hub, form("topic=films"), &publisher).await;
    refused(&films, 403, Some("insufficient_scope"));
    let by_subscriber = answer(&hub, form("topic=books"), &subscriber).await;
    refused(&by_subscriber, 403, Some("insufficient_scope"));
}

#[wasm_bindgen_test]
async fn a_url_pattern_grants_what_it_matches() {
    let hub = trusting();
    let pattern = json!([{ "match": "https://example.com/:id", "match_type": "urlpattern" }]);
    let publisher = access_token(HUB, json!(["publish"]), pattern).await;
    let of = |topic: &str| form(&format!("topic={topic}"));
    assert_eq!(answer(&hub, of("https://EXAMPLE.com/1"), &publisher).await.status(), 200);
    let beyond = answer(&hub, of("https://example.com/1/2"), &publisher).await;
    refused(&beyond, 403, Some("insufficient_scope"));
}

#[wasm_bindgen_test]
async fn a_subscription_of_1_0_takes_a_token_for_this_hub_out_of_its_header() {
    let hub = trusting();
    let (actions, topics) = (json!(["subscribe"]), json!([{ "match": "books" }]));
    let right = access_token(HUB, actions.clone(), topics.clone()).await;
    refused(&hub.handle(&get("match=books")).await.unwrap(), 401, None);
    let in_url = get(&format!("match=books&authorization={right}"));
    refused(&hub.handle(&in_url).await.unwrap(), 401, None);
    let elsewhere = access_token("https://other.example/hub", actions, topics).await;
    let of_0_x = token(json!({ "subscribe": ["*"] })).await;
    for wrong in [elsewhere, of_0_x] {
        let response = answer(&hub, get("match=books"), &wrong).await;
        refused(&response, 401, Some("invalid_token"));
    }
    assert_eq!(answer(&hub, get("match=books"), &right).await.status(), 200);
}

async fn publish_books_and_films(hub: &Handler) {
    for topic in ["https://example.com/films/1", "urn:book", "https://example.com/books/1"] {
        let request = form(&format!("topic={topic}&data={topic}"));
        assert_eq!(hub.handle(&request).await.unwrap().status(), 200, "{topic}");
    }
}

#[wasm_bindgen_test]
async fn a_url_pattern_subscribes_to_what_it_matches() {
    let hub = hub();
    let pattern = get("match_urlpattern=https://example.com/books/:id");
    let mut reader = read(&hub, &pattern).await.opened().await;
    publish_books_and_films(&hub).await;
    assert_eq!(reader.data(1).await, ["https://example.com/books/1"]);
    let response = hub.handle(&get("match_urlpattern=/([)")).await.unwrap();
    assert_eq!(response.status(), 400);
}

#[wasm_bindgen_test]
async fn a_query_subscribes_to_what_its_form_asks_for() {
    let hub = hub();
    let body = "match=urn:book&match_urlpattern=https://example.com/books/*";
    let mut live = read(&hub, &query(body)).await.opened().await;
    publish_books_and_films(&hub).await;
    let both = ["urn:book", "https://example.com/books/1"];
    assert_eq!(live.data(2).await, both);
    let replay = query(&format!("{body}&last_event_id=earliest"));
    let response = hub.handle(&replay).await.unwrap();
    let names = ["Mercure-Last-Event-ID", "Last-Event-ID"];
    let [preceding, of_0_x] = headers(&response.headers(), names);
    assert_eq!((preceding.as_deref(), of_0_x), (Some("earliest"), None));
    assert_eq!(Reader::of(&response).data(2).await, both);
}

#[wasm_bindgen_test]
async fn a_query_without_a_form_is_refused() {
    let hub = hub();
    for (content_type, status) in [("text/plain", 415), ("nothing", 400), (FORM, 400)] {
        let request = request("QUERY", "", &[("Content-Type", content_type)]);
        let response = hub.handle(&request).await.unwrap();
        assert_eq!(response.status(), status, "{content_type}");
    }
}
