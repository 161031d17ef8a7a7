//! The ends of active subscriptions in the object's `SQLite` storage, beside the updates.

use js_sys::Array;
use wasm_bindgen::JsValue;

use super::{
    history::{Rows, SqlError, column},
    sys::SqlStorage,
};
use crate::{
    active_subscriptions::{ActiveSubscriptions, ActiveSubscriptionsFailed},
    dialect::Dialect,
    subscription_document::SubscriptionEvent,
    topic::Topic,
};

/// The active subscriptions of one hub, over the table of [`super::schema`].
#[derive(Debug)]
pub(super) struct SqlSubscriptions {
    sql: SqlStorage,
}

impl From<SqlError> for ActiveSubscriptionsFailed {
    fn from(error: SqlError) -> Self {
        Self(error.to_string())
    }
}

impl SqlSubscriptions {
    pub(super) fn new(sql: SqlStorage) -> Self {
        Self { sql }
    }

    fn rows(&self, query: &str, bindings: &[JsValue]) -> Result<Rows, SqlError> {
        let bindings: Array = bindings.iter().collect();
        Ok(Rows(self.sql.exec(query, &bindings)?.raw()?))
    }
}

impl ActiveSubscriptions for SqlSubscriptions {
    fn ends(&self) -> Result<Vec<SubscriptionEvent>, ActiveSubscriptionsFailed> {
        let rows = self.rows(
            "SELECT topic, of_1_0, document FROM active_subscriptions ORDER BY number",
            &[],
        )?;
        let mut ends = Vec::new();
        for row in rows {
            let row = row?;
            let read = || {
                Some(SubscriptionEvent {
                    topic: row.get(0).as_string()?.parse().ok()?,
                    dialect: if column(&row, 1) > 0 { Dialect::V1 } else { Dialect::V0 },
                    document: row.get(2).as_string()?,
                })
            };
            let broken = || ActiveSubscriptionsFailed("a row is not one".to_owned());
            ends.push(read().ok_or_else(broken)?);
        }
        Ok(ends)
    }

    fn insert(&self, end: &SubscriptionEvent) -> Result<(), ActiveSubscriptionsFailed> {
        self.rows(
            "INSERT INTO active_subscriptions (topic, of_1_0, document) VALUES (?, ?, ?)",
            &[
                end.topic.as_str().into(),
                u32::from(end.dialect == Dialect::V1).into(),
                end.document.as_str().into(),
            ],
        )?;
        Ok(())
    }

    fn remove(&self, topic: &Topic) -> Result<(), ActiveSubscriptionsFailed> {
        self.rows("DELETE FROM active_subscriptions WHERE topic = ?", &[topic.as_str().into()])?;
        Ok(())
    }
}
