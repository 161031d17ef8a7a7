//! A hub inside a page, for streams between parts of the page: no server is asked. `index.html` uses it.
#![cfg(target_arch = "wasm32")]

use millstream::{Config, web::Handler};
use wasm_bindgen::prelude::*;
use web_sys::{Request, Response};

/// A hub that keeps its history in memory, and that everybody in the page may use.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Hub(Handler);

#[wasm_bindgen]
impl Hub {
    /// A hub without updates.
    ///
    /// # Errors
    /// A variable that is wrong.
    #[wasm_bindgen(constructor)]
    pub fn new() -> Result<Self, JsError> {
        let variable = |name: &str| match name {
            "ANONYMOUS_PUBLISH" | "ANONYMOUS_SUBSCRIBE" => Some("true".to_owned()),
            "HISTORY_UPDATES" => Some("100".to_owned()),
            _ => None,
        };
        Ok(Self(Handler::in_memory(Config::read(variable)?, ())))
    }

    /// Answers a request to `/.well-known/mercure`, as `fetch` would.
    ///
    /// # Errors
    /// What the page throws when it cannot make an answer.
    pub async fn fetch(&self, request: Request) -> Result<Response, JsValue> {
        self.0.handle(&request).await
    }
}
