//! The streamed bodies that close their topics, in the object's `SQLite` storage.

use std::{cell::Cell, rc::Rc};

use super::{
    rows::{Row, SqlError, js_number},
    tables::Tables,
};
use crate::{
    log::closing::{Closing, EndReason},
    publishing::open_bodies::{OpenBodies, OpenBodiesFailed, OpenBody},
};

/// The bodies of one hub, over the table of [`super::schema`].
#[derive(Debug)]
pub(super) struct SqlOpenBodies {
    tables: Rc<Tables>,
    /// The bodies that this object has begun.
    begun: Cell<u64>,
}

impl From<SqlError> for OpenBodiesFailed {
    fn from(error: SqlError) -> Self {
        Self(error.to_string())
    }
}

impl SqlOpenBodies {
    pub(super) fn new(tables: Rc<Tables>) -> Self {
        Self { tables, begun: Cell::default() }
    }
}

impl OpenBodies for SqlOpenBodies {
    fn left(&self) -> Result<Vec<Closing>, OpenBodiesFailed> {
        let mut left = Vec::new();
        let rows = "SELECT topic, private FROM open_bodies ORDER BY body, topic";
        for row in self.tables.rows(rows, &[])? {
            match closing(&row?) {
                Ok(closing) => left.push(closing),
                Err(error) => self.tables.report("topic of an open body unreadable", &error),
            }
        }
        if !left.is_empty() {
            let set = "UPDATE OR REPLACE open_bodies SET body = ?";
            self.tables.rows(set, &[js_number(OpenBody::LEFT.0)])?;
        }
        Ok(left)
    }

    fn begin(&self, owed: &[Closing]) -> Result<OpenBody, OpenBodiesFailed> {
        let body = self.begun.get() + 1;
        self.begun.set(body);
        for closing in owed {
            // A query may name a topic twice.
            self.tables.insert(
                "open_bodies VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                &[
                    js_number(body),
                    closing.topic.as_str().into(),
                    u32::from(closing.private).into(),
                ],
            )?;
        }
        Ok(OpenBody(body))
    }

    fn end(&self, body: OpenBody) -> Result<(), OpenBodiesFailed> {
        self.tables.rows("DELETE FROM open_bodies WHERE body = ?", &[js_number(body.0)])?;
        Ok(())
    }
}

fn closing(row: &Row) -> Result<Closing, SqlError> {
    Ok(Closing {
        topic: row.parse(0, "open_bodies.topic")?,
        reason: EndReason::Broken,
        private: row.number(1, "open_bodies.private")? > 0,
    })
}
