//! Settings as a whole: the documents made of their table, and the keys and tokens they lead to.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "clippy's allowance for tests does not reach the functions that they share"
)]

mod keys;
mod tokens;
mod written;

/// Keys and tokens by an independent library.
fn vectors() -> serde_json::Value {
    serde_json::from_str(include_str!("../../tests/data/tokens.json")).unwrap()
}
