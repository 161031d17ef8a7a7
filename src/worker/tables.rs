//! The tables of one hub, which are made when the hub stores its first row in them.

use std::{cell::Cell, fmt::Display};

use futures::FutureExt;
use js_sys::{Array, Function};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::{
    rows::{Rows, SqlError},
    schema,
    sys::{DurableObjectStorage, SqlStorage},
};
use crate::web::{Level, Record, Synced, host::clock};

/// Every query of a hub goes through here, so that no query names a missing table.
#[derive(Debug)]
pub(super) struct Tables {
    storage: DurableObjectStorage,
    sql: SqlStorage,
    /// The table by which they are found.
    first: &'static str,
    /// Whether they exist, once that was looked up.
    exist: Cell<Option<bool>>,
    hub: String,
}

/// The table that tells the version of the others.
const SCHEMA: &str = "schema";

impl Tables {
    /// Brings existing tables of the hub of this name up to date. It makes none.
    pub(super) fn open(storage: DurableObjectStorage, hub: String) -> Result<Self, SqlError> {
        let tables = Self::of(SCHEMA, storage, hub)?;
        if tables.exist()? {
            let row = tables.run("SELECT max(version) FROM schema", &[])?.first()?;
            let row = row.filter(|row| !row.get(0).is_null());
            let held = row.map_or(Ok(0), |row| row.number(0, "schema.version"))?;
            tables.bring_up(held)?;
        }
        Ok(tables)
    }

    /// The table of the links. The first link makes it alone, so that a hub to which nobody publishes keeps
    /// little.
    pub(super) fn of_links(&self) -> Result<Self, SqlError> {
        Self::of("selections", self.storage.clone(), self.hub.clone())
    }

    fn of(
        first: &'static str,
        storage: DurableObjectStorage,
        hub: String,
    ) -> Result<Self, SqlError> {
        let sql = storage.sql()?;
        Ok(Self { storage, sql, first, exist: Cell::default(), hub })
    }

    /// Resolves when all rows so far are durable, and calls `kept` then.
    pub(super) fn sync(&self, kept: Function) -> Synced<SqlError> {
        let synced = self.storage.sync();
        async move {
            JsFuture::from(synced?).await?;
            // What the host does about it is its own.
            let _ = kept.call0(&JsValue::UNDEFINED);
            Ok(())
        }
        .boxed_local()
    }

    /// Logs that something in the storage is not as it should be.
    pub(super) fn report(&self, event: &'static str, why: &dyn Display) {
        Record::new(Level::Error, event).with_hub(&self.hub).with_detail(why).to_console();
    }

    /// Runs a query that reads or removes rows. A hub without tables has no rows.
    pub(super) fn rows(&self, query: &str, bindings: &[JsValue]) -> Result<Rows, SqlError> {
        if self.exist()? { self.run(query, bindings) } else { Ok(Rows::none()) }
    }

    /// Adds a row; if there are no tables, it makes them in the same transaction. `row` is the rest of
    /// an INSERT, from the table's name on.
    pub(super) fn insert(&self, row: &str, values: &[JsValue]) -> Result<(), SqlError> {
        if !self.exist()? {
            self.bring_up(0)?;
        }
        self.run(&["INSERT INTO ", row].concat(), values)?;
        Ok(())
    }

    /// Fails when the storage fails, or when tables appeared or vanished without this life of the hub:
    /// then another life has taken its place elsewhere. A query that names no table would not touch the
    /// storage.
    pub(super) fn touch(&self) -> Result<(), SqlError> {
        if self.are_found()? == self.exist()? {
            return Ok(());
        }
        Err(SqlError::Failed("another life of the hub has changed the tables".to_owned()))
    }

    fn exist(&self) -> Result<bool, SqlError> {
        if let Some(exist) = self.exist.get() {
            return Ok(exist);
        }
        let exist = self.are_found()?;
        self.exist.set(Some(exist));
        Ok(exist)
    }

    fn are_found(&self) -> Result<bool, SqlError> {
        // Written out, since SQLite would plan the query anew for each name that is bound.
        let found = ["SELECT 1 FROM sqlite_master WHERE name = '", self.first, "'"].concat();
        let found = self.run(&found, &[])?;
        Ok(found.first()?.is_some())
    }

    /// Takes all steps or none. Without the transaction, the turn would commit the steps before a
    /// failed one.
    fn bring_up(&self, held: u64) -> Result<(), SqlError> {
        let steps = if self.first == SCHEMA {
            schema::steps(held, clock::now())?
        } else {
            schema::SELECTIONS.to_owned()
        };
        if !steps.is_empty() {
            let run = self.sql.exec_function()?.bind1(&self.sql, &steps.into());
            self.storage.transaction_sync(run.unchecked_ref())?;
        }
        self.exist.set(Some(true));
        Ok(())
    }

    fn run(&self, query: &str, bindings: &[JsValue]) -> Result<Rows, SqlError> {
        let bindings: Array = bindings.iter().collect();
        Ok(Rows::new(self.sql.exec(query, &bindings)?.raw()?))
    }
}
