//! Signatures, verified by the platform: Web Cryptography § 14.3. The declarations of its functions
//! take as many arguments as the platform's do, booleans among them.

use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::{
    door::steps::Signed,
    tokens::{
        algorithm::{Algorithm, Parameters},
        key::{Format, Key},
    },
};

#[wasm_bindgen]
extern "C" {
    /// Web Cryptography § 13.
    #[derive(Clone, Debug)]
    pub(crate) type CryptoKey;

    /// Web Cryptography § 14.3.9. It throws in a page without a secure context, which has no
    /// `subtle`.
    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"], js_name = importKey)]
    fn import_key(
        format: &str,
        key: &Uint8Array,
        algorithm: &Object,
        extractable: bool,
        usages: &Array,
    ) -> Result<js_sys::Promise, JsValue>;

    /// Web Cryptography § 14.3.5.
    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"], js_name = digest)]
    fn digest_of(algorithm: &str, bytes: &Uint8Array) -> Result<js_sys::Promise, JsValue>;

    /// Web Cryptography § 14.3.4.
    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"], js_name = verify)]
    fn verify_signature(
        algorithm: &Object,
        key: &CryptoKey,
        signature: &Uint8Array,
        signed: &Uint8Array,
    ) -> Result<js_sys::Promise, JsValue>;
}

/// Imports a key for this algorithm alone.
pub(crate) async fn import(key: &Key, algorithm: Algorithm) -> Result<CryptoKey, JsValue> {
    let bytes = Uint8Array::from(key.bytes());
    let usages = Array::of1(&"verify".into());
    let promise = import_key(format(key), &bytes, &object(algorithm)?, false, &usages)?;
    Ok(JsFuture::from(promise).await?.unchecked_into())
}

/// Whether this key has made the signature. The platform compares an HMAC in constant time.
pub(crate) async fn verify(key: &CryptoKey, signed: &Signed) -> Result<bool, JsValue> {
    let signature = Uint8Array::from(signed.signature.as_slice());
    let input = Uint8Array::from(signed.input.as_bytes());
    let promise = verify_signature(&object(signed.algorithm)?, key, &signature, &input)?;
    Ok(JsFuture::from(promise).await?.is_truthy())
}

/// The SHA-256 of some bytes.
pub(crate) async fn digest(bytes: &[u8]) -> Result<Vec<u8>, JsValue> {
    let digest = JsFuture::from(digest_of("SHA-256", &Uint8Array::from(bytes))?).await?;
    Ok(Uint8Array::new(&digest).to_vec())
}

/// The format of a key's bytes, as `importKey` takes it.
pub(crate) fn format(key: &Key) -> &'static str {
    match key.format() {
        Format::Raw => "raw",
        Format::Spki => "spki",
    }
}

/// An algorithm as `importKey` and `verify` take it.
pub(crate) fn object(algorithm: Algorithm) -> Result<Object, JsValue> {
    let Parameters { name, hash, named_curve, salt_length } = algorithm.parameters();
    let object = Object::new();
    let set = |name: &str, value: Option<JsValue>| match value {
        Some(value) => Reflect::set(&object, &name.into(), &value).map(drop),
        None => Ok(()),
    };
    set("name", Some(name.into()))?;
    set("hash", hash.map(JsValue::from))?;
    set("namedCurve", named_curve.map(JsValue::from))?;
    set("saltLength", salt_length.map(JsValue::from))?;
    Ok(object)
}
