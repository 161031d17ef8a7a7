//! The bounds of a link, over which a Worker that holds a client's stream is fed.

/// Bytes of chunks and asides that a Worker is given and its reader has not taken. It is enough for an
/// ordinary hub to be acknowledged once in a hundred updates, and small beside a Worker's 128 MB.
/// A link that has any credit left is given a whole chunk.
pub const LINK_WINDOW: u32 = 64 << 10;

/// Bytes of an address in an attachment. The longest address of IPv6 has 45.
pub const MAX_ATTACHED_ADDRESS: usize = 64;

/// The selections that a hub keeps in its storage beside two for each link. Clients that open links with
/// ever other topics and leave fill no more of it: the unused ones are removed then.
pub const SPARE_SELECTIONS: usize = 64;
