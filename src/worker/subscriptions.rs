//! The ends of active subscriptions in the object's `SQLite` storage, beside the updates.

use std::rc::Rc;

use wasm_bindgen::JsValue;

use super::{
    rows::{Row, Rows, SqlError},
    tables::Tables,
};
use crate::{
    base::{connection_id::ConnectionId, dialect::Dialect},
    presence::{
        active_subscriptions::{ActiveSubscriptions, ActiveSubscriptionsFailed},
        subscription_event::{Change, SubscriptionEvent},
        told_subscriptions::{Stored, ToldSubscriptions},
    },
};

/// The active subscriptions of one hub, over the table of [`super::schema`].
#[derive(Debug)]
pub(super) struct SqlSubscriptions {
    tables: Rc<Tables>,
}

impl From<SqlError> for ActiveSubscriptionsFailed {
    fn from(error: SqlError) -> Self {
        Self(error.to_string())
    }
}

impl SqlSubscriptions {
    pub(super) fn new(tables: Rc<Tables>) -> Self {
        Self { tables }
    }

    fn rows(&self, query: &str, bindings: &[JsValue]) -> Result<Rows, SqlError> {
        self.tables.rows(query, bindings)
    }

    fn report(&self, error: &SqlError) {
        self.tables.report("end of a subscription not told", error);
    }

    /// Takes the connections that meet a condition.
    fn ends_where(
        &self,
        condition: &str,
        bindings: &[JsValue],
    ) -> Result<Vec<SubscriptionEvent>, SqlError> {
        let mut ends = Vec::new();
        let columns =
            "SELECT subscriber, hub, subscriptions, payloads FROM active_connections WHERE ";
        for row in self.rows(&[columns, condition, " ORDER BY number"].concat(), bindings)? {
            let row = row?;
            let stored = Stored {
                hub: text(&row, 1),
                subscriber: text(&row, 0),
                subscriptions: text(&row, 2),
                payloads: text(&row, 3),
            };
            match ToldSubscriptions::from_stored(&stored) {
                Some(told) => {
                    let told = told.as_slice().iter();
                    ends.extend(told.filter_map(|active| active.event(Change::Ended).ok()));
                }
                None => self.report(&row.wrong(2, "active_connections.subscriptions")),
            }
        }
        self.rows(&["DELETE FROM active_connections WHERE ", condition].concat(), bindings)?;
        Ok(ends)
    }

    /// The ends of subscriptions in the table of these versions, which has a row for each.
    fn ends_of_versions_before_7(&self) -> Result<Vec<SubscriptionEvent>, SqlError> {
        let of_row = |row: &Row| {
            let is_of_1_0 = row.number(1, "active_subscriptions.of_1_0")? > 0;
            Ok(SubscriptionEvent {
                topic: row.parse(0, "active_subscriptions.topic")?,
                dialect: if is_of_1_0 { Dialect::V1 } else { Dialect::V0 },
                document: row.text(2, "active_subscriptions.document")?,
            })
        };
        let mut ends = Vec::new();
        let ended = "SELECT topic, of_1_0, document FROM active_subscriptions ORDER BY number";
        for row in self.rows(ended, &[])? {
            match of_row(&row?) {
                Ok(end) => ends.push(end),
                Err(error) => self.report(&error),
            }
        }
        Ok(ends)
    }
}

impl ActiveSubscriptions for SqlSubscriptions {
    fn take(&self) -> Result<Vec<SubscriptionEvent>, ActiveSubscriptionsFailed> {
        let mut ends = self.ends_of_versions_before_7()?;
        self.rows("DELETE FROM active_subscriptions", &[])?;
        ends.extend(self.ends_where("link = 0", &[])?);
        Ok(ends)
    }

    fn of_links(&self) -> Result<Vec<ConnectionId>, ActiveSubscriptionsFailed> {
        let links = "SELECT subscriber FROM active_connections WHERE link = 1 ORDER BY number DESC";
        let mut ids = Vec::new();
        for row in self.rows(links, &[])? {
            let row = row?;
            match text(&row, 0).parse() {
                Ok(id) => ids.push(id),
                Err(_) => self.report(&row.wrong(0, "active_connections.subscriber")),
            }
        }
        Ok(ids)
    }

    fn take_one(
        &self,
        subscriber: ConnectionId,
    ) -> Result<Vec<SubscriptionEvent>, ActiveSubscriptionsFailed> {
        Ok(self.ends_where("subscriber = ?", &[subscriber.to_string().into()])?)
    }

    fn insert(&self, told: &ToldSubscriptions) -> Result<(), ActiveSubscriptionsFailed> {
        let Some(stored) = told.to_stored() else { return Ok(()) };
        let Stored { subscriber, hub, subscriptions, payloads } = stored;
        let [subscriber, hub, subscriptions, payloads] =
            [subscriber, hub, subscriptions, payloads].map(JsValue::from);
        self.tables.insert(
            "active_connections (subscriber, hub, subscriptions, payloads, link) \
             VALUES (?, ?, ?, ?, ?)",
            &[subscriber, hub, subscriptions, payloads, u32::from(told.is_of_link()).into()],
        )?;
        Ok(())
    }

    fn remove(&self, subscriber: ConnectionId) -> Result<(), ActiveSubscriptionsFailed> {
        let remove = "DELETE FROM active_connections WHERE subscriber = ?";
        self.rows(remove, &[subscriber.to_string().into()])?;
        Ok(())
    }
}

/// A value that is no text counts as the empty text, which means nothing here.
fn text(row: &Row, at: u32) -> String {
    row.get(at).as_string().unwrap_or_default()
}
