//! The tables of one hub, which are made when the hub stores its first row.

use std::cell::Cell;

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};

use super::{
    rows::{Rows, SqlError},
    schema,
    sys::{DurableObjectStorage, SqlStorage},
};
use crate::web::host::clock;

/// Every query of a hub goes through here, so that no query names a missing table.
#[derive(Debug)]
pub(super) struct Tables {
    storage: DurableObjectStorage,
    sql: SqlStorage,
    exist: Cell<bool>,
}

impl Tables {
    /// Brings existing tables up to date. It makes none.
    pub(super) fn open(storage: DurableObjectStorage) -> Result<Self, SqlError> {
        let sql = storage.sql()?;
        let tables = Self { storage, sql, exist: Cell::new(false) };
        if tables.are_found()? {
            let row = tables.run("SELECT max(version) FROM schema", &[])?.first()?;
            let row = row.filter(|row| !row.get(0).is_null());
            let held = row.map_or(Ok(0), |row| row.number(0, "schema.version"))?;
            tables.bring_up(held)?;
        }
        Ok(tables)
    }

    pub(super) fn storage(&self) -> &DurableObjectStorage {
        &self.storage
    }

    /// Runs a query that reads or removes rows. A hub without tables has no rows.
    pub(super) fn rows(&self, query: &str, bindings: &[JsValue]) -> Result<Rows, SqlError> {
        if self.exist.get() { self.run(query, bindings) } else { Ok(Rows::none()) }
    }

    /// Adds a row; if there are no tables, it makes them in the same transaction. `row` is the rest of
    /// an INSERT, from the table's name on.
    pub(super) fn insert(&self, row: &str, values: &[JsValue]) -> Result<(), SqlError> {
        if !self.exist.get() {
            self.bring_up(0)?;
        }
        self.run(&["INSERT INTO ", row].concat(), values)?;
        Ok(())
    }

    /// Fails when the storage fails, or when tables appeared or vanished without this life of the hub:
    /// then another life has taken its place elsewhere. A query that names no table would not touch the
    /// storage.
    pub(super) fn touch(&self) -> Result<(), SqlError> {
        if self.are_found()? == self.exist.get() {
            return Ok(());
        }
        Err(SqlError::Failed("another life of the hub has changed the tables".to_owned()))
    }

    fn are_found(&self) -> Result<bool, SqlError> {
        Ok(self.run("SELECT 1 FROM sqlite_master WHERE name = 'schema'", &[])?.first()?.is_some())
    }

    /// Takes all steps or none. Without the transaction, the turn would commit the steps before a
    /// failed one.
    fn bring_up(&self, held: u64) -> Result<(), SqlError> {
        let steps = schema::steps(held, clock::now())?;
        if !steps.is_empty() {
            let run = self.sql.exec_function()?.bind1(&self.sql, &steps.into());
            self.storage.transaction_sync(run.unchecked_ref())?;
        }
        self.exist.set(true);
        Ok(())
    }

    fn run(&self, query: &str, bindings: &[JsValue]) -> Result<Rows, SqlError> {
        let bindings: Array = bindings.iter().collect();
        Ok(Rows::new(self.sql.exec(query, &bindings)?.raw()?))
    }
}
