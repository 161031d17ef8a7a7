//! Records of the log. Longer ones are cut.

/// Characters of a text, and texts of a list, that a record of the log holds: enough to know them
/// by.
pub const MAX_LOGGED: usize = 256;

/// Bytes of the texts of a record of the log, in JSON. Together with its names and as much again
/// for what went wrong a line stays below 16 KiB, which is what log collectors take whole.
pub const MAX_LOGGED_BYTES: usize = 7 << 10;
