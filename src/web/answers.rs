//! A `ReadableStream` of what a Rust stream gives, each chunk made when it is asked for.

use std::{
    cell::{Cell, RefCell},
    fmt,
    rc::Rc,
};

use futures::{StreamExt, stream::LocalBoxStream};
use js_sys::{Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;
use web_sys::{QueuingStrategy, ReadableStream, ReadableStreamDefaultController};

/// The underlying source: Streams § 4.2.3.
#[wasm_bindgen]
#[derive(Debug)]
pub struct AnswerSource {
    answers: Rc<Answers>,
}

struct Answers {
    /// Out of its place while a chunk is being made.
    stream: RefCell<Option<LocalBoxStream<'static, Vec<u8>>>>,
    cancelled: Cell<bool>,
}

#[wasm_bindgen]
impl AnswerSource {
    /// Called when the reader wants a chunk, and not again until the promise resolves.
    pub fn pull(&self, controller: ReadableStreamDefaultController) -> Promise {
        let answers = Rc::clone(&self.answers);
        future_to_promise(async move {
            let stream = answers.stream.take();
            let Some(mut stream) = stream else { return Ok(JsValue::UNDEFINED) };
            if let Some(chunk) = stream.next().await {
                // What a reader has called off throws, and wants no answer.
                let _ = controller.enqueue_with_chunk(&Uint8Array::from(&*chunk));
                if !answers.cancelled.get() {
                    answers.stream.replace(Some(stream));
                }
            } else {
                let _ = controller.close();
            }
            Ok(JsValue::UNDEFINED)
        })
    }

    /// Called when the reader has no more use for it. What is being made is made to its end, so
    /// that nothing is left half done.
    pub fn cancel(&self) {
        self.answers.cancelled.set(true);
        let idle = self.answers.stream.take();
        drop(idle);
    }
}

/// The stream, which asks for no chunk ahead of a read.
pub(super) fn readable(
    stream: LocalBoxStream<'static, Vec<u8>>,
) -> Result<ReadableStream, JsValue> {
    let answers = Answers { stream: RefCell::new(Some(stream)), cancelled: Cell::default() };
    let source = JsValue::from(AnswerSource { answers: Rc::new(answers) });
    let strategy = QueuingStrategy::new();
    strategy.set_high_water_mark(0.0);
    ReadableStream::new_with_underlying_source_and_strategy(source.unchecked_ref(), &strategy)
}

impl fmt::Debug for Answers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Answers");
        shown.field("cancelled", &self.cancelled).finish_non_exhaustive()
    }
}
