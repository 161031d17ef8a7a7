//! The outcomes of idempotency keys in the object's `SQLite` storage, beside the updates.

use std::{cell::RefCell, rc::Rc};

use super::{
    rows::{Row, SqlError, js_number},
    tables::Tables,
};
use crate::{
    base::timestamp::Timestamp,
    publishing::idempotency::{Counts, Fingerprint, Outcome, Outcomes, OutcomesFailed, OwnedKey},
    tokens::publisher::KeySpace,
};

/// The outcomes of one hub.
#[derive(Debug)]
pub(super) struct SqlOutcomes {
    tables: Rc<Tables>,
    /// The number of outcomes of each publisher. No query counts them, since only this hub writes the
    /// rows.
    counts: RefCell<Counts>,
}

impl From<SqlError> for OutcomesFailed {
    fn from(error: SqlError) -> Self {
        Self(error.to_string())
    }
}

impl SqlOutcomes {
    /// Reads their numbers from the tables of [`super::schema`].
    pub(super) fn open(tables: Rc<Tables>) -> Result<Self, SqlError> {
        let outcomes = Self { tables, counts: RefCell::default() };
        let counted = "SELECT publisher, count(*) FROM outcomes GROUP BY publisher";
        for row in outcomes.tables.rows(counted, &[])? {
            let row = row?;
            let space = KeySpace::stored(row.text(0, "outcomes.publisher")?);
            outcomes.counts.borrow_mut().add(space, size(&row, 1, "count(*)")?);
        }
        Ok(outcomes)
    }
}

impl Outcomes for SqlOutcomes {
    fn len(&self) -> usize {
        self.counts.borrow().sum()
    }

    fn len_of(&self, space: &KeySpace) -> usize {
        self.counts.borrow().of(space)
    }

    fn find(&self, key: &OwnedKey) -> Result<Option<Outcome>, OutcomesFailed> {
        let row = self
            .tables
            .rows(
                "SELECT key, fingerprint, id, connections, at FROM outcomes \
                 WHERE key = ? AND publisher IN (?, '') ORDER BY publisher DESC LIMIT 1",
                &[key.key.as_str().into(), key.space.as_str().into()],
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

    fn remember(&self, key: &OwnedKey, outcome: &Outcome) -> Result<(), OutcomesFailed> {
        self.tables.insert(
            "outcomes VALUES (?, ?, ?, ?, ?, ?)",
            &[
                key.space.as_str().into(),
                key.key.as_str().into(),
                outcome.fingerprint.as_str().into(),
                outcome.id.as_str().into(),
                js_number(outcome.connections as u64),
                js_number(outcome.at.as_millis()),
            ],
        )?;
        self.counts.borrow_mut().add(key.space.clone(), 1);
        Ok(())
    }

    fn forget(&self, until: Timestamp) -> Result<(), OutcomesFailed> {
        let until = js_number(until.as_millis());
        // A text sorts after every number: a row whose time is no number is removed too.
        let forgotten =
            "DELETE FROM outcomes WHERE at < ? OR at >= '' RETURNING key, publisher, at";
        for row in self.tables.rows(forgotten, &[until])? {
            let row = row?;
            let space = KeySpace::stored(row.text(1, "outcomes.publisher")?);
            self.counts.borrow_mut().remove_one(&space);
            if let Err(broken) = row.number(2, "outcomes.at") {
                self.tables.report("idempotency key forgotten early", &broken);
            }
        }
        Ok(())
    }
}

fn size(row: &Row, at: u32, column: &'static str) -> Result<usize, SqlError> {
    Ok(usize::try_from(row.number(at, column)?).unwrap_or(usize::MAX))
}
