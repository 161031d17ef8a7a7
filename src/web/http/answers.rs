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

use crate::{
    http::{answer_line::write_line, error::Error},
    web::http::bodies::GivenUp,
};

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
    /// Known from the first pull on.
    controller: RefCell<Option<ReadableStreamDefaultController>>,
    /// The line with which the answers end, when their body is given up.
    last: RefCell<Option<Vec<u8>>>,
}

#[wasm_bindgen]
impl AnswerSource {
    /// Called when the reader wants a chunk, and not again until the promise resolves.
    pub fn pull(&self, controller: ReadableStreamDefaultController) -> Promise {
        let answers = Rc::clone(&self.answers);
        answers.controller.replace(Some(controller.clone()));
        future_to_promise(async move {
            let stream = answers.stream.take();
            let Some(mut stream) = stream else { return Ok(JsValue::UNDEFINED) };
            if let Some(chunk) = stream.next().await {
                // What a reader has called off throws, and wants no answer.
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

    /// Called when the reader has no more use for it. What is being made is made to its end, so
    /// that nothing is left half done.
    pub fn cancel(&self) {
        self.answers.cancelled.set(true);
        let idle = self.answers.stream.take();
        drop(idle);
    }
}

impl Answers {
    /// Ends the answers, if they are to end and wait for their reader: what is made of the body is
    /// let go of, whether or not it reads on.
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

/// The stream, which asks for no chunk ahead of a read, and ends when the body is given up.
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
