//! The history in the object's `SQLite` storage.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use futures::FutureExt;
use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

use super::{
    ends::Ends,
    outcomes::SqlOutcomes,
    rows::{SqlError, js_number},
    subscriptions::SqlSubscriptions,
    sys::DurableObjectStorage,
    tables::Tables,
    update_row,
};
use crate::{
    base::{
        limits::{MAX_SCAN_UPDATES, PAGE_UPDATES},
        sequence::Sequence,
        timestamp::Timestamp,
    },
    event_stream::event_id::EventId,
    log::{
        history::{Entry, Held, History, Page, Retention, page_is_full},
        kind::{Kind, OfKind},
        place_key::PlaceKey,
        update_id::IdOrigin,
    },
    presence::active_subscriptions::ActiveSubscriptions,
    publishing::idempotency::Outcomes,
    web::{Level, Record, Storage, Synced, host::clock},
};

/// The most broken updates that are logged in one life of a hub: enough to see that the storage is
/// damaged.
const MAX_REPORTED: usize = 64;

/// The updates of one hub. Reads and writes are synchronous; the writes of one turn are one transaction.
#[derive(Debug)]
pub(super) struct SqlHistory {
    tables: Rc<Tables>,
    ends: OfKind<Cell<Ends>>,
    outcomes: Rc<SqlOutcomes>,
    /// Broken updates that are logged already.
    reported: RefCell<Vec<u64>>,
}

impl SqlHistory {
    /// Opens the history. A storage that never held an update is empty, and stays without tables.
    pub(super) fn open(storage: DurableObjectStorage) -> Result<Self, SqlError> {
        let tables = Rc::new(Tables::open(storage)?);
        let ends = OfKind::try_new(|kind| Ends::read(&tables, kind).map(Cell::new))?;
        let outcomes = Rc::new(SqlOutcomes::open(Rc::clone(&tables))?);
        Ok(Self { tables, ends, outcomes, reported: RefCell::default() })
    }

    /// Logs a broken update once, and no more than [`MAX_REPORTED`] of them: every reader that reaches a
    /// broken update finds it again.
    fn report(&self, sequence: u64, broken: &SqlError) {
        let mut reported = self.reported.borrow_mut();
        if reported.len() < MAX_REPORTED && !reported.contains(&sequence) {
            reported.push(sequence);
            update_row::report(sequence, broken);
        }
    }

    /// The first update whose id a client may have read as this one, which has U+FFFD after `before`.
    /// Only ids of earlier versions have a character beyond ASCII there: other ids are not compared.
    fn find_latin_1(
        &self,
        read: &EventId,
        before: &str,
        cursor: Sequence,
    ) -> Result<Option<Sequence>, SqlError> {
        let rows = self.tables.rows(
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
                let sequence = Sequence::new(row.number(0, "updates.sequence")?);
                first = Some(first.map_or(sequence, |first: Sequence| first.min(sequence)));
            }
        }
        Ok(first)
    }
}

impl History for SqlHistory {
    type Error = SqlError;

    fn newest(&self) -> Result<Sequence, SqlError> {
        // The number is in memory. The query notices a storage that is lost.
        self.tables.touch()?;
        let newest = Kind::ALL.into_iter().map(|kind| self.ends.of(kind).get().held().newest);
        Ok(newest.max().unwrap_or_default())
    }

    fn held(&self, kind: Kind) -> Result<Held, SqlError> {
        Ok(self.ends.of(kind).get().held())
    }

    fn newest_until(&self, kind: Kind, moment: Timestamp) -> Result<Option<Sequence>, SqlError> {
        self.ends.of(kind).get().newest_until(&self.tables, moment)
    }

    fn append(&self, entry: &Entry) -> Result<(), SqlError> {
        let (update, own) = (&entry.update, self.ends.of(entry.update.kind));
        let mut ends = own.get();
        let place = ends.next();
        self.tables.insert(
            "updates VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            &[
                js_number(entry.sequence.get()),
                update.id.as_str().into(),
                update.topics.to_lines().into(),
                u32::from(update.private).into(),
                js_number(place.before),
                js_number(update.stored_bytes() as u64),
                Uint8Array::from(&*update.event).into(),
                js_number(entry.accepted.as_millis()),
                u32::from(update.kind == Kind::Subscription).into(),
                js_number(place.number),
                js_number(place.previous),
                u32::from(update.id_origin == IdOrigin::Hub).into(),
            ],
        )?;
        ends.appended(entry);
        own.set(ends);
        Ok(())
    }

    fn page(&self, cursor: Sequence, until: Sequence) -> Result<Page, SqlError> {
        let rows = self.tables.rows(
            update_row::PAGE,
            &[js_number(cursor.get()), js_number(until.get()), js_number(PAGE_UPDATES as u64)],
        )?;
        let (mut page, mut bytes) = (Page::default(), 0);
        for row in rows {
            let row = row?;
            match update_row::read(&row) {
                Ok(entry) => {
                    bytes += entry.update.stored_bytes();
                    page.entries.push(entry);
                }
                Err(broken) => {
                    let sequence = row.number(0, "updates.sequence")?;
                    self.report(sequence, &broken);
                    page.unreadable = Some(Sequence::new(sequence));
                    break;
                }
            }
            if page_is_full(page.entries.len(), bytes) {
                break;
            }
        }
        Ok(page)
    }

    fn find(&self, id: &EventId, cursor: Sequence) -> Result<Option<Sequence>, SqlError> {
        if let Some(before) = id.before_replaced() {
            return self.find_latin_1(id, before, cursor);
        }
        update_row::sequence(self.tables.rows(
            "SELECT min(sequence) FROM updates WHERE id = ? AND sequence > ?",
            &[id.as_str().into(), js_number(cursor.get())],
        )?)
    }

    fn prune(&self, retention: Retention, now: Timestamp) -> Result<bool, SqlError> {
        let mut has_more = false;
        for kind in Kind::ALL {
            let own = self.ends.of(kind);
            let mut ends = own.get();
            has_more |= ends.prune(&self.tables, retention.of(kind), retention.expired(now))?;
            own.set(ends);
        }
        Ok(has_more)
    }
}

impl Storage for SqlHistory {
    fn sync(&self) -> Synced<SqlError> {
        let synced = self.tables.storage().sync();
        async move { Ok(JsFuture::from(synced?).await.map(|_| ())?) }.boxed_local()
    }

    fn drained(&self) -> Result<Option<Timestamp>, SqlError> {
        let Some(row) = self.tables.rows("SELECT at FROM drained", &[])?.first()? else {
            return Ok(None);
        };
        match row.number(0, "drained.at") {
            Ok(at) => Ok(Some(Timestamp::from_millis(at))),
            // The error matters for a day only, and to no update.
            Err(broken) => {
                let record = Record::new(Level::Error, "time of the last drain unreadable");
                record.with_detail(broken).to_console();
                Ok(None)
            }
        }
    }

    fn note_drain(&self, now: Timestamp) -> Result<(), SqlError> {
        self.tables.rows("DELETE FROM drained", &[])?;
        self.tables.insert("drained VALUES (?)", &[js_number(now.as_millis())])
    }

    fn place_key(&self) -> Result<Option<PlaceKey>, SqlError> {
        if let Some(row) = self.tables.rows("SELECT key FROM place_key", &[])?.first()? {
            let bytes = row.get(0).dyn_into::<ArrayBuffer>().map(|key| Uint8Array::new(&key));
            let key = bytes.ok().and_then(|bytes| <[u8; 16]>::try_from(bytes.to_vec()).ok());
            let key = key.map(PlaceKey::from_random).map(Some);
            // The value is not shown, since most of it may be the key.
            return key.ok_or_else(|| SqlError::Failed("the key of places is not one".to_owned()));
        }
        // An earlier version, without the key, may have stored updates.
        if self.newest()? == Sequence::START {
            return Ok(None);
        }
        let key = clock::place_key()?;
        self.keep_place_key(&key)?;
        Ok(Some(key))
    }

    fn keep_place_key(&self, key: &PlaceKey) -> Result<(), SqlError> {
        let key = Uint8Array::from(&key.as_bytes()[..]);
        self.tables.insert("place_key VALUES (?)", &[key.into()])
    }

    fn outcomes(&self) -> Rc<dyn Outcomes> {
        Rc::clone(&self.outcomes) as _
    }

    fn subscriptions(&self) -> Rc<dyn ActiveSubscriptions> {
        Rc::new(SqlSubscriptions::new(Rc::clone(&self.tables)))
    }
}
