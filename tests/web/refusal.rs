//! An application that gives a request no connection.

use millstream::{
    Problem,
    web::{Handler, Refusal},
};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Request, Response};

use crate::support::{Application, Notes, fetch, get, hub_of, object_url, within};

async fn answer(
    refusal: impl Fn(&Request) -> Refusal + 'static,
) -> (Response, Handler<Application>, Notes) {
    let (hub, notes) = hub_of(Application::new().on_request(move |request| Err(refusal(request))));
    let response = hub.handle(&get("topic=books")).await.unwrap();
    assert_eq!(hub.registry().connection_count(), 0);
    assert_eq!(notes.calls(), ["connection"], "there is no connection to be told of");
    (response, hub, notes)
}

async fn text(response: &Response) -> String {
    let text = JsFuture::from(response.text().unwrap());
    within("the body", text).await.unwrap().as_string().unwrap()
}

#[wasm_bindgen_test]
async fn a_client_is_told_to_stop_reconnecting() {
    let (response, ..) = answer(|_| Refusal::StopReconnecting).await;
    assert_eq!(response.status(), 204);
    assert!(response.body().is_none());
}

#[wasm_bindgen_test]
async fn a_problem_is_the_answer() {
    let problem = || Problem::new(403, "Forbidden", "only for ada").with_field("user");
    let (response, ..) = answer(move |_| Refusal::Problem(problem())).await;
    assert_eq!(response.status(), 403);
    let content_type = response.headers().get("Content-Type").unwrap();
    assert_eq!(content_type.as_deref(), Some("application/problem+json"));
    assert_eq!(text(&response).await, problem().to_json());
}

#[wasm_bindgen_test]
async fn the_application_answers_itself() {
    let (response, ..) = answer(|request| {
        let body = format!("no {}", request.method());
        Refusal::Response(Response::new_with_opt_str(Some(&body)).unwrap())
    })
    .await;
    assert_eq!(text(&response).await, "no GET");
    let sniffing = response.headers().get("X-Content-Type-Options").unwrap();
    assert_eq!(sniffing.as_deref(), Some("nosniff"));
}

#[wasm_bindgen_test]
async fn an_answer_whose_headers_cannot_be_changed_is_handed_on_too() {
    let redirect = || Response::redirect_with_status("https://hub.example/login", 303).unwrap();
    let (response, ..) = answer(move |_| Refusal::Response(redirect())).await;
    assert_eq!(response.status(), 303);
    let location = response.headers().get("Location").unwrap();
    assert_eq!(location.as_deref(), Some("https://hub.example/login"));

    let fetched = Response::new_with_opt_str(Some("from elsewhere")).unwrap();
    let blob = JsFuture::from(fetched.blob().unwrap()).await.unwrap();
    let fetched = fetch(&object_url(&blob)).await.unwrap();
    let (response, ..) = answer(move |_| Refusal::Response(fetched.clone().into())).await;
    assert_eq!(text(&response).await, "from elsewhere");
}

#[wasm_bindgen_test]
async fn a_bad_request_is_refused_before_the_application_is_asked() {
    let (hub, notes) = hub_of(Application::new());
    assert_eq!(hub.handle(&get("")).await.unwrap().status(), 400);
    assert_eq!(notes.calls(), [""; 0]);
}
