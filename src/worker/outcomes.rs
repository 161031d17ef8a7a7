//! The outcomes of idempotency keys in the object's `SQLite` storage, beside the updates.

use std::cell::Cell;

use wasm_bindgen::JsValue;

use super::{
    rows::{Row, Rows, SqlError, js_number, rows},
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
        if let Some(counted) = outcomes.rows("SELECT count(*) FROM outcomes", &[])?.first()? {
            outcomes.len.set(size(&counted, 0, "count(*)")?);
        }
        Ok(outcomes)
    }

    fn rows(&self, query: &str, bindings: &[JsValue]) -> Result<Rows, SqlError> {
        rows(&self.sql, query, bindings)
    }
}

impl Outcomes for SqlOutcomes {
    fn len(&self) -> usize {
        self.len.get()
    }

    fn find(&self, key: &IdempotencyKey) -> Result<Option<Outcome>, OutcomesFailed> {
        let row = self
            .rows(
                "SELECT key, fingerprint, id, connections, at FROM outcomes WHERE key = ?",
                &[key.as_str().into()],
            )?
            .first()?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Outcome {
            fingerprint: Fingerprint::stored(row.text(1, "outcomes.fingerprint")?),
            id: row.parse(2, "outcomes.id")?,
            connections: size(&row, 3, "outcomes.connections")?,
            at: Timestamp::from_millis(row.number(4, "outcomes.at")?),
        }))
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

fn size(row: &Row, at: u32, column: &'static str) -> Result<usize, SqlError> {
    Ok(usize::try_from(row.number(at, column)?).unwrap_or(usize::MAX))
}
