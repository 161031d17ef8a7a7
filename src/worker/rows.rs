//! Rows of the object's `SQLite` storage, and errors in them.

use js_sys::Array;
use thiserror::Error;
use wasm_bindgen::{JsCast, JsValue};

/// The storage threw, or has a value that no version of this program writes.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(super) enum SqlError {
    #[error("the storage failed: {0}")]
    Failed(String),
    #[error("the column {column} of the row {row} is {found}, which is not what belongs there")]
    Column { column: &'static str, row: String, found: String },
}

impl From<JsValue> for SqlError {
    fn from(thrown: JsValue) -> Self {
        let text = thrown.dyn_ref::<js_sys::Error>().map(|error| String::from(error.to_string()));
        Self::Failed(text.unwrap_or_else(|| format!("{thrown:?}")))
    }
}

/// The rows of a query's result.
pub(super) struct Rows(js_sys::Iterator);

/// A row. Its first column names it in errors.
pub(super) struct Row(Array);

impl Rows {
    /// Takes the runtime's iterator, in which each row is an array of its columns.
    pub(super) fn new(rows: js_sys::Iterator) -> Self {
        Self(rows)
    }

    pub(super) fn none() -> Self {
        Self(Array::new().values())
    }

    /// The first row, if there is one.
    pub(super) fn first(mut self) -> Result<Option<Row>, SqlError> {
        self.next().transpose()
    }
}

impl Iterator for Rows {
    type Item = Result<Row, SqlError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.0.next() {
            Ok(next) if next.done() => None,
            Ok(next) => Some(Ok(Row(Array::from(&next.value())))),
            Err(thrown) => Some(Err(thrown.into())),
        }
    }
}

impl Row {
    /// The value in this place.
    pub(super) fn get(&self, at: u32) -> JsValue {
        self.0.get(at)
    }

    /// A number that counts from 0, in the column of this name.
    pub(super) fn number(&self, at: u32, column: &'static str) -> Result<u64, SqlError> {
        const MOST: f64 = 9_007_199_254_740_991.0;
        match self.get(at).as_f64() {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "from 0 on, and less than 2^53"
            )]
            Some(number) if (0.0..=MOST).contains(&number) => Ok(number as u64),
            _ => Err(self.wrong(at, column)),
        }
    }

    /// A text, in the column of this name.
    pub(super) fn text(&self, at: u32, column: &'static str) -> Result<String, SqlError> {
        self.get(at).as_string().ok_or_else(|| self.wrong(at, column))
    }

    /// A text that is parsed, in the column of this name.
    pub(super) fn parse<T: std::str::FromStr>(
        &self,
        at: u32,
        column: &'static str,
    ) -> Result<T, SqlError> {
        self.text(at, column)?.parse().map_err(|_| self.wrong(at, column))
    }

    /// The error of a wrong value in this place.
    pub(super) fn wrong(&self, at: u32, column: &'static str) -> SqlError {
        let [row, found] = [0, at].map(|at| format!("{:?}", self.get(at)));
        SqlError::Column { column, row, found }
    }
}

pub(super) fn js_number(number: u64) -> JsValue {
    #[expect(clippy::cast_precision_loss, reason = "counted up from 0, and less than 2^53")]
    JsValue::from_f64(number as f64)
}
