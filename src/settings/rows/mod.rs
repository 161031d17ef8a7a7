//! The rows of the table, a file a group.

pub(crate) mod access;
pub(crate) mod connections;
pub(crate) mod history;
pub(crate) mod keys;
pub(crate) mod operation;
pub(crate) mod parse;
pub(crate) mod public_url;
pub(crate) mod updates;
