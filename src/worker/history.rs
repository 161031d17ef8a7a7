//! The history in the object's `SQLite` storage.

use std::{
    cell::{Cell, RefCell},
    num::NonZeroU32,
    rc::Rc,
};

use js_sys::{ArrayBuffer, Function, Uint8Array};
use wasm_bindgen::JsCast;

use super::{
    closings::{Span, SqlClosings},
    ends::Ends,
    open_bodies::SqlOpenBodies,
    outcomes::SqlOutcomes,
    rows::{SqlError, js_number},
    selections,
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
        closing::{ClosedTopic, Closing},
        history::{Entry, Held, History, Page, Retention, page_is_full},
        kind::Kind,
        place_key::{PlaceKey, Places},
        tally::{Sight, Tallied, Tally},
        update_id::IdOrigin,
    },
    presence::active_subscriptions::ActiveSubscriptions,
    publishing::{idempotency::Outcomes, open_bodies::OpenBodies},
    topics::topic::Topic,
    web::{
        Storage, Synced,
        host::{clock, selection::SelectionTexts},
    },
};

/// The most broken updates that are logged in one life of a hub: enough to see that the storage is
/// damaged.
const MAX_REPORTED: usize = 64;

/// The updates of one hub. Reads and writes are synchronous; the writes of one turn are one transaction.
#[derive(Debug)]
pub(super) struct SqlHistory {
    tables: Rc<Tables>,
    /// The table of the links.
    links: Tables,
    publications: Cell<Ends>,
    /// The updates about subscriptions.
    subscriptions: Cell<Ends>,
    closings: SqlClosings,
    /// The words for the places behind closings.
    places: RefCell<Places>,
    outcomes: Rc<SqlOutcomes>,
    open_bodies: Rc<SqlOpenBodies>,
    /// Broken updates that are logged already.
    reported: RefCell<Vec<u64>>,
    /// Is called when updates are durable.
    kept: Function,
}

impl SqlHistory {
    /// Opens the history of the hub of this name, which calls `kept` when updates are durable. A storage that never held an update
    /// is empty, and stays without tables.
    pub(super) fn open(
        storage: DurableObjectStorage,
        hub: String,
        kept: Function,
    ) -> Result<Self, SqlError> {
        let tables = Rc::new(Tables::open(storage, hub)?);
        let links = tables.of_links()?;
        let ends = |kind| Ends::read(&tables, kind).map(Cell::new);
        let (publications, subscriptions) = (ends(Kind::Publication)?, ends(Kind::Subscription)?);
        let outcomes = Rc::new(SqlOutcomes::open(Rc::clone(&tables))?);
        let open_bodies = Rc::new(SqlOpenBodies::new(Rc::clone(&tables)));
        let closings = SqlClosings::open(Rc::clone(&tables))?;
        let (places, reported) = (RefCell::default(), RefCell::default());
        Ok(Self {
            tables,
            links,
            publications,
            subscriptions,
            closings,
            places,
            outcomes,
            open_bodies,
            reported,
            kept,
        })
    }

    /// The ends of the updates of this kind; closings have none.
    fn ends(&self, kind: Kind) -> Option<&Cell<Ends>> {
        match kind {
            Kind::Publication => Some(&self.publications),
            Kind::Subscription => Some(&self.subscriptions),
            Kind::Closing => None,
        }
    }

    /// Puts the closings of this span into a page of its updates.
    fn add_closings(&self, page: &mut Page, span: Span) -> Result<(), SqlError> {
        let closings = self.closings.entries(span, &self.places.borrow())?;
        let Some(last) = closings.last().map(|last| last.sequence) else { return Ok(()) };
        if closings.len() >= PAGE_UPDATES {
            page.entries.retain(|entry| entry.sequence < last);
            page.unreadable = page.unreadable.filter(|unreadable| *unreadable < last);
        }
        // A sort for these entries would be 1 kB of wasm.
        for closing in closings {
            let at = page.entries.partition_point(|entry| entry.sequence < closing.sequence);
            page.entries.insert(at, closing);
        }
        Ok(())
    }

    /// Logs a broken update once, and no more than [`MAX_REPORTED`] of them: every reader that reaches a
    /// broken update finds it again.
    fn report(&self, sequence: u64, broken: &SqlError) {
        let mut reported = self.reported.borrow_mut();
        if reported.len() < MAX_REPORTED && !reported.contains(&sequence) {
            reported.push(sequence);
            update_row::report(&self.tables, sequence, broken);
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
        let [publications, subscriptions] = [&self.publications, &self.subscriptions];
        let newest = publications.get().held().newest.max(subscriptions.get().held().newest);
        Ok(newest.max(self.closings.held().newest))
    }

    fn held(&self, kind: Kind) -> Result<Held, SqlError> {
        Ok(self.ends(kind).map_or_else(|| self.closings.held(), |ends| ends.get().held()))
    }

    fn newest_until(&self, kind: Kind, moment: Timestamp) -> Result<Option<Sequence>, SqlError> {
        match self.ends(kind) {
            Some(ends) => ends.get().newest_until(&self.tables, moment),
            None => Ok(None),
        }
    }

    fn append(&self, entry: &Entry) -> Result<(), SqlError> {
        let update = &entry.update;
        let Some(own) = self.ends(update.kind) else { return Ok(()) };
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
        let mut read_to = until;
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
                    read_to = Sequence::new(sequence);
                    break;
                }
            }
            if page_is_full(page.entries.len(), bytes) {
                read_to = page.entries.last().map_or(until, |last| last.sequence);
                break;
            }
        }
        self.add_closings(&mut page, Span { cursor, until: read_to })?;
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

    fn remove(&self, kind: Kind, until: Sequence) -> Result<(), SqlError> {
        let Some(own) = self.ends(kind) else { return self.closings.remove(until) };
        let mut ends = own.get();
        ends.remove(&self.tables, until)?;
        own.set(ends);
        Ok(())
    }

    fn prune(&self, retention: Retention, now: Timestamp) -> Result<bool, SqlError> {
        let mut has_more = false;
        for kind in Kind::UPDATES {
            let Some(own) = self.ends(kind) else { continue };
            let mut ends = own.get();
            has_more |= ends.prune(&self.tables, retention.of(kind), retention.expired(now))?;
            own.set(ends);
        }
        if let Some(moment) = retention.forgets(now) {
            let oldest = self.publications.get().held().oldest.map(|(oldest, _)| oldest);
            has_more |= self.closings.prune(moment, oldest)?;
        }
        Ok(has_more)
    }

    fn close(&self, entry: &Entry, closing: &Closing) -> Result<(), SqlError> {
        self.closings.insert(entry, closing)
    }

    fn closed(&self, topic: &Topic) -> Result<Option<ClosedTopic>, SqlError> {
        self.closings.of(topic)
    }

    fn closings(&self) -> u64 {
        self.closings.count()
    }

    fn tally(&self, topic: &Topic, of: Tallied) -> Result<Option<Tally>, SqlError> {
        let lines = format!("\n{topic}\n");
        let rows = self.tables.rows(
            "SELECT min(sequence), max(sequence), count(*) FROM updates \
             WHERE subscription IS NOT 1 AND sequence > ? AND sequence <= ? AND private <= ? \
             AND (topics = ? OR instr(char(10) || topics || char(10), ?))",
            &[
                js_number(of.from.get()),
                js_number(of.until.get()),
                u32::from(of.sight == Sight::Granted).into(),
                topic.as_str().into(),
                lines.into(),
            ],
        )?;
        let Some(row) = rows.first()? else { return Ok(None) };
        let count = row.number(2, "count(*)")?;
        if count == 0 {
            return Ok(None);
        }
        let id = |at| {
            let query = "SELECT sequence, id FROM updates WHERE sequence = ?";
            let row = self.tables.rows(query, &[row.get(at)])?.first()?;
            row.map_or(Ok(EventId::default()), |row| row.parse(1, "updates.id"))
        };
        Ok(Some(Tally { first: id(0)?, last: id(1)?, count }))
    }
}

impl Storage for SqlHistory {
    fn sync(&self) -> Synced<SqlError> {
        self.tables.sync(self.kept.clone())
    }

    fn drained(&self) -> Result<Option<Timestamp>, SqlError> {
        let Some(row) = self.tables.rows("SELECT at FROM drained", &[])?.first()? else {
            return Ok(None);
        };
        match row.number(0, "drained.at") {
            Ok(at) => Ok(Some(Timestamp::from_millis(at))),
            // The error matters for a day only, and to no update.
            Err(broken) => {
                self.tables.report("time of the last drain unreadable", &broken);
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
            let key =
                key.ok_or_else(|| SqlError::Failed("the key of places is not one".to_owned()))?;
            self.places.borrow_mut().key.clone_from(&key);
            return Ok(key);
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
        let bytes = Uint8Array::from(&key.as_bytes()[..]);
        self.tables.rows("DELETE FROM place_key", &[])?;
        self.tables.insert("place_key VALUES (?)", &[bytes.into()])?;
        self.places.borrow_mut().key = Some(key.clone());
        Ok(())
    }

    fn keep_selection(&self, texts: &SelectionTexts) -> Result<Option<NonZeroU32>, SqlError> {
        selections::keep(&self.links, texts).map(Some)
    }

    fn selection(&self, key: NonZeroU32) -> Result<Option<SelectionTexts>, SqlError> {
        selections::of_key(&self.links, key)
    }

    fn count_selections(&self) -> Result<usize, SqlError> {
        selections::count(&self.links)
    }

    fn forget_other_selections(&self, used: &[NonZeroU32]) -> Result<(), SqlError> {
        selections::forget_others(&self.links, used)
    }

    fn outcomes(&self) -> Rc<dyn Outcomes> {
        Rc::clone(&self.outcomes) as _
    }

    fn subscriptions(&self) -> Rc<dyn ActiveSubscriptions> {
        Rc::new(SqlSubscriptions::new(Rc::clone(&self.tables)))
    }

    fn open_bodies(&self) -> Rc<dyn OpenBodies> {
        Rc::clone(&self.open_bodies) as _
    }
}
