//! The tables of a hub, and their version.

use js_sys::Array;
use wasm_bindgen::JsValue;

use super::sys::SqlStorage;

/// The version of the schema below. The pragma for it is not to be had in a Durable Object.
const VERSION: u32 = 2;

/// What brings a database from each version to the next; the first from nothing to 1.
///
/// An update's `before` counts the bytes of all updates ahead of it from the hub's beginning on, so
/// that the bytes held are a difference between two rows and pruning needs no sum.
const STEPS: [&str; VERSION as usize] = [
    "
    CREATE TABLE updates (
        sequence INTEGER PRIMARY KEY,
        id TEXT NOT NULL,
        topics TEXT NOT NULL,
        private INTEGER NOT NULL,
        before INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        event BLOB NOT NULL
    );
    CREATE INDEX updates_by_id ON updates (id);
",
    "
    CREATE TABLE outcomes (
        key TEXT PRIMARY KEY,
        fingerprint TEXT NOT NULL,
        id TEXT NOT NULL,
        connections INTEGER NOT NULL,
        at INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX outcomes_by_age ON outcomes (at);
",
];

/// Brings the tables of this object up to [`VERSION`].
pub(super) fn migrate(sql: &SqlStorage) -> Result<(), JsValue> {
    let none = Array::new();
    sql.exec("CREATE TABLE IF NOT EXISTS schema (version INTEGER NOT NULL)", &none)?;
    let row = sql.exec("SELECT max(version) FROM schema", &none)?.raw()?.next()?.value();
    let held = Array::from(&row).get(0).as_f64().unwrap_or(0.0);
    if held > f64::from(VERSION) {
        return Err(format!("the tables are of version {held}, newer than {VERSION}").into());
    }
    for (step, version) in STEPS.iter().zip(1_u32..) {
        if f64::from(version) > held {
            sql.exec(step, &none)?;
            sql.exec("INSERT INTO schema VALUES (?)", &Array::of1(&version.into()))?;
        }
    }
    Ok(())
}
