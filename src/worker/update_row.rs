//! An update as a row.

use std::fmt;

use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::JsCast;

use super::{
    rows::{Row, Rows, SqlError},
    tables::Tables,
};
use crate::{
    base::{sequence::Sequence, timestamp::Timestamp},
    log::{history::Entry, kind::Kind, update::EncodedUpdate, update_id::IdOrigin},
    topics::{topic::Topic, topics::Topics},
};

/// The query of a page: the cursor, the end, and the number of rows. [`read`] reads the rows.
pub(super) const PAGE: &str = "SELECT sequence, id, topics, private, event, accepted, subscription, id_of_hub \
     FROM updates WHERE sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ?";

/// Reads an update from a row of a [`PAGE`].
pub(super) fn read(row: &Row) -> Result<Entry, SqlError> {
    let topics: Option<Vec<Topic>> =
        row.text(2, "updates.topics")?.split('\n').map(|topic| topic.parse().ok()).collect();
    let topics = topics.and_then(|topics| Topics::try_from(topics).ok());
    let event = row.get(4);
    let event = event.dyn_ref::<ArrayBuffer>().ok_or_else(|| row.wrong(4, "updates.event"))?;
    let kind = row.number(6, "updates.subscription")?;
    let id_of_hub = row.number(7, "updates.id_of_hub")?;
    Ok(Entry {
        sequence: Sequence::new(row.number(0, "updates.sequence")?),
        accepted: Timestamp::from_millis(row.number(5, "updates.accepted")?),
        update: EncodedUpdate {
            id: row.parse(1, "updates.id")?,
            topics: topics.ok_or_else(|| row.wrong(2, "updates.topics"))?,
            private: row.number(3, "updates.private")? > 0,
            kind: if kind == 1 { Kind::Subscription } else { Kind::Publication },
            id_origin: if id_of_hub == 1 { IdOrigin::Hub } else { IdOrigin::Publisher },
            event: Uint8Array::new(event).to_vec().into(),
        },
    })
}

/// The sequence in the first row, if there is one.
pub(super) fn sequence(rows: Rows) -> Result<Option<Sequence>, SqlError> {
    let Some(row) = rows.first()?.filter(|row| !row.get(0).is_null()) else { return Ok(None) };
    Ok(Some(Sequence::new(row.number(0, "updates.sequence")?)))
}

/// Logs that a row of the updates is broken, and why.
pub(super) fn report(tables: &Tables, sequence: u64, why: &dyn fmt::Display) {
    let why = format_args!("the update {sequence} in the storage: {why}");
    tables.report("update unreadable", &why);
}
