//! The steps of the door, as `js/door.mjs` takes them.
//!
//! Each step is one synchronous call, and nothing that belongs to a request stays here between two of
//! them. The isolate keeps values alone: the settings, and the key sets that were fetched.

use std::cell::RefCell;

use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{Request, Response};

use super::{
    config,
    router::{Routed, Visit},
    sys::{DoorAnswers, Env},
};
use crate::{
    base::limits::MAX_KEY_SET_BYTES,
    door::steps::{Answers, Judge, Signed, Signer, Step, Told},
    tokens::{
        key::Key,
        key_sets::{FETCH_TIMEOUT, KeySets},
    },
    web::{
        Level, Record,
        host::{clock, subtle},
        http::{protection, respond},
    },
};

thread_local! {
    /// The key sets of the isolate.
    static KEYS: RefCell<KeySets> = RefCell::default();
}

/// Takes the next step of a request: gives a `Response`, or an object whose member `step` says what is
/// to be done.
///
/// # Errors
/// What the host throws when it is out of the means to make an answer.
#[wasm_bindgen(js_name = doorStep)]
pub fn door_step(request: &Request, env: &Env, answers: &DoorAnswers) -> Result<JsValue, JsValue> {
    let deployment = config::deployment(env);
    let judge = if answers.by_application() { Judge::Application } else { Judge::Keys };
    let routed = match &*deployment {
        Ok(deployment) => {
            let visit = Visit { request, deployment, judge };
            KEYS.with_borrow_mut(|keys| visit.step(&told(answers), keys))?
        }
        Err(invalid) => Routed::Answer(respond::refuse_stream(request, &invalid.clone().into())?),
    };
    match routed {
        Routed::Answer(response) => answer(response),
        Routed::Hub(hub, step) => object(&hub, step),
    }
}

/// Takes the key set that was fetched, or the reason why there is none.
#[wasm_bindgen(js_name = keySetFetched)]
pub fn key_set_fetched(url: &str, document: Option<String>, failure: &str) {
    let finished = KEYS.with_borrow_mut(|keys| keys.finish(url, clock::now(), document.as_deref()));
    let wrong = match (document, finished) {
        (None, _) => failure.to_owned(),
        (Some(_), Err(invalid)) => invalid.to_string(),
        (Some(_), Ok(())) => return,
    };
    let record = Record::new(Level::Error, "keys unusable");
    record.with_detail(format!("{url}: {wrong}")).to_console();
}

fn told(answers: &DoorAnswers) -> Answers {
    let bytes = |value: &JsValue| value.dyn_ref::<Uint8Array>().map(Uint8Array::to_vec);
    let (signer, claims) = (answers.signer(), answers.claims());
    let signer =
        if signer.is_null() { Some(Signer::Nobody) } else { bytes(&signer).map(Signer::Key) };
    let application = match (claims.as_string(), claims.as_bool()) {
        (Some(json), _) => Some(Told::Claims(json)),
        (None, Some(_)) => Some(Told::Failed),
        (None, None) => claims.is_null().then_some(Told::Nobody),
    };
    Answers { signer, digest: bytes(&answers.digest()), application }
}

fn answer(response: Response) -> Result<JsValue, JsValue> {
    protection::add(&response)?;
    Ok(response.into())
}

fn object(hub: &str, step: Step) -> Result<JsValue, JsValue> {
    let (name, members) = match step {
        Step::Grant(granted) => ("grant", vec![("granted", granted.to_string().into())]),
        Step::Fetch(url) => {
            let limit = u32::try_from(MAX_KEY_SET_BYTES).unwrap_or(u32::MAX);
            let timeout = u32::try_from(FETCH_TIMEOUT.as_millis()).unwrap_or(u32::MAX);
            let url = ("url", url.into());
            ("fetch", vec![url, ("limit", limit.into()), ("timeout", timeout.into())])
        }
        Step::Wait => ("wait", Vec::new()),
        Step::Verify(signed) => ("verify", verify(&signed)?),
        Step::Digest(publisher) => {
            ("digest", vec![("bytes", Uint8Array::from(publisher.as_bytes()).into())])
        }
        Step::Application => ("authorize", Vec::new()),
        // The router answers it.
        Step::Options(allow) => ("options", vec![("allow", allow.into())]),
    };
    let object = Object::new();
    let own = [("step", name.into()), ("hub", hub.into())];
    for (name, value) in own.into_iter().chain(members) {
        Reflect::set(&object, &name.into(), &value)?;
    }
    Ok(object.into())
}

fn verify(signed: &Signed) -> Result<Vec<(&'static str, JsValue)>, JsValue> {
    let keys: Array = signed.keys.iter().map(key).collect();
    Ok(vec![
        ("algorithm", subtle::object(signed.algorithm)?.into()),
        ("algorithmName", signed.algorithm.to_string().into()),
        ("keys", keys.into()),
        ("signature", Uint8Array::from(signed.signature.as_slice()).into()),
        ("input", Uint8Array::from(signed.input.as_bytes()).into()),
    ])
}

/// A format of `importKey`, and the bytes.
fn key(key: &Key) -> JsValue {
    Array::of2(&subtle::format(key).into(), &Uint8Array::from(key.bytes()).into()).into()
}
