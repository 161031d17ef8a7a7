//! Waiting with an end.

use std::{future::Future, pin::pin};

use futures::future::{self, Either, poll_immediate};
use js_sys::Promise;
use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::JsFuture;

use super::sys;

/// Far beyond what anything here takes, and well within what the test runner waits.
const DEADLINE_MILLIS: i32 = 5_000;

/// Waits for `future`, and fails when `what` does not happen in time.
pub(crate) async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    match future::select(pin!(future), pin!(timeout(DEADLINE_MILLIS))).await {
        Either::Left((output, _)) => output,
        Either::Right(_) => panic!("{what}: not within {DEADLINE_MILLIS} ms"),
    }
}

/// Lets everything run that is due, promises and timers.
pub(crate) async fn turn() {
    timeout(0).await;
}

/// Whether `future` still waits once everything that is due has run.
pub(crate) async fn pending<T>(future: &mut (impl Future<Output = T> + Unpin)) -> bool {
    let before = poll_immediate(&mut *future).await.is_none();
    turn().await;
    before && poll_immediate(future).await.is_none()
}

/// Calls `callback` later.
pub(crate) fn after(millis: i32, callback: impl FnOnce() + 'static) {
    sys::set_timeout(Closure::once_into_js(callback).unchecked_ref(), millis);
}

async fn timeout(millis: i32) {
    let promise = Promise::new(&mut |resolve, _| {
        sys::set_timeout(&resolve, millis);
    });
    JsFuture::from(promise).await.unwrap();
}
