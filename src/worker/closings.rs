//! The closings of topics in the object's `SQLite` storage.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use wasm_bindgen::JsValue;

use super::{
    rows::{Row, SqlError, js_number},
    tables::Tables,
};
use crate::{
    base::{limits::PAGE_UPDATES, sequence::Sequence, timestamp::Timestamp},
    log::{
        closing::{ClosedTopic, Closing, EndReason},
        history::{Entry, Held},
        place_key::Places,
    },
    topics::topic::Topic,
};

/// The most closings that one call of [`SqlClosings::prune`] removes.
const PRUNE_CLOSINGS: u64 = 256;

/// The columns of a closing that [`entry`] and [`closed`] read.
const COLUMNS: &str = "sequence, topic, private, accepted, end_reason";

/// The entries behind `cursor` up to and with `until`.
#[derive(Clone, Copy)]
pub(super) struct Span {
    pub(super) cursor: Sequence,
    pub(super) until: Sequence,
}

/// The closings of one hub, over the table of [`super::schema`].
#[derive(Debug)]
pub(super) struct SqlClosings {
    tables: Rc<Tables>,
    count: Cell<u64>,
    held: Cell<Held>,
    /// The topic that was looked up last and found open: a streamed body names the same one in each line.
    open: RefCell<Option<Topic>>,
}

impl SqlClosings {
    pub(super) fn open(tables: Rc<Tables>) -> Result<Self, SqlError> {
        let (count, held, open) = (Cell::default(), Cell::default(), RefCell::default());
        let closings = Self { tables, count, held, open };
        if let Some(row) = closings.tables.rows("SELECT sequence FROM forgotten", &[])?.first()? {
            let removed = Sequence::new(row.number(0, "forgotten.sequence")?);
            closings.held.set(Held { newest: removed, removed, ..Held::default() });
        }
        closings.look()?;
        Ok(closings)
    }

    /// How many there are.
    pub(super) fn count(&self) -> u64 {
        self.count.get()
    }

    /// The oldest and the newest.
    pub(super) fn held(&self) -> Held {
        self.held.get()
    }

    fn look(&self) -> Result<(), SqlError> {
        let ends = "SELECT count(*), max(sequence) FROM closings";
        let Some(row) = self.tables.rows(ends, &[])?.first()? else { return Ok(()) };
        self.count.set(row.number(0, "count(*)")?);
        let mut held = Held { oldest: None, ..self.held.get() };
        if self.count.get() > 0 {
            held.newest = held.newest.max(Sequence::new(row.number(1, "closings.sequence")?));
            let first = "SELECT sequence, accepted FROM closings ORDER BY sequence LIMIT 1";
            if let Some(row) = self.tables.rows(first, &[])?.first()? {
                let sequence = Sequence::new(row.number(0, "closings.sequence")?);
                let accepted = Timestamp::from_millis(row.number(1, "closings.accepted")?);
                held.oldest = Some((sequence, accepted));
            }
        }
        self.held.set(held);
        Ok(())
    }

    /// Adds one.
    pub(super) fn insert(&self, entry: &Entry, closing: &Closing) -> Result<(), SqlError> {
        self.tables.insert(
            "closings VALUES (?, ?, ?, ?, ?)",
            &[
                js_number(entry.sequence.get()),
                closing.topic.as_str().into(),
                u32::from(closing.private).into(),
                js_number(entry.accepted.as_millis()),
                u32::from(closing.reason == EndReason::Broken).into(),
            ],
        )?;
        self.open.replace(None);
        self.count.set(self.count.get() + 1);
        let held = self.held.get();
        let oldest = held.oldest.or(Some((entry.sequence, entry.accepted)));
        self.held.set(Held { newest: entry.sequence, oldest, ..held });
        Ok(())
    }

    /// The closing of this topic.
    pub(super) fn of(&self, topic: &Topic) -> Result<Option<ClosedTopic>, SqlError> {
        if self.open.borrow().as_ref() == Some(topic) {
            return Ok(None);
        }
        let query = format!("SELECT {COLUMNS} FROM closings WHERE topic = ?");
        let row = self.tables.rows(&query, &[topic.as_str().into()])?.first()?;
        if row.is_none() {
            self.open.replace(Some(topic.clone()));
        }
        row.map(|row| closed(&row)).transpose()
    }

    /// The first of those in this span, in order: up to a page of them.
    pub(super) fn entries(&self, span: Span, places: &Places) -> Result<Vec<Entry>, SqlError> {
        let Span { cursor, until } = span;
        let held = self.held.get();
        let is_beside = |(oldest, _)| oldest > until || held.newest <= cursor;
        if held.oldest.is_none_or(is_beside) {
            return Ok(Vec::new());
        }
        let query = format!(
            "SELECT {COLUMNS} FROM closings WHERE sequence > ? AND sequence <= ? \
             ORDER BY sequence LIMIT ?"
        );
        let rows = self.tables.rows(
            &query,
            &[js_number(cursor.get()), js_number(until.get()), js_number(PAGE_UPDATES as u64)],
        )?;
        let mut entries = Vec::new();
        for row in rows {
            let row = row?;
            match entry(&row, places) {
                Ok(entry) => entries.push(entry),
                Err(broken) => self.tables.report("closing unreadable", &broken),
            }
        }
        Ok(entries)
    }

    /// Removes those that were accepted at `moment` or before and are not behind `oldest`, the oldest
    /// publication; returns whether there are more of them.
    pub(super) fn prune(
        &self,
        moment: Timestamp,
        oldest: Option<Sequence>,
    ) -> Result<bool, SqlError> {
        let goes = |(sequence, accepted): (Sequence, Timestamp)| {
            accepted <= moment && oldest.is_none_or(|oldest| sequence < oldest)
        };
        if !self.held.get().oldest.is_some_and(goes) {
            return Ok(false);
        }
        // Times rise with the sequence: those that go are a run from the oldest on.
        let removed = self.tables.rows(
            &format!(
                "DELETE FROM closings WHERE sequence IN (SELECT sequence FROM closings \
                 WHERE accepted <= ? AND sequence < coalesce(?, 9007199254740991) \
                 ORDER BY sequence LIMIT {PRUNE_CLOSINGS}) RETURNING sequence"
            ),
            &[
                js_number(moment.as_millis()),
                oldest.map_or(JsValue::NULL, |oldest| js_number(oldest.get())),
            ],
        )?;
        let mut held = self.held.get();
        for row in removed {
            let sequence = Sequence::new(row?.number(0, "closings.sequence")?);
            held.removed = held.removed.max(sequence);
        }
        self.forget(held)?;
        Ok(self.held.get().oldest.is_some_and(goes))
    }

    /// Removes all of them. Then the newest one was `until`, if that is behind it.
    pub(super) fn remove(&self, until: Sequence) -> Result<(), SqlError> {
        self.tables.rows("DELETE FROM closings", &[])?;
        let newest = self.held.get().newest.max(until);
        self.forget(Held { newest, removed: newest, ..Held::default() })
    }

    fn forget(&self, held: Held) -> Result<(), SqlError> {
        self.held.set(held);
        self.tables.rows("DELETE FROM forgotten", &[])?;
        self.tables.insert("forgotten VALUES (?)", &[js_number(held.removed.get())])?;
        self.look()
    }
}

fn closed(row: &Row) -> Result<ClosedTopic, SqlError> {
    Ok(ClosedTopic {
        sequence: Sequence::new(row.number(0, "closings.sequence")?),
        accepted: Timestamp::from_millis(row.number(3, "closings.accepted")?),
        reason: match row.number(4, "closings.end_reason")? {
            0 => EndReason::Done,
            _ => EndReason::Broken,
        },
        private: row.number(2, "closings.private")? > 0,
    })
}

fn entry(row: &Row, places: &Places) -> Result<Entry, SqlError> {
    let ClosedTopic { sequence, accepted, reason, private } = closed(row)?;
    let closing = Closing { topic: row.parse(1, "closings.topic")?, reason, private };
    Ok(Entry { sequence, accepted, update: closing.encode(sequence, places) })
}
