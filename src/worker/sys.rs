//! The classes of the Workers runtime that web-sys lacks, one block each. Every exception is caught,
//! since an exception that passes through wasm counts as a trap of the instance.

use js_sys::{Array, Function, Promise};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// The bindings of a deployment.
    #[derive(Debug)]
    pub type Env;
}

#[wasm_bindgen]
extern "C" {
    pub(super) type DurableObjectId;

    /// The name that it was made from, if the runtime knows it.
    #[wasm_bindgen(method, getter, catch)]
    pub(super) fn name(this: &DurableObjectId) -> Result<Option<String>, JsValue>;
}

#[wasm_bindgen]
extern "C" {
    /// The state that the runtime gives to an object.
    #[derive(Debug)]
    pub type DurableObjectState;

    #[wasm_bindgen(method, getter, catch)]
    pub(super) fn storage(this: &DurableObjectState) -> Result<DurableObjectStorage, JsValue>;

    #[wasm_bindgen(method, getter, catch)]
    pub(super) fn id(this: &DurableObjectState) -> Result<DurableObjectId, JsValue>;
}

#[wasm_bindgen]
extern "C" {
    #[derive(Clone, Debug)]
    pub(super) type DurableObjectStorage;

    #[wasm_bindgen(method, getter, catch)]
    pub(super) fn sql(this: &DurableObjectStorage) -> Result<SqlStorage, JsValue>;

    /// Calls the function. If it throws, its writes are undone.
    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    pub(super) fn transaction_sync(
        this: &DurableObjectStorage,
        function: &Function,
    ) -> Result<JsValue, JsValue>;

    /// Resolves when all writes so far are durable.
    #[wasm_bindgen(method, catch)]
    pub(super) fn sync(this: &DurableObjectStorage) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch, js_name = setAlarm)]
    pub(super) fn set_alarm(
        this: &DurableObjectStorage,
        millis_since_epoch: f64,
    ) -> Result<Promise, JsValue>;
}

#[wasm_bindgen]
extern "C" {
    #[derive(Clone, Debug)]
    pub(super) type SqlStorage;

    #[wasm_bindgen(method, catch, variadic)]
    pub(super) fn exec(
        this: &SqlStorage,
        query: &str,
        bindings: &Array,
    ) -> Result<SqlStorageCursor, JsValue>;

    /// The method itself, for a call by the runtime.
    #[wasm_bindgen(method, getter, catch, js_name = exec)]
    pub(super) fn exec_function(this: &SqlStorage) -> Result<Function, JsValue>;
}

#[wasm_bindgen]
extern "C" {
    pub(super) type SqlStorageCursor;

    /// An iterator over rows, each an array of its columns.
    #[wasm_bindgen(method, catch)]
    pub(super) fn raw(this: &SqlStorageCursor) -> Result<js_sys::Iterator, JsValue>;
}

#[wasm_bindgen]
extern "C" {
    /// The answers to the steps of one request, as `npm/worker/door.mjs` gathers them.
    #[derive(Debug)]
    pub type DoorAnswers;

    /// Whether an application decides.
    #[wasm_bindgen(method, getter, js_name = byApplication)]
    pub(super) fn by_application(this: &DoorAnswers) -> bool;

    /// Whether the address of the request has sent too many wrong keys of an operator.
    #[wasm_bindgen(method, getter, js_name = isBarred)]
    pub(super) fn is_barred(this: &DoorAnswers) -> bool;

    /// The bytes of the key that has made the signature; null when none has.
    #[wasm_bindgen(method, getter)]
    pub(super) fn signer(this: &DoorAnswers) -> JsValue;

    /// The bytes of a digest.
    #[wasm_bindgen(method, getter)]
    pub(super) fn digest(this: &DoorAnswers) -> JsValue;

    /// The claims that an application gave, as JSON; null when it knows nobody, false when it failed.
    #[wasm_bindgen(method, getter)]
    pub(super) fn claims(this: &DoorAnswers) -> JsValue;
}

#[wasm_bindgen]
extern "C" {
    /// `npm/worker/instance.mjs` defines it.
    #[wasm_bindgen(js_namespace = globalThis, js_name = millstreamAborted)]
    pub(super) fn aborted();
}
