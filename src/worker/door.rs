//! The exports for `npm/worker/door.mjs`, which takes a request through the door step by step.
//!
//! Each step is one synchronous call. Nothing that belongs to a request stays here between two calls:
//! the isolate keeps the settings and the fetched key sets alone.

#![allow(unreachable_pub, reason = "JavaScript calls the exported functions")]

use std::cell::RefCell;

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use web_sys::Request;

use super::{
    config,
    router::{Routed, Visit},
    sys::{DoorAnswers, Env},
};
use crate::{
    door::steps::{Answers, Judge, Signer, Told},
    tokens::key_sets::KeySets,
    web::{Level, Record, host::clock, http::respond},
};

thread_local! {
    /// The key sets of the isolate.
    static KEYS: RefCell<KeySets> = RefCell::default();
}

/// Takes the next step of a request. Returns a `Response`, or an object whose member `step` names the
/// work that the host does next.
///
/// # Errors
/// The host cannot make an answer.
#[wasm_bindgen(js_name = doorStep)]
pub fn door_step(request: &Request, env: &Env, answers: &DoorAnswers) -> Result<JsValue, JsValue> {
    let deployment = config::deployment(env);
    let judge = if answers.by_application() { Judge::Application } else { Judge::Keys };
    let routed = match &*deployment {
        Ok(deployment) => {
            let visit = Visit { request, deployment, judge, is_barred: answers.is_barred() };
            KEYS.with_borrow_mut(|keys| visit.step(&told(answers), keys))?
        }
        Err(invalid) => Routed::Answer(respond::refuse_stream(request, &invalid.clone().into())?),
    };
    match routed {
        Routed::Answer(response) => Ok(response.into()),
        Routed::ForHost(message) => Ok(message),
    }
}

/// Whether there may be a hub of this name. With settings that are wrong each hub says so itself.
#[wasm_bindgen(js_name = hasHub)]
pub fn has_hub(env: &Env, name: &str) -> bool {
    config::deployment(env).as_ref().as_ref().map_or(true, |deployment| deployment.has(name))
}

/// Takes the fetched key set, or the reason why there is none. Returns whether it can be used.
#[wasm_bindgen(js_name = keySetFetched)]
pub fn key_set_fetched(url: &str, document: Option<String>, failure: &str) -> bool {
    let finished = KEYS.with_borrow_mut(|keys| keys.finish(url, clock::now(), document.as_deref()));
    let wrong = match (document, finished) {
        (None, _) => failure.to_owned(),
        (Some(_), Err(invalid)) => invalid.to_string(),
        (Some(_), Ok(())) => return true,
    };
    let record = Record::new(Level::Error, "keys unusable");
    record.with_detail(format!("{url}: {wrong}")).to_console();
    false
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
