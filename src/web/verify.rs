//! From a token to its grants.

use std::{cell::RefCell, fmt, rc::Rc};

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

use super::{
    fetch::{Fetch, text},
    subtle::{self, CryptoKey},
};
use crate::{
    algorithm::Algorithm,
    bearer::Presented,
    challenge::Unauthorized,
    dialect::Dialect,
    fetched_keys::{FetchedKeys, Next},
    grants::Grants,
    invalid_token::InvalidToken,
    jws::Jws,
    key::Key,
    key_set::KeySet,
    limits::MAX_KEYS,
    publisher::Publisher,
    timestamp::Timestamp,
    trust::Trust,
    verifier::{Keys, Role},
};

/// Keys that are kept imported: what two roles have in a rotation. Beyond that all are forgotten,
/// since what is fetched may be another each time.
const MAX_IMPORTED: usize = 4 * MAX_KEYS;

/// Verifies tokens with the platform's cryptography, and keeps what that has imported and fetched.
/// It belongs to one hub: what it waits for must not be shared between requests of a plain Worker.
pub struct Verification {
    trust: Trust,
    fetch: Box<dyn Fetch>,
    imported: RefCell<Vec<(Key, Algorithm, CryptoKey)>>,
    fetched: RefCell<Vec<(String, Rc<RefCell<Fetched>>)>>,
    /// Called with why a key set could not be had, or a key not be imported: a record of the log.
    failed: Rc<dyn Fn(String)>,
}

/// The keys of one URL, and the fetch of them that is under way.
#[derive(Default)]
struct Fetched {
    keys: FetchedKeys,
    under_way: Option<Promise>,
    /// What the last fetch has left to be used.
    usable: Option<Rc<KeySet>>,
}

impl Verification {
    /// Verifies by the keys of `trust`; `failed` is told what goes wrong with the keys.
    pub fn new(
        trust: Trust,
        fetch: impl Fetch + 'static,
        failed: impl Fn(String) + 'static,
    ) -> Self {
        let (imported, fetched) = (RefCell::default(), RefCell::default());
        Self { trust, fetch: Box::new(fetch), imported, fetched, failed: Rc::new(failed) }
    }

    /// Whose tokens are trusted.
    #[must_use]
    pub fn trust(&self) -> &Trust {
        &self.trust
    }

    /// What a token grants for a role. `request` is the dialect that the request shows by itself,
    /// `resource` the hub's resource identifier. `now` is read again once the signature is
    /// verified, since keys may have had to be fetched.
    ///
    /// # Errors
    /// [`Unauthorized::Token`] or [`Unauthorized::KeysUnavailable`].
    pub async fn grants(
        &self,
        presented: &Presented,
        role: Role,
        request: Option<Dialect>,
        resource: &str,
        now: impl Fn() -> Timestamp,
    ) -> Result<(Grants, Option<Publisher>), Unauthorized> {
        let jws = presented.jws()?;
        let choice = self.trust.choose(&jws, role)?;
        choice.admits(presented.carrier, request)?;
        let publisher = |key: &Key| {
            let is_one = role == Role::Publisher;
            is_one.then(|| Publisher::of_token(choice.issuer(), &jws.payload, key))
        };
        let publisher = match choice.verifier.keys() {
            Keys::Fixed(keys) => publisher(self.verify(&jws, keys).await?),
            Keys::Remote(url) => {
                let keys = self.fetched(url, &jws, now()).await;
                let keys = keys.ok_or(Unauthorized::KeysUnavailable)?;
                publisher(self.verify(&jws, &keys).await?)
            }
        };
        Ok((choice.grants(&jws, resource, now())?, publisher))
    }

    /// The key that has signed it.
    async fn verify<'keys>(
        &self,
        jws: &'keys Jws<'_>,
        keys: &'keys KeySet,
    ) -> Result<&'keys Key, InvalidToken> {
        let algorithm = jws.header.algorithm;
        let mut refused = InvalidToken::NoKey;
        for key in keys.candidates(algorithm, jws.header.key_id.as_deref()) {
            refused = InvalidToken::Signature;
            let imported = match self.import(key, algorithm).await {
                Ok(imported) => imported,
                Err(thrown) => {
                    (self.failed)(format!("a key for {algorithm}: {}", text(&thrown)));
                    continue;
                }
            };
            let signed = jws.signing_input.as_bytes();
            // workerd throws at a signature of another length, which is as wrong as any.
            if let Ok(true) = subtle::verify(algorithm, &imported, &jws.signature, signed).await {
                return Ok(key);
            }
        }
        Err(refused)
    }

    async fn import(&self, key: &Key, algorithm: Algorithm) -> Result<CryptoKey, JsValue> {
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

    /// The key set at a URL. All who need it while it is fetched wait for the one fetch.
    async fn fetched(&self, url: &str, jws: &Jws<'_>, now: Timestamp) -> Option<Rc<KeySet>> {
        let is_known = |keys: &KeySet| {
            let id = jws.header.key_id.as_deref();
            keys.candidates(jws.header.algorithm, id).next().is_some()
        };
        let fetched = self.of_url(url);
        let under_way = {
            let mut state = fetched.borrow_mut();
            match (state.keys.next(now, is_known), &state.under_way) {
                (Next::Use(keys), _) if is_known(&keys) => return Some(keys),
                (_, Some(under_way)) => under_way.clone(),
                (Next::Use(keys), None) => return Some(keys),
                (Next::Unavailable, None) => return None,
                (Next::Fetch, None) => {
                    state.keys.begin(now);
                    let under_way = self.fetch(url, Rc::clone(&fetched), now);
                    state.under_way.insert(under_way).clone()
                }
            }
        };
        // It settles with nothing: what it has found is in the state.
        let _ = JsFuture::from(under_way).await;
        fetched.borrow().usable.clone()
    }

    fn of_url(&self, url: &str) -> Rc<RefCell<Fetched>> {
        let mut all = self.fetched.borrow_mut();
        if let Some((_, fetched)) = all.iter().find(|(own, _)| own == url) {
            return Rc::clone(fetched);
        }
        let fetched = Rc::default();
        all.push((url.to_owned(), Rc::clone(&fetched)));
        fetched
    }

    fn fetch(&self, url: &str, fetched: Rc<RefCell<Fetched>>, now: Timestamp) -> Promise {
        let (document, url) = (self.fetch.fetch(url), url.to_owned());
        let failed = Rc::clone(&self.failed);
        future_to_promise(async move {
            let keys = match document.await {
                Ok(text) => KeySet::from_public_jwks(&text).map_err(|error| error.to_string()),
                Err(error) => Err(error.to_string()),
            };
            let keys = keys.map_err(|error| failed(format!("{url}: {error}"))).ok();
            let mut state = fetched.borrow_mut();
            state.under_way = None;
            state.usable = state.keys.finish(now, keys);
            Ok(JsValue::UNDEFINED)
        })
    }
}

impl fmt::Debug for Verification {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Verification").field("trust", &self.trust).finish_non_exhaustive()
    }
}
