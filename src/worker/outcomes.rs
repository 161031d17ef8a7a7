//! The outcomes of idempotency keys in the object's `SQLite` storage, beside the updates.

use std::cell::Cell;

use js_sys::Array;
use wasm_bindgen::JsValue;

use super::{
    history::{Rows, SqlError, column, js_number},
    sys::SqlStorage,
};
use crate::{
    idempotency::{Fingerprint, Outcome, Outcomes, OutcomesFailed},
    idempotency_key::IdempotencyKey,
    timestamp::Timestamp,
};

/// The outcomes of one hub.
#[derive(Debug)]
pub(super) struct SqlOutcomes {
    sql: SqlStorage,
    /// How many there are, so that they need not be counted: nobody else writes here.
    len: Cell<usize>,
}

impl From<SqlError> for OutcomesFailed {
    fn from(error: SqlError) -> Self {
        Self(error.to_string())
    }
}

impl SqlOutcomes {
    /// Over the tables of [`super::schema`].
    pub(super) fn open(sql: SqlStorage) -> Result<Self, SqlError> {
        let outcomes = Self { sql, len: Cell::new(0) };
        let counted = outcomes.rows("SELECT count(*) FROM outcomes", &[])?.next().transpose()?;
        outcomes.len.set(counted.map_or(0, |row| size(&row, 0)));
        Ok(outcomes)
    }

    fn rows(&self, query: &str, bindings: &[JsValue]) -> Result<Rows, SqlError> {
        let bindings: Array = bindings.iter().collect();
        Ok(Rows(self.sql.exec(query, &bindings)?.raw()?))
    }
}

impl Outcomes for SqlOutcomes {
    fn len(&self) -> usize {
        self.len.get()
    }

    fn find(&self, key: &IdempotencyKey) -> Result<Option<Outcome>, OutcomesFailed> {
        let row = self
            .rows(
                "SELECT fingerprint, id, connections, at FROM outcomes WHERE key = ?",
                &[key.as_str().into()],
            )?
            .next()
            .transpose()?;
        let Some(row) = row else { return Ok(None) };
        let read = || {
            Some(Outcome {
                fingerprint: Fingerprint::stored(row.get(0).as_string()?),
                id: row.get(1).as_string()?.parse().ok()?,
                connections: size(&row, 2),
                at: Timestamp::from_millis(column(&row, 3)),
            })
        };
        read().map(Some).ok_or_else(|| OutcomesFailed(format!("the outcome of {key} is not one")))
    }

    fn remember(&self, key: &IdempotencyKey, outcome: &Outcome) -> Result<(), OutcomesFailed> {
        self.rows(
            "INSERT INTO outcomes VALUES (?, ?, ?, ?, ?)",
            &[
                key.as_str().into(),
                outcome.fingerprint.as_str().into(),
                outcome.id.as_str().into(),
                js_number(outcome.connections as u64),
                js_number(outcome.at.as_millis()),
            ],
        )?;
        self.len.set(self.len.get() + 1);
        Ok(())
    }

    fn forget(&self, until: Timestamp) -> Result<(), OutcomesFailed> {
        let until = js_number(until.as_millis());
        for row in self.rows("DELETE FROM outcomes WHERE at < ? RETURNING 1", &[until])? {
            row?;
            self.len.set(self.len.get().saturating_sub(1));
        }
        Ok(())
    }
}

fn size(row: &Array, at: u32) -> usize {
    usize::try_from(column(row, at)).unwrap_or(usize::MAX)
}
