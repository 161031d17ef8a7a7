//! The tables of a hub, and their version.

use js_sys::Array;
use wasm_bindgen::JsValue;

use super::sys::SqlStorage;
use crate::timestamp::Timestamp;

/// The version of the schema below. The pragma for it is not to be had in a Durable Object.
const VERSION: u32 = 5;

/// What brings a database from each version to the next; the first from nothing to 1. `{now}`
/// stands for the moment of the step.
///
/// An update's `before` counts the bytes of all updates ahead of it from the hub's beginning on, so
/// that the bytes held are a difference between two rows and pruning needs no sum.
///
/// The updates of version 1 have no time: they count as accepted when they were brought to version
/// 2, as the default of the column, so that the step costs the same however many they are.
/// `emptied` is written when the last update is removed: it holds the sequence and the bytes with
/// which the next one goes on. `drained` holds when the hub was drained last, if it was.
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
    ALTER TABLE updates ADD COLUMN accepted INTEGER NOT NULL DEFAULT {now};
    CREATE TABLE emptied (sequence INTEGER NOT NULL, bytes INTEGER NOT NULL);
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
    "
    CREATE TABLE active_subscriptions (
        number INTEGER PRIMARY KEY,
        topic TEXT NOT NULL UNIQUE,
        of_1_0 INTEGER NOT NULL,
        document TEXT NOT NULL
    );
    ",
    "CREATE TABLE drained (at INTEGER NOT NULL);",
];

/// Brings the tables of this object up to [`VERSION`].
pub(super) fn migrate(sql: &SqlStorage, now: Timestamp) -> Result<(), JsValue> {
    let none = Array::new();
    sql.exec("CREATE TABLE IF NOT EXISTS schema (version INTEGER NOT NULL)", &none)?;
    let row = sql.exec("SELECT max(version) FROM schema", &none)?.raw()?.next()?.value();
    let held = Array::from(&row).get(0).as_f64().unwrap_or(0.0);
    if held > f64::from(VERSION) {
        return Err(format!("the tables are of version {held}, newer than {VERSION}").into());
    }
    for (step, version) in STEPS.iter().zip(1_u32..) {
        if f64::from(version) > held {
            sql.exec(&step.replace("{now}", &now.as_millis().to_string()), &none)?;
            sql.exec("INSERT INTO schema VALUES (?)", &Array::of1(&version.into()))?;
        }
    }
    Ok(())
}
