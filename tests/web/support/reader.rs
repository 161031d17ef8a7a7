//! A reader of one connection's stream.

use std::collections::VecDeque;

use js_sys::{Reflect, Uint8Array};
use millstream::Decoder;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStreamDefaultReader, Response};

use super::{OPENING, within};

/// Takes chunks from the body of a response, and events from the chunks.
pub(crate) struct Reader {
    stream: ReadableStreamDefaultReader,
    decoder: Decoder,
    received: VecDeque<Received>,
}

/// An event as a client is shown it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Received {
    pub(crate) event_type: String,
    pub(crate) id: String,
    pub(crate) data: String,
}

impl Reader {
    pub(crate) fn of(response: &Response) -> Self {
        let stream = ReadableStreamDefaultReader::new(&response.body().unwrap()).unwrap();
        Self { stream, decoder: Decoder::new(), received: VecDeque::new() }
    }

    /// Asks for a chunk: the promise of it.
    pub(crate) fn read(&self) -> JsFuture {
        JsFuture::from(self.stream.read())
    }

    /// The next chunk; `None` at the end of the stream.
    pub(crate) async fn chunk(&self) -> Option<Vec<u8>> {
        chunk_of(&within("a chunk", self.read()).await.unwrap())
    }

    /// The next chunk as text.
    pub(crate) async fn text(&self) -> Option<String> {
        self.chunk().await.map(|chunk| String::from_utf8(chunk).unwrap())
    }

    /// The next event; `None` at the end of the stream.
    pub(crate) async fn event(&mut self) -> Option<Received> {
        while self.received.is_empty() {
            let chunk = self.chunk().await?;
            let received = &mut self.received;
            let decoded = self.decoder.decode(&chunk, |event| {
                received.push_back(Received {
                    event_type: event.event_type().to_owned(),
                    id: event.last_event_id().to_owned(),
                    data: event.data().to_owned(),
                });
            });
            decoded.unwrap();
        }
        self.received.pop_front()
    }

    /// The data of the next `count` events.
    pub(crate) async fn data(&mut self, count: usize) -> Vec<String> {
        let mut data = Vec::new();
        while data.len() < count {
            data.push(self.event().await.unwrap().data);
        }
        data
    }

    /// Takes the chunk that every stream begins with.
    pub(crate) async fn opened(self) -> Self {
        assert_eq!(self.text().await.unwrap(), OPENING);
        self
    }

    /// Waits for the end of the stream, and says what came before it.
    pub(crate) async fn rest(&self) -> String {
        let mut rest = String::new();
        while let Some(text) = self.text().await {
            rest.push_str(&text);
        }
        rest
    }

    /// The client goes away.
    pub(crate) async fn cancel(&self) {
        within("the cancellation", JsFuture::from(self.stream.cancel())).await.unwrap();
    }
}

/// The chunk in the result of a read; `None` at the end of the stream.
pub(crate) fn chunk_of(read: &JsValue) -> Option<Vec<u8>> {
    let field = |name: &str| Reflect::get(read, &name.into()).unwrap();
    (!field("done").is_truthy()).then(|| Uint8Array::new(&field("value")).to_vec())
}
