//! The JavaScript object behind a connection's `ReadableStream`: Streams § 4.2.3.

use std::rc::{Rc, Weak};

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use web_sys::{QueuingStrategy, ReadableStream, ReadableStreamDefaultController};

use crate::{
    base::connection_id::ConnectionId,
    hub::admission::Parting,
    web::{
        host::{clock, task},
        streams::{
            controller::{self, Controller},
            feed::{Feed, Pulled},
            gzip::Gzip,
            shared_chunk::SharedChunk,
        },
    },
};

/// The underlying source of one connection, and the listener of its request's abort signal.
///
/// The methods are on the class' prototype, so that a connection costs no closure of its own.
#[allow(unnameable_types, reason = "JavaScript names it")]
#[wasm_bindgen]
pub struct UnderlyingSource {
    id: ConnectionId,
    feed: Weak<dyn Feed>,
    transport: Weak<Controller>,
    /// Here too, since the connection's end may come before the stream's.
    gzip: Option<Rc<Gzip>>,
}

impl std::fmt::Debug for UnderlyingSource {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("UnderlyingSource").field("id", &self.id).finish_non_exhaustive()
    }
}

#[wasm_bindgen]
impl UnderlyingSource {
    /// Called once, while the stream is made.
    pub fn start(&self, controller: ReadableStreamDefaultController) {
        if let Some(transport) = self.transport.upgrade() {
            transport.start(controller);
        }
    }

    /// Called when the stream wants a chunk, and not again before the returned promise has resolved.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "the glue hands over what it is given")]
    pub fn pull(&self, controller: ReadableStreamDefaultController) -> Option<Promise> {
        let feed = self.feed.upgrade();
        match feed.as_ref().map_or(Pulled::Ended, |feed| feed.pull(self.id)) {
            Pulled::Waits => Some(self.transport.upgrade()?.park()),
            Pulled::Fed => None,
            Pulled::Ended => {
                match feed.map_or(Parting::Close(&[]), |feed| feed.pull_after_end(self.id)) {
                    Parting::Say(words) => {
                        self.say(&controller, words);
                        // The runtime must not ask again for the same write.
                        return Some(task::promise(async {
                            clock::next_turn().await;
                            Ok(JsValue::UNDEFINED)
                        }));
                    }
                    Parting::Close(words) => {
                        self.say(&controller, words);
                        controller::end(&controller, self.gzip.as_deref());
                    }
                }
                None
            }
        }
    }

    /// Called when the reader has no more use for the stream.
    pub fn cancel(&self) {
        if let Some(feed) = self.feed.upgrade() {
            feed.cancel(self.id);
        }
    }

    /// Called when the request is aborted: DOM § 2.8.
    #[wasm_bindgen(js_name = handleEvent)]
    pub fn handle_event(&self) {
        self.cancel();
    }
}

impl UnderlyingSource {
    /// A stream that was cancelled meanwhile throws, and asks for no more.
    fn say(&self, controller: &ReadableStreamDefaultController, words: &[u8]) {
        if words.is_empty() {
            return;
        }
        let chunk = SharedChunk::new(words);
        if let Some(bytes) = controller::encoded(self.gzip.as_deref(), &chunk) {
            let _ = controller.enqueue_with_chunk(&bytes);
        }
    }
}

/// A `ReadableStream` that asks for each chunk when it is wanted, and its source.
pub(crate) fn stream(
    id: ConnectionId,
    feed: Weak<dyn Feed>,
    transport: &Rc<Controller>,
) -> Result<(ReadableStream, JsValue), JsValue> {
    let gzip = transport.gzip().cloned();
    let transport = Rc::downgrade(transport);
    let source = JsValue::from(UnderlyingSource { id, feed, transport, gzip });
    let strategy = QueuingStrategy::new();
    // No pull comes ahead of a read: updates that a reader has not taken stay in the log.
    strategy.set_high_water_mark(0.0);
    let stream =
        ReadableStream::new_with_underlying_source_and_strategy(source.unchecked_ref(), &strategy)?;
    Ok((stream, source))
}
