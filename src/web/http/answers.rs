//! A `ReadableStream` over a Rust stream. A chunk is made when the reader asks for it.

use std::{
    cell::{Cell, RefCell},
    fmt,
    rc::Rc,
};

use futures::{StreamExt, stream::LocalBoxStream};
use js_sys::{Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{QueuingStrategy, ReadableStream, ReadableStreamDefaultController};

use crate::web::{host::task, http::bodies::GivenUp};

/// The underlying source: Streams § 4.2.3.
#[allow(unnameable_types, reason = "JavaScript names it")]
#[wasm_bindgen]
#[derive(Debug)]
pub struct AnswerSource {
    answers: Rc<Answers>,
}

struct Answers {
    /// Taken out while a chunk is made.
    stream: RefCell<Option<LocalBoxStream<'static, Vec<u8>>>>,
    cancelled: Cell<bool>,
    /// Set by the first pull.
    controller: RefCell<Option<ReadableStreamDefaultController>>,
    /// Whether the body is given up.
    given_up: Cell<bool>,
}

#[wasm_bindgen]
impl AnswerSource {
    /// The runtime calls it when the reader asks for a chunk, and not again until the promise resolves.
    pub fn pull(&self, controller: ReadableStreamDefaultController) -> Promise {
        let answers = Rc::clone(&self.answers);
        answers.controller.replace(Some(controller.clone()));
        task::promise(async move {
            let stream = answers.stream.take();
            let Some(mut stream) = stream else { return Ok(JsValue::UNDEFINED) };
            if let Some(chunk) = stream.next().await {
                // A cancelled stream throws: its reader needs no answer.
                let _ = controller.enqueue_with_chunk(&Uint8Array::from(&*chunk));
                if !answers.cancelled.get() {
                    answers.stream.replace(Some(stream));
                    answers.finish_given_up().await;
                }
            } else {
                let _ = controller.close();
            }
            Ok(JsValue::UNDEFINED)
        })
    }

    /// The runtime calls it when the reader cancels. A chunk in work is finished, so that no update is
    /// left half published.
    pub fn cancel(&self) {
        self.answers.cancelled.set(true);
        let idle = self.answers.stream.take();
        drop(idle);
    }
}

impl Answers {
    /// Makes the last answers to a body that is given up, if no chunk is in work. They come also when the
    /// reader never asks again: the rest of the body is dropped, so they are few.
    async fn finish_given_up(&self) {
        let controller = self.controller.borrow().clone();
        let (true, Some(controller)) = (self.given_up.get(), controller) else { return };
        let Some(mut stream) = self.stream.take() else { return };
        while let Some(chunk) = stream.next().await {
            let _ = controller.enqueue_with_chunk(&Uint8Array::from(&*chunk));
        }
        let _ = controller.close();
    }
}

/// The stream. It makes no chunk ahead of a read, and ends when the body is given up.
pub(crate) fn readable(
    stream: LocalBoxStream<'static, Vec<u8>>,
    given_up: Rc<GivenUp>,
) -> Result<ReadableStream, JsValue> {
    let answers = Rc::new(Answers {
        stream: RefCell::new(Some(stream)),
        cancelled: Cell::default(),
        controller: RefCell::default(),
        given_up: Cell::default(),
    });
    let ending = Rc::downgrade(&answers);
    task::spawn(async move {
        let _ = given_up.happens().await;
        if let (Some(_), Some(answers)) = (given_up.silent(), ending.upgrade()) {
            answers.given_up.set(true);
            answers.finish_given_up().await;
        }
    });
    let source = JsValue::from(AnswerSource { answers });
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
