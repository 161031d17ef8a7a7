//! A `ReadableStream` over a Rust stream. A chunk is made when the reader asks for it.

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

use crate::{
    http::{answer_line::write_line, error::Error},
    web::http::bodies::GivenUp,
};

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
    /// The last line of the answers, once their body is given up.
    last: RefCell<Option<Vec<u8>>>,
}

#[wasm_bindgen]
impl AnswerSource {
    /// The runtime calls it when the reader asks for a chunk, and not again until the promise resolves.
    pub fn pull(&self, controller: ReadableStreamDefaultController) -> Promise {
        let answers = Rc::clone(&self.answers);
        answers.controller.replace(Some(controller.clone()));
        future_to_promise(async move {
            let stream = answers.stream.take();
            let Some(mut stream) = stream else { return Ok(JsValue::UNDEFINED) };
            if let Some(chunk) = stream.next().await {
                // A cancelled stream throws: its reader needs no answer.
                let _ = controller.enqueue_with_chunk(&Uint8Array::from(&*chunk));
                if !answers.cancelled.get() {
                    answers.stream.replace(Some(stream));
                    answers.give_up();
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
    /// Ends the answers, if their body is given up and no chunk is in work. The updates that were read
    /// from the body are dropped, also when the reader never asks again.
    fn give_up(&self) {
        if self.last.borrow().is_none() {
            return;
        }
        let idle = self.stream.take();
        let controller = self.controller.borrow().clone();
        if let (Some(stream), Some(controller)) = (idle, controller) {
            drop(stream);
            let last = self.last.take().unwrap_or_default();
            let _ = controller.enqueue_with_chunk(&Uint8Array::from(&*last));
            let _ = controller.close();
        }
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
        last: RefCell::default(),
    });
    let ending = Rc::downgrade(&answers);
    wasm_bindgen_futures::spawn_local(async move {
        let _ = given_up.happens().await;
        if let (Some(silent), Some(answers)) = (given_up.silent(), ending.upgrade()) {
            let mut last = Vec::new();
            write_line(&Err(Error::BodySilent(silent)), &mut last);
            answers.last.replace(Some(last));
            answers.give_up();
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
