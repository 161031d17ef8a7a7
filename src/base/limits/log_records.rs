//! Records of the log. Longer ones are cut.

/// Characters of a text, and texts of a list, that a record of the log holds: enough to know them
/// by.
pub const MAX_LOGGED: usize = 256;

/// Bytes of the texts of a record of the log, in JSON. With its names, and as much again for an
/// error, a line stays below 16 KiB. Log collectors take such a line whole.
pub const MAX_LOGGED_BYTES: usize = 7 << 10;
