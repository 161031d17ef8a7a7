//! What the clients of links asked for and were granted, in the object's `SQLite` storage.

use std::{cell::Cell, rc::Rc};

use js_sys::{Array, JSON};
use wasm_bindgen::JsValue;

use super::{
    rows::{Row, SqlError},
    tables::Tables,
};
use crate::web::host::selection::{KeptSelection, SelectionTexts};

/// The selections of one hub, over the table of [`super::schema`].
#[derive(Debug)]
pub(super) struct SqlSelections {
    tables: Rc<Tables>,
    /// The greatest key, once it was read.
    newest: Cell<Option<u32>>,
}

impl SqlSelections {
    pub(super) fn new(tables: Rc<Tables>) -> Self {
        Self { tables, newest: Cell::default() }
    }

    /// The key of these texts, which are kept from now on.
    pub(super) fn keep(&self, texts: &SelectionTexts) -> Result<u32, SqlError> {
        let pair: [JsValue; 2] = [(&*texts.request).into(), (&*texts.granted).into()];
        let known = "SELECT key FROM selections WHERE request = ? AND granted = ?";
        if let Some(row) = self.tables.rows(known, &pair)?.first()? {
            return key(&row);
        }
        let newest = match self.newest.get() {
            Some(newest) => newest,
            None => self.read_newest()?,
        };
        let [request, granted] = pair;
        let key = newest + 1;
        self.tables.insert("selections VALUES (?, ?, ?)", &[request, granted, key.into()])?;
        self.newest.set(Some(key));
        Ok(key)
    }

    fn read_newest(&self) -> Result<u32, SqlError> {
        let newest = "SELECT coalesce(max(key), 0) FROM selections";
        self.tables.rows(newest, &[])?.first()?.as_ref().map_or(Ok(0), key)
    }

    /// All of them.
    pub(super) fn all(&self) -> Result<Vec<KeptSelection>, SqlError> {
        let rows =
            self.tables.rows("SELECT key, request, granted FROM selections ORDER BY key", &[])?;
        rows.map(|row| {
            let row = row?;
            let text = |at| row.get(at).as_string().unwrap_or_default();
            Ok(KeptSelection {
                key: key(&row)?,
                texts: SelectionTexts { request: text(1), granted: text(2) },
            })
        })
        .collect()
    }

    /// Removes all but those with these keys.
    pub(super) fn forget_others(&self, used: &[u32]) -> Result<(), SqlError> {
        let used: Array = used.iter().map(|key| JsValue::from(*key)).collect();
        let used = JSON::stringify(&used)?;
        let others = "DELETE FROM selections WHERE key NOT IN (SELECT value FROM json_each(?))";
        self.tables.rows(others, &[used.into()])?;
        Ok(())
    }
}

fn key(row: &Row) -> Result<u32, SqlError> {
    let key = u32::try_from(row.number(0, "selections.key")?);
    key.map_err(|_| row.wrong(0, "selections.key"))
}
