//! The oldest and the newest held update of one kind, and the removal of the oldest.

use wasm_bindgen::JsValue;

use super::{
    rows::{Row, SqlError, js_number},
    tables::Tables,
    update_row,
};
use crate::{
    base::{sequence::Sequence, timestamp::Timestamp},
    log::{
        history::{Bounds, Entry, Held},
        kind::Kind,
    },
};

/// The most updates that one call of [`Ends::prune`] removes: some milliseconds of work, and more than
/// one publish adds.
const PRUNE_UPDATES: u64 = 256;

/// Rows with sound numbers. Their other columns may be broken.
const COUNTED: &str = "before BETWEEN 0 AND 9007199254740991 \
    AND bytes BETWEEN 0 AND 9007199254740991 AND accepted BETWEEN 0 AND 9007199254740991 \
    AND coalesce(number, 0) BETWEEN 0 AND 9007199254740991 \
    AND coalesce(previous, 0) BETWEEN 0 AND 9007199254740991";

/// Both ends, in memory: a publish does not query them, since only this hub writes the rows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ends {
    kind: Kind,
    held: Held,
    /// All of this kind ahead of the oldest held one.
    before: Count,
    /// All of this kind from the hub's beginning on.
    until: Count,
}

#[derive(Clone, Copy, Debug, Default)]
struct Count {
    updates: u64,
    bytes: u64,
}

/// The columns of a new row that give its place among its kind.
pub(super) struct Place {
    pub(super) number: u64,
    pub(super) previous: u64,
    pub(super) before: u64,
}

impl Ends {
    /// Queries them. A row with an unsound number is skipped, and counts as removed when it is the
    /// oldest.
    pub(super) fn read(tables: &Tables, kind: Kind) -> Result<Self, SqlError> {
        let (table, is_of) = (table(kind), is_of(kind));
        let first = |query: &str| tables.rows(query, &[])?.first();
        let emptied = first(&format!(
            "SELECT sequence, coalesce(number, sequence), bytes FROM emptied WHERE {is_of}"
        ))?;
        let newest = first(&format!(
            "SELECT sequence, coalesce(number, sequence), before + bytes FROM {table} \
             WHERE {is_of} AND {COUNTED} ORDER BY sequence DESC LIMIT 1"
        ))?;
        let last = first(&format!(
            "SELECT sequence FROM {table} WHERE {is_of} ORDER BY sequence DESC LIMIT 1"
        ))?;
        let until = |row: Option<&Row>| {
            let number = |at, column| row.map_or(Ok(0), |row| row.number(at, column));
            let until =
                Count { updates: number(1, "updates.number")?, bytes: number(2, "updates.bytes")? };
            Ok::<_, SqlError>((number(0, "updates.sequence")?, until))
        };
        let (mut newest, until) = until(newest.as_ref().or(emptied.as_ref()))?;
        if let Some(last) = last {
            let last = last.number(0, "updates.sequence")?;
            if last > newest {
                update_row::report(tables, last, &"it cannot be counted with");
            }
            newest = newest.max(last);
        }
        let newest = Sequence::new(newest);
        let held = Held { newest, removed: newest, ..Held::default() };
        let mut ends = Self { kind, held, before: until, until };
        ends.find_oldest(tables)?;
        Ok(ends)
    }

    fn find_oldest(&mut self, tables: &Tables) -> Result<(), SqlError> {
        let (table, is_of) = (table(self.kind), is_of(self.kind));
        let oldest = tables.rows(
            &format!(
                "SELECT sequence, coalesce(previous, sequence - 1), coalesce(number, sequence), \
                 before, accepted FROM {table} \
                 WHERE {is_of} AND {COUNTED} ORDER BY sequence LIMIT 1"
            ),
            &[],
        )?;
        let Some(row) = oldest.first()? else {
            self.held = Held { removed: self.held.newest, oldest: None, ..self.held };
            self.before = self.until;
            return Ok(());
        };
        let oldest = Sequence::new(row.number(0, "updates.sequence")?);
        let accepted = Timestamp::from_millis(row.number(4, "updates.accepted")?);
        self.held.removed = Sequence::new(row.number(1, "updates.previous")?);
        self.held.oldest = Some((oldest, accepted));
        self.before = Count {
            updates: row.number(2, "updates.number")?.saturating_sub(1),
            bytes: row.number(3, "updates.before")?,
        };
        Ok(())
    }

    /// The held updates.
    pub(super) fn held(&self) -> Held {
        let updates = self.until.updates.saturating_sub(self.before.updates);
        let bytes = self.until.bytes.saturating_sub(self.before.bytes);
        Held { updates, bytes, ..self.held }
    }

    /// The place of the next update.
    pub(super) fn next(&self) -> Place {
        let previous = self.held.newest.get();
        Place { number: self.until.updates + 1, previous, before: self.until.bytes }
    }

    /// Counts an appended update.
    pub(super) fn appended(&mut self, entry: &Entry) {
        self.held.newest = entry.sequence;
        self.held.oldest = self.held.oldest.or(Some((entry.sequence, entry.accepted)));
        self.until.updates += 1;
        self.until.bytes += entry.update.stored_bytes() as u64;
    }

    /// Removes updates that were accepted at `expired` or before, or that exceed `bounds`; returns
    /// whether there are more of them.
    pub(super) fn prune(
        &mut self,
        tables: &Tables,
        bounds: Bounds,
        expired: Option<Timestamp>,
    ) -> Result<bool, SqlError> {
        if !self.exceeds(bounds, expired) {
            return Ok(false);
        }
        let (table, is_of) = (table(self.kind), is_of(self.kind));
        let oldest = self.held.oldest.map_or(self.held.newest, |(oldest, _)| oldest);
        // All bounds rise with the sequence, so the removed rows are a run from the oldest on, with the
        // unsound rows ahead of it.
        let removed = tables.rows(
            &format!(
                "DELETE FROM {table} WHERE {is_of} AND sequence <= (SELECT max(sequence) FROM \
                 (SELECT sequence, accepted, before, coalesce(number, sequence) AS place \
                  FROM {table} WHERE {is_of} ORDER BY sequence LIMIT {PRUNE_UPDATES}) \
                 WHERE sequence < ? OR accepted <= ? OR (sequence < ? AND (place <= ? OR before < ?))) RETURNING 1"
            ),
            &[
                js_number(oldest.get()),
                expired.map_or(JsValue::NULL, |expired| js_number(expired.as_millis())),
                js_number(self.held.newest.get()),
                js_number(self.until.updates.saturating_sub(bounds.updates)),
                js_number(self.until.bytes.saturating_sub(bounds.bytes)),
            ],
        )?;
        for removed in removed {
            removed?;
        }
        self.find_oldest(tables)?;
        if self.held.oldest.is_none() {
            self.keep_end(tables)?;
        }
        Ok(self.exceeds(bounds, expired))
    }

    /// Removes all of this kind. Then the newest one was `until`, if that is behind it.
    pub(super) fn remove(&mut self, tables: &Tables, until: Sequence) -> Result<(), SqlError> {
        let (table, is_of) = (table(self.kind), is_of(self.kind));
        tables.rows(&format!("DELETE FROM {table} WHERE {is_of}"), &[])?;
        let newest = self.held.newest.max(until);
        self.held = Held { newest, removed: newest, ..Held::default() };
        self.before = self.until;
        self.keep_end(tables)
    }

    /// Keeps the end of a kind of which nothing is held.
    fn keep_end(&self, tables: &Tables) -> Result<(), SqlError> {
        tables.rows(&format!("DELETE FROM emptied WHERE {}", is_of(self.kind)), &[])?;
        tables.insert(
            "emptied VALUES (?, ?, ?, ?)",
            &[
                js_number(self.held.newest.get()),
                js_number(self.until.bytes),
                u32::from(self.kind == Kind::Subscription).into(),
                js_number(self.until.updates),
            ],
        )
    }

    fn exceeds(&self, bounds: Bounds, expired: Option<Timestamp>) -> bool {
        let Some((_, oldest)) = self.held.oldest else { return false };
        let Held { updates, bytes, .. } = self.held();
        !bounds.hold(updates, bytes) || expired.is_some_and(|expired| oldest <= expired)
    }

    /// The newest update that was accepted at `moment` or before.
    pub(super) fn newest_until(
        &self,
        tables: &Tables,
        moment: Timestamp,
    ) -> Result<Option<Sequence>, SqlError> {
        if self.held.oldest.is_none_or(|(_, accepted)| accepted > moment) {
            return Ok(None);
        }
        // Times rise with the sequence, so the query reads old updates that are not removed yet.
        let query = format!(
            "SELECT sequence FROM {} WHERE {} AND sequence < coalesce(\
             (SELECT sequence FROM updates WHERE accepted > ? ORDER BY sequence LIMIT 1), \
             9007199254740991) ORDER BY sequence DESC LIMIT 1",
            table(self.kind),
            is_of(self.kind)
        );
        update_row::sequence(tables.rows(&query, &[js_number(moment.as_millis())])?)
    }
}

fn table(kind: Kind) -> &'static str {
    if kind == Kind::Subscription {
        "updates INDEXED BY updates_about_subscriptions"
    } else {
        "updates"
    }
}

/// A row with any other value counts as a publication, so that every row is of one kind.
fn is_of(kind: Kind) -> &'static str {
    if kind == Kind::Subscription { "subscription = 1" } else { "subscription IS NOT 1" }
}
