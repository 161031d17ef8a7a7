//! The steps of the door as objects for `npm/worker/door.mjs`. The member `step` names the step.

use std::time::Duration;

use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::JsValue;

use crate::{
    base::limits::MAX_KEY_SET_BYTES,
    door::{
        granted::Granted,
        steps::{Signed, Step},
    },
    http::operator_call::OperatorCall,
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
        let message = match step {
            Step::Options(allow) => return Ok(Self::Options(allow)),
            Step::Grant(granted) => grant(hub, &granted),
            Step::Hold(granted) => {
                let members = [("granted", granted.to_string().into()), ("held", true.into())];
                object(Some(hub), "grant", &members)
            }
            Step::Fetch(url) => fetch(hub, &url),
            Step::Wait => object(Some(hub), "wait", &[("pause", millis(LOOK_AGAIN))]),
            Step::Verify(signed) => verify(hub, &signed),
            Step::Digest(publisher) => {
                let bytes = Uint8Array::from(publisher.as_bytes());
                object(Some(hub), "digest", &[("bytes", bytes.into())])
            }
            Step::Application => object(Some(hub), "authorize", &[]),
        };
        message.map(Self::ForHost)
    }
}

/// The message that a request is let in with this right.
pub(super) fn grant(hub: &str, granted: &Granted) -> Result<JsValue, JsValue> {
    object(Some(hub), "grant", &[("granted", granted.to_string().into())])
}

/// The message that an operator's call to the hub of this name, or to all hubs, is let in.
pub(super) fn operator(hub: Option<&str>, call: OperatorCall) -> Result<JsValue, JsValue> {
    object(hub, "operator", &[("call", call.name.into())])
}

fn object(hub: Option<&str>, step: &str, members: &[Member]) -> Result<JsValue, JsValue> {
    let object = Object::new();
    let own = [("step", step.into()), ("hub", hub.into())];
    for (name, value) in own.iter().chain(members) {
        Reflect::set(&object, &(*name).into(), value)?;
    }
    Ok(object.into())
}

fn fetch(hub: &str, url: &str) -> Result<JsValue, JsValue> {
    let (limit, timeout) = (number(MAX_KEY_SET_BYTES), millis(FETCH_TIMEOUT));
    object(Some(hub), "fetch", &[("url", url.into()), ("limit", limit), ("timeout", timeout)])
}

fn verify(hub: &str, signed: &Signed) -> Result<JsValue, JsValue> {
    let keys: Array = signed.keys.iter().map(key).collect();
    let members = [
        ("algorithm", subtle::object(signed.algorithm)?.into()),
        ("algorithmName", signed.algorithm.to_string().into()),
        ("keys", keys.into()),
        ("maxImported", number(MAX_IMPORTED)),
        ("signature", Uint8Array::from(signed.signature.as_slice()).into()),
        ("input", Uint8Array::from(signed.input.as_bytes()).into()),
    ];
    object(Some(hub), "verify", &members)
}

/// A format of `importKey`, and the bytes.
fn key(key: &Key) -> JsValue {
    Array::of2(&subtle::format(key).into(), &Uint8Array::from(key.bytes()).into()).into()
}

fn millis(duration: Duration) -> JsValue {
    u32::try_from(duration.as_millis()).unwrap_or(u32::MAX).into()
}

pub(super) fn number(count: usize) -> JsValue {
    u32::try_from(count).unwrap_or(u32::MAX).into()
}
