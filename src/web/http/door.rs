//! The door in a host with one thread, where a request is not cut off in the middle: a page, Deno, Node.

#[cfg(test)]
mod tests;

use std::{cell::RefCell, fmt, rc::Rc, time::Duration};

use web_sys::Request;

use crate::{
    base::{limits::MAX_KEYS, timestamp::Timestamp},
    door::{
        granted::Granted,
        steps::{self, Answers, Judge, Signed, Signer, Step},
    },
    http::error::Error,
    settings::config::Config,
    tokens::{algorithm::Algorithm, key::Key, key_sets::KeySets},
    web::host::{
        clock,
        fetch::{Fetch, text},
        host_url_parser::HostUrlParser,
        subtle::{self, CryptoKey},
    },
};

/// Imported keys that are kept: the keys of two roles in a rotation. Beyond that all are forgotten,
/// since a key set may bring other keys each time.
pub(crate) const MAX_IMPORTED: usize = 4 * MAX_KEYS;

/// The pause before a request looks again for the key set that another request fetches.
pub(crate) const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Judges requests to one hub. It drives the steps of the core's [`Door`](steps::Door) with the host's
/// `fetch`, cryptography and timers.
pub(crate) struct Door {
    config: Rc<Config>,
    fetch: Box<dyn Fetch>,
    keys: RefCell<KeySets>,
    imported: RefCell<Vec<(Key, Algorithm, CryptoKey)>>,
    /// Logs why a key set could not be fetched, or a key not be imported.
    failed: Box<dyn Fn(String)>,
}

/// The way of a request that the door does not refuse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Passage {
    /// The hub gets this right with the request.
    Granted(Granted),
    /// It is answered with the methods of the hub: the value of `Allow`.
    Options(&'static str),
}

impl Door {
    /// The door of a hub with these settings. `failed` logs an error of the keys.
    pub(crate) fn new(
        config: Rc<Config>,
        fetch: impl Fetch + 'static,
        failed: impl Fn(String) + 'static,
    ) -> Self {
        let (keys, imported) = (RefCell::default(), RefCell::default());
        Self { config, fetch: Box::new(fetch), keys, imported, failed: Box::new(failed) }
    }

    /// Decides what a request may do. `now` is read again for each step, since a fetch of keys may lie
    /// in between.
    ///
    /// # Errors
    /// Why the request is refused.
    pub(crate) async fn judge(
        &self,
        request: &Request,
        now: impl Fn() -> Timestamp,
    ) -> Result<Passage, Error> {
        let mut answers = Answers::default();
        loop {
            let (config, urls) = (&*self.config, HostUrlParser::boxed);
            let door = steps::Door { config, urls, judge: Judge::Keys, now: now() };
            let step = door.step(request, &answers, &mut self.keys.borrow_mut())?;
            match step {
                Step::Grant(granted) | Step::Hold(granted) => return Ok(Passage::Granted(granted)),
                Step::Options(allow) => return Ok(Passage::Options(allow)),
                Step::Fetch(url) => self.fetch(&url, &now).await,
                Step::Wait => clock::sleep(LOOK_AGAIN).await,
                Step::Verify(signed) => answers.signer = Some(self.verify(&signed).await),
                Step::Digest(publisher) => {
                    let digest = subtle::digest(publisher.as_bytes()).await;
                    answers.digest = Some(digest.map_err(|_| Error::Internal)?);
                }
                Step::Application => return Err(Error::Internal),
            }
        }
    }

    async fn fetch(&self, url: &str, now: &impl Fn() -> Timestamp) {
        let fetched = self.fetch.fetch(url).await;
        let document = fetched.as_deref().ok();
        let finished = self.keys.borrow_mut().finish(url, now(), document);
        let wrong = fetched.err().map(|error| error.to_string());
        let wrong = wrong.or_else(|| finished.err().map(|error| error.to_string()));
        if let Some(wrong) = wrong {
            (self.failed)(format!("{url}: {wrong}"));
        }
    }

    /// The key that has made the signature.
    async fn verify(&self, signed: &Signed) -> Signer {
        for key in &signed.keys {
            let imported = match self.import(key, signed.algorithm).await {
                Ok(imported) => imported,
                Err(thrown) => {
                    let algorithm = signed.algorithm;
                    (self.failed)(format!("a key for {algorithm}: {}", text(&thrown)));
                    continue;
                }
            };
            // workerd throws for a signature of another length: the key has not made it.
            if let Ok(true) = subtle::verify(&imported, signed).await {
                return Signer::Key(key.bytes().to_vec());
            }
        }
        Signer::Nobody
    }

    async fn import(
        &self,
        key: &Key,
        algorithm: Algorithm,
    ) -> Result<CryptoKey, wasm_bindgen::JsValue> {
        let find = |all: &Vec<(Key, Algorithm, CryptoKey)>| {
            let mut all = all.iter();
            let found = all.find(|(own, with, _)| *with == algorithm && own == key);
            found.map(|(_, _, imported)| imported.clone())
        };
        let known = find(&self.imported.borrow());
        if let Some(known) = known {
            return Ok(known);
        }
        let imported = subtle::import(key, algorithm).await?;
        let mut all = self.imported.borrow_mut();
        if all.len() >= MAX_IMPORTED {
            all.clear();
        }
        all.push((key.clone(), algorithm, imported.clone()));
        Ok(imported)
    }
}

impl fmt::Debug for Door {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Door").field("config", &self.config).finish_non_exhaustive()
    }
}
