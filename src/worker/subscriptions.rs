//! The ends of active subscriptions in the object's `SQLite` storage, beside the updates.

use wasm_bindgen::JsValue;

use super::{
    rows::{Rows, SqlError, rows},
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
        rows(&self.sql, query, bindings)
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
            let is_of_1_0 = row.number(1, "active_subscriptions.of_1_0")? > 0;
            ends.push(SubscriptionEvent {
                topic: row.parse(0, "active_subscriptions.topic")?,
                dialect: if is_of_1_0 { Dialect::V1 } else { Dialect::V0 },
                document: row.text(2, "active_subscriptions.document")?,
            });
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
