//! The fetch of a key set.

use futures::future::LocalBoxFuture;
use js_sys::{Reflect, Uint8Array};
use thiserror::Error;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, Headers, ReadableStreamDefaultReader, RequestInit, RequestRedirect, Response,
};

use crate::{base::limits::MAX_KEY_SET_BYTES, tokens::key_sets::FETCH_TIMEOUT};

/// Fetches a document. A test, or an embedder with a cache of its own, implements it.
pub(crate) trait Fetch {
    /// Fetches the document at `url`, and no more of it than [`MAX_KEY_SET_BYTES`].
    fn fetch(&self, url: &str) -> LocalBoxFuture<'static, Result<String, FetchFailed>>;
}

/// Why there is no document, for the log. The client learns that there are no keys, and no reason.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum FetchFailed {
    /// There was no answer in time, or it broke off.
    #[error("the key set did not arrive: {0}")]
    Network(String),
    /// The answer is not a success. A redirection is not followed: it could lead anywhere.
    #[error("the key set was answered with the status {0}")]
    Status(u16),
    /// It is larger than [`MAX_KEY_SET_BYTES`].
    #[error("the key set is larger than {MAX_KEY_SET_BYTES} bytes")]
    TooLarge,
    /// It is not UTF-8.
    #[error("the key set is not UTF-8")]
    NotUtf8,
}

/// The host's `fetch`: Fetch § 5.6.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct HostFetch;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_name = fetch)]
    fn host_fetch(url: &str, init: &RequestInit) -> Result<js_sys::Promise, JsValue>;
}

impl Fetch for HostFetch {
    fn fetch(&self, url: &str) -> LocalBoxFuture<'static, Result<String, FetchFailed>> {
        let url = url.to_owned();
        Box::pin(async move {
            let response = request(&url).await.map_err(|thrown| network(&thrown))?;
            if !response.ok() {
                return Err(FetchFailed::Status(response.status()));
            }
            String::from_utf8(read(&response).await?).map_err(|_| FetchFailed::NotUtf8)
        })
    }
}

async fn request(url: &str) -> Result<Response, JsValue> {
    let headers = Headers::new()?;
    headers.set("Accept", "application/jwk-set+json, application/json")?;
    let init = RequestInit::new();
    init.set_headers(&headers);
    init.set_redirect(RequestRedirect::Manual);
    let timeout = u32::try_from(FETCH_TIMEOUT.as_millis()).unwrap_or(u32::MAX);
    init.set_signal(Some(&AbortSignal::timeout_with_u32(timeout)));
    JsFuture::from(host_fetch(url, &init)?).await?.dyn_into()
}

async fn read(response: &Response) -> Result<Vec<u8>, FetchFailed> {
    let Some(stream) = response.body() else { return Ok(Vec::new()) };
    let reader = ReadableStreamDefaultReader::new(&stream).map_err(|thrown| network(&thrown))?;
    let mut body = Vec::new();
    loop {
        let read = JsFuture::from(reader.read()).await.map_err(|thrown| network(&thrown))?;
        let field =
            |name: &str| Reflect::get(&read, &name.into()).map_err(|thrown| network(&thrown));
        if field("done")?.is_truthy() {
            return Ok(body);
        }
        let chunk: Uint8Array =
            field("value")?.dyn_into().map_err(|thrown: JsValue| network(&thrown))?;
        if body.len() + chunk.length() as usize > MAX_KEY_SET_BYTES {
            // The answer is the same whether or not the rest can be cancelled.
            let _ = reader.cancel();
            return Err(FetchFailed::TooLarge);
        }
        body.extend_from_slice(&chunk.to_vec());
    }
}

fn network(thrown: &JsValue) -> FetchFailed {
    FetchFailed::Network(text(thrown))
}

/// A thrown value, as text for the log.
pub(crate) fn text(thrown: &JsValue) -> String {
    match thrown.dyn_ref::<js_sys::Error>() {
        Some(error) => error.to_string().into(),
        None => String::new(),
    }
}
