//! Tasks of the host. They are boxed here: `wasm_bindgen_futures` would be compiled anew for each of them.

use futures::future::LocalBoxFuture;
use js_sys::Promise;
use wasm_bindgen::JsValue;

/// Runs the task to its end.
pub(crate) fn spawn(task: impl Future<Output = ()> + 'static) {
    spawn_boxed(Box::pin(task));
}

/// The promise of what the task ends with.
pub(crate) fn promise(task: impl Future<Output = Result<JsValue, JsValue>> + 'static) -> Promise {
    promise_boxed(Box::pin(task))
}

fn spawn_boxed(task: LocalBoxFuture<'static, ()>) {
    wasm_bindgen_futures::spawn_local(task);
}

fn promise_boxed(task: LocalBoxFuture<'static, Result<JsValue, JsValue>>) -> Promise {
    wasm_bindgen_futures::future_to_promise(task)
}
