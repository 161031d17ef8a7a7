//! Time and randomness, for the whole shell.

use std::time::Duration;

use wasm_bindgen::JsValue;

use crate::{
    base::{connection_id::ConnectionId, timestamp::Timestamp},
    log::{
        place_key::PlaceKey,
        update_id::{InvalidUpdateId, UpdateId},
    },
    web::host::{sys, task},
};

pub(crate) fn now() -> Timestamp {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "Date.now() is a whole number of milliseconds after 1970"
    )]
    let millis = js_sys::Date::now() as u64;
    Timestamp::from_millis(millis)
}

/// The time as ISO 8601, in UTC.
pub(crate) fn iso_8601() -> String {
    js_sys::Date::new_0().to_iso_string().into()
}

pub(crate) fn connection_id() -> Result<ConnectionId, JsValue> {
    random().map(ConnectionId::from_random)
}

/// A key for the places of a hub that has kept nothing yet.
pub(crate) fn place_key() -> Result<PlaceKey, JsValue> {
    random().map(PlaceKey::from_random)
}

/// A fresh `urn:uuid:` of version 7, RFC 9562 § 5.7.
pub(crate) fn update_id() -> Result<UpdateId, JsValue> {
    let random: [u8; 10] = random()?;
    let uuid = uuid::Builder::from_unix_timestamp_millis(now().as_millis(), &random).into_uuid();
    uuid.urn().to_string().parse().map_err(|error: InvalidUpdateId| error.to_string().into())
}

/// A random byte, or 0 on a host without randomness.
pub(crate) fn random_byte() -> u8 {
    random().map_or(0, |[byte]| byte)
}

/// A random number, or 0 on a host without randomness.
pub(crate) fn random_number() -> u32 {
    random().map_or(0, u32::from_be_bytes)
}

fn random<const BYTES: usize>() -> Result<[u8; BYTES], JsValue> {
    let mut bytes = [0; BYTES];
    sys::get_random_values(&mut bytes)?;
    Ok(bytes)
}

/// Calls back behind all that runs now, in the same turn.
pub(crate) fn soon(callback: Box<dyn FnOnce()>) {
    task::spawn(async move { callback() });
}

/// Resolves in a later turn of the event loop.
pub(crate) async fn next_turn() {
    sleep(Duration::ZERO).await;
}

/// Resolves after this time.
pub(crate) async fn sleep(duration: Duration) {
    let (done, over) = futures::channel::oneshot::channel();
    let timer = crate::web::host::timer::Timer::new(
        duration,
        Box::new(move || {
            // The receiver below waits for it.
            let _ = done.send(());
        }),
    );
    let _ = over.await;
    drop(timer);
}
