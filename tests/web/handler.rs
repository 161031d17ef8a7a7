//! From a request to the status and headers of its answer.

use millstream::{Granted, Holder};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::Response;

use crate::support::{Reader, form, get, headers, hub, publish, request, subscribe, within};

async fn text(response: &Response) -> String {
    let text = JsFuture::from(response.text().unwrap());
    within("the body", text).await.unwrap().as_string().unwrap()
}

#[wasm_bindgen_test]
async fn a_subscription_is_an_event_stream_that_nothing_on_the_way_may_hold_back() {
    let response = hub().handle(&get("topic=books")).await.unwrap();
    assert_eq!(response.status(), 200);
    let names = [
        "Content-Type",
        "Cache-Control",
        "X-Accel-Buffering",
        "X-Content-Type-Options",
        "Vary",
        "Last-Event-ID",
    ];
    let [content_type, cache_control, buffering, sniffing, vary, last_event_id] =
        headers(&response.headers(), names);
    assert_eq!(content_type.as_deref(), Some("text/event-stream"));
    assert_eq!(cache_control.as_deref(), Some("no-cache, no-transform"));
    assert_eq!(buffering.as_deref(), Some("no"));
    assert_eq!(sniffing.as_deref(), Some("nosniff"));
    assert_eq!(vary.as_deref(), Some("Origin"));
    assert_eq!(last_event_id, None, "nothing was asked for");
}

#[wasm_bindgen_test]
async fn the_first_byte_is_there_before_any_update() {
    subscribe(&hub()).await.opened().await;
}

#[wasm_bindgen_test]
async fn head_has_the_headers_of_a_subscription_and_makes_no_connection() {
    let hub = hub();
    let response = hub.handle(&request("HEAD", "topic=books", &[])).await.unwrap();
    let of_get = hub.handle(&get("topic=books")).await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.body().is_none());
    let names = ["Content-Type", "Cache-Control", "X-Accel-Buffering", "X-Content-Type-Options"];
    assert_eq!(headers(&response.headers(), names), headers(&of_get.headers(), names));
    assert_eq!(hub.registry().connection_count(), 1, "the one of GET");
}

#[wasm_bindgen_test]
async fn head_is_refused_for_what_get_is_refused_for() {
    let hub = hub();
    assert_eq!(hub.handle(&request("HEAD", "", &[])).await.unwrap().status(), 400);
    let accept = [("Accept", "text/html")];
    let response = hub.handle(&request("HEAD", "topic=books", &accept)).await.unwrap();
    assert_eq!(response.status(), 406);
}

#[wasm_bindgen_test]
async fn any_other_method_is_told_which_there_are() {
    for method in ["PUT", "PATCH", "DELETE"] {
        let response = hub().handle(&request(method, "topic=books", &[])).await.unwrap();
        assert_eq!(response.status(), 405, "{method}");
        let allow = response.headers().get("Allow").unwrap();
        assert_eq!(allow.as_deref(), Some("GET, HEAD, QUERY, POST, OPTIONS"), "{method}");
    }
}

#[wasm_bindgen_test]
async fn who_accepts_no_event_stream_is_given_none() {
    for (accept, status) in [
        ("text/html", 406),
        ("text/event-stream;q=0, */*", 406),
        ("text/event-stream", 200),
        ("text/html, */*;q=0.1", 200),
        ("", 200),
    ] {
        let request = request("GET", "topic=books", &[("Accept", accept)]);
        assert_eq!(hub().handle(&request).await.unwrap().status(), status, "{accept}");
    }
}

#[wasm_bindgen_test]
async fn a_refusal_is_a_problem_that_names_the_field() {
    let hub = hub();
    let response = hub.handle(&get("topics=books")).await.unwrap();
    let names = ["Content-Type", "Cache-Control", "X-Content-Type-Options"];
    let [content_type, cache_control, sniffing] = headers(&response.headers(), names);
    assert_eq!(content_type.as_deref(), Some("application/problem+json"));
    assert_eq!(cache_control.as_deref(), Some("no-store"));
    assert_eq!(sniffing.as_deref(), Some("nosniff"));
    assert_eq!(
        text(&response).await,
        "{\"type\":\"about:blank\",\"title\":\"Bad Request\",\"status\":400,\
         \"detail\":\"Missing \\\"topic\\\" parameter: name at least one topic, or \\\"*\\\" for \
         all (or, in 1.0, \\\"match\\\")\",\"field\":\"topic\"}"
    );
    assert_eq!(hub.registry().connection_count(), 0);
}

#[wasm_bindgen_test]
async fn a_bad_last_event_id_is_refused_by_name() {
    let long = "x".repeat(1_025);
    for id in [long.as_str(), "a\tb"] {
        let request = request("GET", "topic=books", &[("Last-Event-ID", id)]);
        let response = hub().handle(&request).await.unwrap();
        assert_eq!(response.status(), 400);
        assert!(text(&response).await.contains("\"field\":\"Last-Event-ID\""));
    }
}

#[wasm_bindgen_test]
async fn the_fragment_of_a_url_is_no_part_of_its_query() {
    let hub = hub();
    let response = hub.handle(&get("topic=books#top")).await.unwrap();
    let mut reader = Reader::of(&response).opened().await;
    publish(&hub, &["1"]).await;
    assert_eq!(reader.data(1).await, ["1"]);
}

#[wasm_bindgen_test]
async fn two_hubs_in_one_page_do_not_mix() {
    let (one, other) = (hub(), hub());
    let mut of_one = subscribe(&one).await.opened().await;
    let mut of_other = subscribe(&other).await.opened().await;
    publish(&one, &["one"]).await;
    publish(&other, &["other"]).await;
    assert_eq!(of_one.data(1).await, ["one"]);
    assert_eq!(of_other.data(1).await, ["other"]);
    one.registry().stop_all();
    assert_eq!(of_one.event().await, None);
    assert_eq!((one.registry().connection_count(), other.registry().connection_count()), (0, 1));
    publish(&other, &["still"]).await;
    assert_eq!(of_other.data(1).await, ["still"]);
}

#[wasm_bindgen_test]
async fn behind_a_door_of_the_hosts_own_the_right_has_to_be_the_one_that_is_needed() {
    let subscribe = Granted::Subscribe(Holder::Anonymous);
    let publish = Granted::Publish(Holder::Anonymous);
    for (granted, of_get, of_post) in
        [(subscribe, 200, 500), (publish, 500, 200), (Granted::Operator, 500, 500)]
    {
        let hub = hub();
        for (request, status) in [(get("topic=books"), of_get), (form("topic=books"), of_post)] {
            let response = hub.handle_granted(&request, &granted).await.unwrap();
            assert_eq!(response.status(), status, "{granted:?}");
            let [sniffing] = headers(&response.headers(), ["X-Content-Type-Options"]);
            assert_eq!(sniffing.as_deref(), Some("nosniff"));
        }
    }
}
