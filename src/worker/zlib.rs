//! Deflate by the runtime's `node:zlib`: it is there at no weight in wasm.

use js_sys::{Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, prelude::*};

use crate::web::Deflate;

/// zlib's `Z_SYNC_FLUSH`: the blocks end at a byte, and none is the last.
const SYNC_FLUSH: u32 = 2;

#[wasm_bindgen]
extern "C" {
    #[derive(Clone, Debug)]
    type NodeZlib;

    /// It throws where there is no `process`.
    #[wasm_bindgen(catch, js_namespace = ["globalThis", "process"], js_name = getBuiltinModule)]
    fn builtin_module(name: &str) -> Result<Option<NodeZlib>, JsValue>;

    #[wasm_bindgen(method, catch, js_name = deflateRawSync)]
    fn deflate_raw_sync(
        this: &NodeZlib,
        chunk: &Uint8Array,
        options: &JsValue,
    ) -> Result<Uint8Array, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn crc32(this: &NodeZlib, chunk: &Uint8Array) -> Result<u32, JsValue>;
}

/// The runtime's zlib.
#[derive(Debug)]
pub(super) struct Zlib {
    module: NodeZlib,
    options: JsValue,
}

impl Zlib {
    /// `None` where the runtime has none: with the compatibility flag `no_nodejs_compat`.
    pub(super) fn find() -> Option<Self> {
        let module = builtin_module("node:zlib").ok().flatten()?;
        let options = Object::new();
        Reflect::set(&options, &"finishFlush".into(), &SYNC_FLUSH.into()).ok()?;
        Some(Self { module, options: options.unchecked_into() })
    }
}

impl Deflate for Zlib {
    fn deflate(&self, chunk: &Uint8Array) -> Option<Uint8Array> {
        self.module.deflate_raw_sync(chunk, &self.options).ok()
    }

    fn checksum(&self, chunk: &Uint8Array) -> Option<u32> {
        self.module.crc32(chunk).ok()
    }
}
