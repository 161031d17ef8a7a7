//! What the page has and the crate's web-sys features do not name.

use wasm_bindgen::prelude::*;
use web_sys::{AbortSignal, ReadableStream};

#[wasm_bindgen]
extern "C" {
    /// DOM § 3.1.
    pub(crate) type AbortController;

    #[wasm_bindgen(constructor)]
    pub(crate) fn new() -> AbortController;

    #[wasm_bindgen(method, getter)]
    pub(crate) fn signal(this: &AbortController) -> AbortSignal;

    #[wasm_bindgen(method)]
    pub(crate) fn abort(this: &AbortController);
}

#[wasm_bindgen]
extern "C" {
    /// HTML § 9.2.2.
    pub(crate) type EventSource;

    #[wasm_bindgen(constructor)]
    pub(crate) fn new(url: &str) -> EventSource;

    #[wasm_bindgen(method, js_name = addEventListener)]
    pub(crate) fn add_event_listener(this: &EventSource, event_type: &str, listener: &JsValue);

    #[wasm_bindgen(method)]
    pub(crate) fn close(this: &EventSource);
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    pub(super) fn set_timeout(handler: &js_sys::Function, millis: i32) -> JsValue;

    #[wasm_bindgen(catch)]
    pub(crate) async fn fetch(url: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = URL, js_name = createObjectURL)]
    pub(crate) fn object_url(blob: &JsValue) -> String;
}

#[wasm_bindgen(inline_js = "
    export function pipe_as_text(stream) {
        return stream.pipeThrough(new TextDecoderStream());
    }

    // A body that goes on until it is called off.
    export function endless(cancel) {
        const chunk = new TextEncoder().encode('topic=books&data='.padEnd(65536, 'x'));
        return new ReadableStream({ pull(controller) { controller.enqueue(chunk); }, cancel });
    }

    // A body that fails behind its first bytes.
    export function broken() {
        return new ReadableStream({
            start(controller) { controller.enqueue(new TextEncoder().encode('topic=books')); },
            pull(controller) { controller.error(new Error('broken')); },
        }, { highWaterMark: 0 });
    }

    // RFC 7515 § 3.1, with HS256.
    export async function sign(header, claims, secret) {
        const encoder = new TextEncoder();
        const base64url = (bytes) => new Uint8Array(bytes)
            .toBase64({ alphabet: 'base64url', omitPadding: true });
        const input = [header, claims].map((part) => base64url(encoder.encode(part))).join('.');
        const algorithm = { name: 'HMAC', hash: 'SHA-256' };
        const raw = encoder.encode(secret);
        const key = await crypto.subtle.importKey('raw', raw, algorithm, false, ['sign']);
        const signature = await crypto.subtle.sign('HMAC', key, encoder.encode(input));
        return `${input}.${base64url(signature)}`;
    }

    // Notes every controller of the page that is enqueued on, until it is told to stop.
    export class Controllers {
        constructor() {
            const { prototype } = ReadableStreamDefaultController;
            const { enqueue } = prototype;
            const seen = new Set();
            prototype.enqueue = function (chunk) {
                seen.add(this);
                return enqueue.call(this, chunk);
            };
            this.seen = () => [...seen];
            this.stop = () => { prototype.enqueue = enqueue; };
        }
    }
")]
extern "C" {
    pub(crate) fn pipe_as_text(stream: &ReadableStream) -> ReadableStream;

    pub(crate) fn endless(cancel: &js_sys::Function) -> ReadableStream;

    pub(crate) fn broken() -> ReadableStream;

    pub(super) fn sign(header: &str, claims: &str, secret: &str) -> js_sys::Promise;

    pub(crate) type Controllers;

    #[wasm_bindgen(constructor)]
    pub(crate) fn watch() -> Controllers;

    #[wasm_bindgen(method)]
    pub(crate) fn seen(this: &Controllers) -> js_sys::Array;

    #[wasm_bindgen(method)]
    pub(crate) fn stop(this: &Controllers);
}
