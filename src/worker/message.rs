//! The steps of the door as objects for `js/door.mjs`. The member `step` names the step.

use std::time::Duration;

use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::JsValue;

use crate::{
    base::limits::MAX_KEY_SET_BYTES,
    door::{
        granted::Granted,
        steps::{Signed, Step},
    },
    tokens::{key::Key, key_sets::FETCH_TIMEOUT},
    web::{
        host::subtle,
        http::door::{LOOK_AGAIN, MAX_IMPORTED},
    },
};

/// The next step of a request to a hub.
pub(super) enum Message {
    /// The host takes it.
    ForHost(JsValue),
    /// The Worker answers with these methods.
    Options(&'static str),
}

type Member = (&'static str, JsValue);

impl Message {
    /// The message of a step for the hub of this name.
    pub(super) fn new(hub: &str, step: Step) -> Result<Self, JsValue> {
        let (name, members) = match step {
            Step::Options(allow) => return Ok(Self::Options(allow)),
            Step::Grant(granted) => return grant(hub, &granted).map(Self::ForHost),
            Step::Fetch(url) => ("fetch", fetch(&url)),
            Step::Wait => ("wait", vec![("pause", millis(LOOK_AGAIN))]),
            Step::Verify(signed) => ("verify", verify(&signed)?),
            Step::Digest(publisher) => {
                ("digest", vec![("bytes", Uint8Array::from(publisher.as_bytes()).into())])
            }
            Step::Application => ("authorize", Vec::new()),
        };
        object(hub, name, members).map(Self::ForHost)
    }
}

/// The message that a request is let in with this right.
pub(super) fn grant(hub: &str, granted: &Granted) -> Result<JsValue, JsValue> {
    object(hub, "grant", vec![("granted", granted.to_string().into())])
}

fn object(hub: &str, step: &str, members: Vec<Member>) -> Result<JsValue, JsValue> {
    let object = Object::new();
    let own = [("step", step.into()), ("hub", hub.into())];
    for (name, value) in own.into_iter().chain(members) {
        Reflect::set(&object, &name.into(), &value)?;
    }
    Ok(object.into())
}

fn fetch(url: &str) -> Vec<Member> {
    let timeout = millis(FETCH_TIMEOUT);
    vec![("url", url.into()), ("limit", number(MAX_KEY_SET_BYTES)), ("timeout", timeout)]
}

fn verify(signed: &Signed) -> Result<Vec<Member>, JsValue> {
    let keys: Array = signed.keys.iter().map(key).collect();
    Ok(vec![
        ("algorithm", subtle::object(signed.algorithm)?.into()),
        ("algorithmName", signed.algorithm.to_string().into()),
        ("keys", keys.into()),
        ("maxImported", number(MAX_IMPORTED)),
        ("signature", Uint8Array::from(signed.signature.as_slice()).into()),
        ("input", Uint8Array::from(signed.input.as_bytes()).into()),
    ])
}

/// A format of `importKey`, and the bytes.
fn key(key: &Key) -> JsValue {
    Array::of2(&subtle::format(key).into(), &Uint8Array::from(key.bytes()).into()).into()
}

fn millis(duration: Duration) -> JsValue {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX).into()
}

fn number(count: usize) -> JsValue {
    u32::try_from(count).unwrap_or(u32::MAX).into()
}
