//! The history in the object's `SQLite` storage.

use std::{cell::Cell, rc::Rc};

use futures::FutureExt;
use js_sys::{Array, ArrayBuffer, Uint8Array};
use thiserror::Error;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::{
    outcomes::SqlOutcomes,
    schema,
    subscriptions::SqlSubscriptions,
    sys::{DurableObjectStorage, SqlStorage},
};
use crate::{
    active_subscriptions::ActiveSubscriptions,
    event_id::EventId,
    history::{Entry, History, Retention, page_is_full},
    idempotency::Outcomes,
    limits::{MAX_SCAN_UPDATES, PAGE_UPDATES},
    sequence::Sequence,
    timestamp::Timestamp,
    topic::Topic,
    topics::Topics,
    update::EncodedUpdate,
    web::{Storage, Synced},
};

/// Updates that one call of [`History::prune`] removes at the most: some milliseconds of work, and
/// more than one publish adds.
const PRUNE_UPDATES: u64 = 256;

/// The updates of one hub. Reads and writes are synchronous; what is written in one turn is one
/// transaction.
#[derive(Debug)]
pub(super) struct SqlHistory {
    storage: DurableObjectStorage,
    sql: SqlStorage,
    ends: Cell<Ends>,
    outcomes: Rc<SqlOutcomes>,
}

/// Both ends of what is held, so that a publish need not ask for them: nobody else writes here.
#[derive(Clone, Copy, Debug)]
struct Ends {
    oldest: u64,
    newest: u64,
    /// When the oldest one held was accepted, if one is held.
    accepted: Option<Timestamp>,
    /// Bytes of all updates before the oldest one held.
    before: u64,
    /// Bytes of all updates.
    until: u64,
}

/// The storage threw, or holds what no version of this program has written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(super) enum SqlError {
    #[error("the storage failed: {0}")]
    Failed(String),
    #[error("the update {0} in the storage is not one")]
    Broken(u64),
}

impl From<JsValue> for SqlError {
    fn from(thrown: JsValue) -> Self {
        let text = thrown.dyn_ref::<js_sys::Error>().map(|error| String::from(error.to_string()));
        Self::Failed(text.unwrap_or_else(|| format!("{thrown:?}")))
    }
}

impl SqlHistory {
    /// Opens the history and brings its tables up to date.
    pub(super) fn open(storage: DurableObjectStorage, now: Timestamp) -> Result<Self, SqlError> {
        let sql = storage.sql()?;
        schema::migrate(&sql, now)?;
        let end = |query: &str| {
            let row = Rows(sql.exec(query, &Array::new())?.raw()?).next().transpose()?;
            Ok::<_, SqlError>(row.map(|row| [0, 1, 2].map(|at| column(&row, at))))
        };
        let oldest =
            end("SELECT sequence, before, accepted FROM updates ORDER BY sequence LIMIT 1")?;
        let newest =
            end("SELECT sequence, before + bytes FROM updates ORDER BY sequence DESC LIMIT 1")?;
        let [newest, until, _] = match newest {
            Some(newest) => newest,
            None => end("SELECT sequence, bytes FROM emptied")?.unwrap_or_default(),
        };
        let ends = match oldest {
            Some([oldest, before, accepted]) => {
                let accepted = Some(Timestamp::from_millis(accepted));
                Ends { oldest, newest, accepted, before, until }
            }
            None => Ends { oldest: newest + 1, newest, accepted: None, before: until, until },
        };
        let outcomes = Rc::new(SqlOutcomes::open(sql.clone())?);
        Ok(Self { storage, sql, ends: Cell::new(ends), outcomes })
    }

    fn rows(&self, query: &str, bindings: &[JsValue]) -> Result<Rows, SqlError> {
        let bindings: Array = bindings.iter().collect();
        Ok(Rows(self.sql.exec(query, &bindings)?.raw()?))
    }

    fn accepted(&self, sequence: u64) -> Result<Option<Timestamp>, SqlError> {
        let accepted = "SELECT accepted FROM updates WHERE sequence = ?";
        let row = self.rows(accepted, &[js_number(sequence)])?.next().transpose()?;
        Ok(row.map(|row| Timestamp::from_millis(column(&row, 0))))
    }

    fn sequence(&self, query: &str, bindings: &[JsValue]) -> Result<Option<Sequence>, SqlError> {
        let row = self.rows(query, bindings)?.next().transpose()?;
        let number = row.and_then(|row| row.get(0).as_f64().map(|_| column(&row, 0)));
        Ok(number.map(Sequence::new))
    }
}

impl SqlHistory {
    /// The first update whose id may have been read as this one, which holds U+FFFD behind `before`.
    /// Only ids of earlier versions hold a character beyond ASCII there: others are not looked at.
    fn find_latin_1(
        &self,
        read: &EventId,
        before: &str,
        cursor: Sequence,
    ) -> Result<Option<Sequence>, SqlError> {
        let rows = self.rows(
            "SELECT sequence, id FROM updates WHERE id >= ? AND id < ? AND sequence > ? LIMIT ?",
            &[
                format!("{before}\u{80}").into(),
                format!("{before}\u{100}").into(),
                js_number(cursor.get()),
                js_number(MAX_SCAN_UPDATES as u64),
            ],
        )?;
        let mut first = None;
        for row in rows {
            let row = row?;
            let held = row.get(1).as_string().and_then(|id| id.parse::<EventId>().ok());
            if held.is_some_and(|held| held.is_read_as(read)) {
                let sequence = Sequence::new(column(&row, 0));
                first = Some(first.map_or(sequence, |first: Sequence| first.min(sequence)));
            }
        }
        Ok(first)
    }
}

impl History for SqlHistory {
    type Error = SqlError;

    fn newest(&self) -> Result<Sequence, SqlError> {
        // The number is known, but a storage that is lost is to be noticed here.
        self.sequence("SELECT max(sequence) FROM updates", &[])?;
        Ok(Sequence::new(self.ends.get().newest))
    }

    fn oldest(&self) -> Result<Option<(Sequence, Timestamp)>, SqlError> {
        let ends = self.ends.get();
        Ok(ends.accepted.map(|accepted| (Sequence::new(ends.oldest), accepted)))
    }

    fn newest_until(&self, moment: Timestamp) -> Result<Option<Sequence>, SqlError> {
        let ends = self.ends.get();
        if ends.accepted.is_none_or(|accepted| accepted > moment) {
            return Ok(None);
        }
        // Times rise with the sequence, so this looks at what is too old and not removed yet.
        let next = self.sequence(
            "SELECT sequence FROM updates WHERE accepted > ? ORDER BY sequence LIMIT 1",
            &[js_number(moment.as_millis())],
        )?;
        Ok(Some(next.map_or(Sequence::new(ends.newest), Sequence::previous)))
    }

    fn append(&self, entry: &Entry) -> Result<(), SqlError> {
        let (update, ends) = (&entry.update, self.ends.get());
        let bytes = update.stored_bytes() as u64;
        self.rows(
            "INSERT INTO updates VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            &[
                js_number(entry.sequence.get()),
                update.id.as_str().into(),
                update.topics.to_lines().into(),
                u32::from(update.private).into(),
                js_number(ends.until),
                js_number(bytes),
                Uint8Array::from(&*update.event).into(),
                js_number(entry.accepted.as_millis()),
            ],
        )?;
        self.ends.set(Ends {
            newest: entry.sequence.get(),
            accepted: ends.accepted.or(Some(entry.accepted)),
            until: ends.until + bytes,
            ..ends
        });
        Ok(())
    }

    fn page(&self, cursor: Sequence, until: Sequence) -> Result<Vec<Entry>, SqlError> {
        let rows = self.rows(
            "SELECT sequence, id, topics, private, event, accepted FROM updates \
             WHERE sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ?",
            &[js_number(cursor.get()), js_number(until.get()), js_number(PAGE_UPDATES as u64)],
        )?;
        let (mut page, mut bytes) = (Vec::new(), 0);
        for row in rows {
            let entry = entry(&row?)?;
            bytes += entry.update.stored_bytes();
            page.push(entry);
            if page_is_full(page.len(), bytes) {
                break;
            }
        }
        Ok(page)
    }

    fn find(&self, id: &EventId, cursor: Sequence) -> Result<Option<Sequence>, SqlError> {
        if let Some(before) = id.before_replaced() {
            return self.find_latin_1(id, before, cursor);
        }
        self.sequence(
            "SELECT min(sequence) FROM updates WHERE id = ? AND sequence > ?",
            &[id.as_str().into(), js_number(cursor.get())],
        )
    }

    fn prune(&self, retention: Retention, now: Timestamp) -> Result<bool, SqlError> {
        let ends = self.ends.get();
        let Some(oldest) = ends.accepted else { return Ok(false) };
        let (updates, bytes) = (ends.newest + 1 - ends.oldest, ends.until - ends.before);
        let expired = retention.expired(now).filter(|expired| oldest <= *expired);
        let excess = updates > 1 && (updates > retention.updates || bytes > retention.bytes);
        if expired.is_none() && !excess {
            return Ok(false);
        }
        // All bounds rise with the sequence, so what is removed is a run from the oldest on.
        let last = ends.newest.min(ends.oldest - 1 + PRUNE_UPDATES);
        let removed = self.rows(
            "DELETE FROM updates WHERE sequence <= ? \
             AND (accepted <= ? OR (sequence < ? AND (sequence <= ? OR before < ?))) \
             RETURNING before + bytes",
            &[
                js_number(last),
                expired.map_or(JsValue::NULL, |expired| js_number(expired.as_millis())),
                js_number(ends.newest),
                js_number(ends.newest.saturating_sub(retention.updates)),
                js_number(ends.until.saturating_sub(retention.bytes)),
            ],
        )?;
        let mut left = ends;
        for row in removed {
            left.oldest += 1;
            left.before = left.before.max(column(&row?, 0));
        }
        left.accepted = self.accepted(left.oldest)?;
        if left.accepted.is_none() {
            self.rows("DELETE FROM emptied", &[])?;
            self.rows(
                "INSERT INTO emptied VALUES (?, ?)",
                &[js_number(left.newest), js_number(left.until)],
            )?;
        }
        self.ends.set(left);
        Ok(left.oldest > last && left.accepted.is_some())
    }
}

impl Storage for SqlHistory {
    fn sync(&self) -> Synced<SqlError> {
        let synced = self.storage.sync();
        async move { Ok(JsFuture::from(synced?).await.map(|_| ())?) }.boxed_local()
    }

    fn drained(&self) -> Result<Option<Timestamp>, SqlError> {
        let row = self.rows("SELECT at FROM drained", &[])?.next().transpose()?;
        Ok(row.map(|row| Timestamp::from_millis(column(&row, 0))))
    }

    fn note_drain(&self, now: Timestamp) -> Result<(), SqlError> {
        self.rows("DELETE FROM drained", &[])?;
        self.rows("INSERT INTO drained VALUES (?)", &[js_number(now.as_millis())])?;
        Ok(())
    }

    fn outcomes(&self) -> Rc<dyn Outcomes> {
        Rc::clone(&self.outcomes) as _
    }

    fn subscriptions(&self) -> Rc<dyn ActiveSubscriptions> {
        Rc::new(SqlSubscriptions::new(self.sql.clone()))
    }
}

pub(super) struct Rows(pub(super) js_sys::Iterator);

impl Iterator for Rows {
    type Item = Result<Array, SqlError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.0.next() {
            Ok(next) if next.done() => None,
            Ok(next) => Some(Ok(Array::from(&next.value()))),
            Err(thrown) => Some(Err(thrown.into())),
        }
    }
}

fn entry(row: &Array) -> Result<Entry, SqlError> {
    let sequence = column(row, 0);
    let read = || {
        let topics: Result<Vec<Topic>, _> =
            row.get(2).as_string()?.split('\n').map(str::parse).collect();
        let update = EncodedUpdate {
            id: row.get(1).as_string()?.parse().ok()?,
            topics: Topics::try_from(topics.ok()?).ok()?,
            private: row.get(3).as_f64()? > 0.0,
            event: Uint8Array::new(row.get(4).dyn_ref::<ArrayBuffer>()?).to_vec().into(),
        };
        let accepted = Timestamp::from_millis(column(row, 5));
        Some(Entry { sequence: Sequence::new(sequence), accepted, update })
    };
    read().ok_or(SqlError::Broken(sequence))
}

/// A column that counts from 0; what is not a number counts as 0.
pub(super) fn column(row: &Array, at: u32) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "counted up from 0, and less than 2^53"
    )]
    row.get(at).as_f64().map_or(0, |number| number as u64)
}

pub(super) fn js_number(number: u64) -> JsValue {
    #[expect(clippy::cast_precision_loss, reason = "counted up from 0, and less than 2^53")]
    JsValue::from_f64(number as f64)
}
