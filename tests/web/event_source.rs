//! Chromium's own readers: a body as text, through a pipe and a tee, by `fetch`, and an
//! `EventSource`. A page cannot answer its own requests over the network, so these read a
//! connection that was closed behind its last update, the last two from a URL of its bytes.

use futures::{StreamExt, channel::mpsc, future};
use js_sys::Reflect;
use millstream::{Event, web::Handler};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{ReadableStream, ReadableStreamDefaultReader, Response};

use crate::support::{
    Application, EventSource, OPENING, Reader, fetch, form, get, hub_of, object_url, pipe_as_text,
    request, within,
};

const STREAM: &str = ":\nevent: place\nid: earliest\ndata:{}\n\n\
    data: welcome\n\n\
    event: sold\nretry: 60000\nid: size/1\ndata: one\ndata: \ndata:  two\n\n";

/// A subscription that ends behind [`STREAM`], and the hub that it needs until then.
async fn ending() -> (Handler<Application>, Response) {
    let (hub, notes) = hub_of(Application::new());
    let request = request("GET", "topic=books", &[("Cache-Control", "no-cache")]);
    let response = hub.handle(&request).await.unwrap();
    let connection = notes.connection();
    connection.send(&Event::new("welcome")).unwrap();
    let sold = "topic=books&id=size/1&type=sold&retry=60000&data=one%0D%0A%0D+two";
    hub.handle(&form(sold)).await.unwrap();
    connection.close().unwrap();
    (hub, response)
}

async fn text(response: &Response) -> String {
    let text = JsFuture::from(response.text().unwrap());
    within("the body", text).await.unwrap().as_string().unwrap()
}

/// A URL of the bytes of the whole stream, of its content type.
async fn url() -> String {
    let (_hub, response) = ending().await;
    let blob = JsFuture::from(response.blob().unwrap());
    object_url(&within("the body", blob).await.unwrap())
}

fn property(object: &JsValue, name: &str) -> String {
    Reflect::get(object, &name.into()).unwrap().as_string().unwrap()
}

#[wasm_bindgen_test]
async fn a_response_is_read_to_its_end_as_text() {
    let (_hub, response) = ending().await;
    assert_eq!(text(&response).await, STREAM);
}

#[wasm_bindgen_test]
async fn a_stream_is_piped_while_it_goes_on() {
    let (hub, notes) = hub_of(Application::new());
    let response = hub.handle(&get("topic=books")).await.unwrap();
    let piped = pipe_as_text(&response.body().unwrap());
    let reader = ReadableStreamDefaultReader::new(&piped).unwrap();
    let mut stream = String::new();
    for data in ["größe", "two"] {
        notes.connection().send(&Event::new(data)).unwrap();
        while !stream.ends_with(&format!("data: {data}\n\n")) {
            let read = within("a chunk", JsFuture::from(reader.read())).await.unwrap();
            stream.push_str(&property(&read, "value"));
        }
    }
    assert_eq!(stream.replace(OPENING, ""), "data: größe\n\ndata: two\n\n");
    within("the cancellation", JsFuture::from(reader.cancel())).await.unwrap();
    assert_eq!(notes.closed(), ["closed reader: client gone"], "the pipe hands it on");
}

#[wasm_bindgen_test]
async fn both_ends_of_a_tee_are_given_everything() {
    let (_hub, response) = ending().await;
    let ends = response.body().unwrap().tee();
    let end = |index| {
        let stream: ReadableStream = ends.get(index).unchecked_into();
        Response::new_with_opt_readable_stream(Some(&stream)).unwrap()
    };
    let (one, other) = (end(0), end(1));
    assert_eq!(future::join(text(&one), text(&other)).await, (STREAM.into(), STREAM.into()));
}

#[wasm_bindgen_test]
async fn a_response_around_the_stream_of_another_is_the_same_connection() {
    let (hub, notes) = hub_of(Application::new());
    let response = hub.handle(&get("topic=books")).await.unwrap();
    let body = response.body();
    let outer = Response::new_with_opt_readable_stream(body.as_ref()).unwrap();
    let reader = Reader::of(&outer).opened().await;
    reader.cancel().await;
    assert_eq!(notes.closed(), ["closed reader: client gone"]);
}

#[wasm_bindgen_test]
async fn fetch_reads_the_stream() {
    let fetched = fetch(&url().await).await.unwrap();
    let fetched: Response = fetched.unchecked_into();
    let content_type = fetched.headers().get("Content-Type").unwrap();
    assert_eq!(content_type.as_deref(), Some("text/event-stream"));
    assert_eq!(text(&fetched).await, STREAM);
}

#[wasm_bindgen_test]
async fn an_event_source_dispatches_what_was_published() {
    let (sender, mut events) = mpsc::unbounded();
    let listener = Closure::<dyn Fn(JsValue)>::new(move |event: JsValue| {
        let event = ["type", "data", "lastEventId"].map(|name| property(&event, name));
        sender.unbounded_send(event).unwrap();
    });
    let source = EventSource::new(&url().await);
    for event_type in ["message", "sold"] {
        source.add_event_listener(event_type, listener.as_ref());
    }
    let first = within("the first event", events.next()).await.unwrap();
    assert_eq!(first, ["message", "welcome", "earliest"]);
    let second = within("the second event", events.next()).await.unwrap();
    assert_eq!(second, ["sold", "one\n\n two", "size/1"]);
    source.close();
}
