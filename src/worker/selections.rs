//! What the clients of links asked for and were granted, in the object's `SQLite` storage.

use std::num::NonZeroU32;

use js_sys::{Array, JSON};
use wasm_bindgen::JsValue;

use super::{
    rows::{Row, SqlError},
    tables::Tables,
};
use crate::web::host::selection::SelectionTexts;

/// The key of these texts, which are kept from now on.
pub(super) fn keep(tables: &Tables, texts: &SelectionTexts) -> Result<NonZeroU32, SqlError> {
    let pair: [JsValue; 2] = [(&*texts.request).into(), (&*texts.granted).into()];
    loop {
        let known = "SELECT key FROM selections WHERE request = ? AND granted = ?";
        if let Some(row) = tables.rows(known, &pair)?.first()? {
            return key(&row);
        }
        tables.insert("selections (request, granted) VALUES (?, ?)", &pair)?;
    }
}

/// The texts with this key.
pub(super) fn of_key(tables: &Tables, key: NonZeroU32) -> Result<Option<SelectionTexts>, SqlError> {
    let texts = "SELECT request, granted FROM selections WHERE key = ?";
    let Some(row) = tables.rows(texts, &[key.get().into()])?.first()? else { return Ok(None) };
    let text = |at| row.get(at).as_string().unwrap_or_default();
    Ok(Some(SelectionTexts { request: text(0), granted: text(1) }))
}

/// How many there are.
pub(super) fn count(tables: &Tables) -> Result<usize, SqlError> {
    let row = tables.rows("SELECT count(*) FROM selections", &[])?.first()?;
    let count = row.map_or(Ok(0), |row| row.number(0, "count(*)"))?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// Removes all but those with these keys.
pub(super) fn forget_others(tables: &Tables, used: &[NonZeroU32]) -> Result<(), SqlError> {
    let used: Array = used.iter().map(|key| JsValue::from(key.get())).collect();
    let used = JSON::stringify(&used)?;
    let others = "DELETE FROM selections WHERE key NOT IN (SELECT value FROM json_each(?))";
    tables.rows(others, &[used.into()])?;
    Ok(())
}

fn key(row: &Row) -> Result<NonZeroU32, SqlError> {
    let key = u32::try_from(row.number(0, "selections.key")?).ok();
    key.and_then(NonZeroU32::new).ok_or_else(|| row.wrong(0, "selections.key"))
}
