//! A compressed stream over a host's own deflate.

use std::{cell::Cell, rc::Rc};

use js_sys::{Function, Object, Promise, Reflect, Uint8Array};
use millstream::web::{Deflate, Handler};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Request, Response};

use crate::support::{Reader, get, open_with, publish, turn, update, within};

/// A host whose deflate fails, so that chunks are stored, and that counts what it is asked for.
#[derive(Clone, Default)]
struct Failing(Rc<Cell<u32>>);

impl Deflate for Failing {
    fn deflate(&self, _: &Uint8Array) -> Option<Uint8Array> {
        self.0.set(self.0.get() + 1);
        None
    }

    fn checksum(&self, chunk: &Uint8Array) -> Option<u32> {
        let crc = chunk.to_vec().into_iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(byte), |crc, _| {
                (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg())
            })
        });
        Some(!crc)
    }
}

/// A request of a client that reads gzip, as Cloudflare tells it: a page cannot set the header.
fn gzip(query: &str) -> Request {
    let (request, cf) = (get(query), Object::new());
    Reflect::set(&cf, &"clientAcceptEncoding".into(), &"br, gzip".into()).unwrap();
    Reflect::set(&request, &"cf".into(), &cf).unwrap();
    request
}

/// The whole text of a compressed answer; it rejects when the end is not as it should be.
async fn inflated(response: &Response) -> String {
    let inflate = Function::new_with_args(
        "response",
        "return new Response(response.body.pipeThrough(new DecompressionStream('gzip'))).text()",
    );
    let text: Promise = inflate.call1(&JsValue::NULL, response).unwrap().unchecked_into();
    within("the text", JsFuture::from(text)).await.unwrap().as_string().unwrap()
}

#[wasm_bindgen_test]
async fn a_host_compresses_what_it_can_and_the_stream_ends_with_its_checksum() {
    let handler = Handler::in_memory(open_with(&[("COMPRESSION", "public")]), ())
        .with_deflate(Failing::default());
    publish(&handler, &["1", "2"]).await;
    let response =
        handler.handle(&gzip("topic=books&live=false&last_event_id=earliest")).await.unwrap();
    assert_eq!(response.headers().get("Content-Encoding").unwrap().as_deref(), Some("gzip"));
    let text = inflated(&response).await;
    assert!(text.contains("id: 1\ndata: 1\n\nid: 2\ndata: 2\n\n"), "{text}");
}

#[wasm_bindgen_test]
async fn a_chunk_is_deflated_once_for_the_streams_of_all_turns() {
    let host = Failing::default();
    let handler = Handler::in_memory(open_with(&[("COMPRESSION", "public")]), ());
    let handler = handler.with_deflate(host.clone());
    let mut readers = Vec::new();
    for _ in 0..100 {
        let response = handler.handle(&gzip("topic=books")).await.unwrap();
        let reader = Reader::of(&response);
        // The opening.
        reader.chunk().await.unwrap();
        readers.push(reader);
    }
    let reads: Vec<_> = readers.iter().map(Reader::read).collect();
    turn().await;
    handler.publish(&update("1", &"x".repeat(1_000))).await.unwrap();
    for read in reads {
        within("the update", read).await.unwrap();
    }
    assert_eq!(host.0.get(), 1);
}

#[wasm_bindgen_test]
async fn a_host_without_a_deflate_compresses_nothing() {
    let handler = Handler::in_memory(open_with(&[("COMPRESSION", "all")]), ());
    let response = handler.handle(&gzip("topic=books")).await.unwrap();
    assert_eq!(response.headers().get("Content-Encoding").unwrap(), None);
}

#[wasm_bindgen_test]
async fn a_stream_whose_hub_is_gone_before_its_first_chunk_is_an_empty_text() {
    let handler = Handler::in_memory(open_with(&[("COMPRESSION", "all")]), ())
        .with_deflate(Failing::default());
    let response = handler.handle(&gzip("topic=books")).await.unwrap();
    drop(handler);
    assert_eq!(inflated(&response).await, "");
}
