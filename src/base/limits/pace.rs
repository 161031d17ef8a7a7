//! The paces of the engine: how much is done at a time, and when. Nobody is refused for them.

use std::time::Duration;

/// Bytes of a streamed body that are read ahead of the updates that are durable: enough to fill a
/// batch while the one before it is synced.
pub const MAX_READ_AHEAD_BYTES: usize = 256 << 10;

/// The time between two writes of one streamed body. While updates linger it is the longest time
/// between any two writes. A body that is sent line by line comes in a read for each line, and a
/// write costs the storage as much as some thirty lines.
pub const WRITE_EVERY: Duration = Duration::from_millis(5);

/// Updates of a streamed body that are appended before they are synced: as many as one removal of
/// old updates takes away, so that the history does not outgrow its bounds.
pub const MAX_BATCH_UPDATES: usize = 256;

/// Bytes of updates that are flushed without waiting for more: some four hundred small updates,
/// beside which the price of a chunk is small. As many bytes again fit the chunk, for updates that
/// come in one write.
pub const FLUSH_BYTES: usize = 64 << 10;

/// Connections that one turn of a flush hands a chunk to: some two milliseconds of the runtime's
/// work. Then other hubs of the isolate, and requests to this hub, have their turn.
pub const FLUSH_RECIPIENTS: usize = 32;

/// Bytes of lists of updates that connections wait for, beside the updates themselves. It is reached
/// when many updates are for thousands of audiences at once. Then each connection reads for itself.
pub const MAX_PENDING_BYTES: usize = 8 << 20;

/// Updates that a connection may be behind before it counts as slow: what the reference hub keeps
/// for each of its subscribers.
pub const SLOW_AFTER_UPDATES: u64 = 1_000;

/// The time without progress after which a slow connection may be closed. On a busy hub a good
/// reader is behind by as many updates for some milliseconds.
pub const SLOW_FOR: Duration = Duration::from_secs(1);

/// Updates that one pull may look at before it lets others have their turn: some ten milliseconds
/// of reading from `SQLite`.
pub const MAX_SCAN_UPDATES: usize = 2_048;

/// Bytes of updates that one pull may look at, for the same reason.
pub const MAX_SCAN_BYTES: usize = 2 << 20;

/// Updates in one page read from the history.
pub const PAGE_UPDATES: usize = 256;

/// Bytes after which a page takes no further update.
pub const PAGE_BYTES: usize = 256 << 10;

/// Updates in the in-memory window over a durable history.
pub const WINDOW_UPDATES: usize = 4_096;

/// Bytes of the in-memory window over a durable history: a sixteenth of an isolate, which several
/// objects may share.
pub const WINDOW_BYTES: usize = 8 << 20;

/// Chunks of a stream that the runtime asks for ahead of what its client has taken, measured on
/// workerd 1.20261117 with clients that do not read.
pub const CHUNKS_AHEAD: usize = 2;

/// Bytes of a stream that the buffers of a socket take whatever its client does, so that none of them
/// lies in the runtime: the smallest send buffer of Linux.
pub const TAKEN_AT_ONCE: usize = 4 << 10;

/// Bytes of the beginning of a template or a pattern by which it is found: a host and the first
/// parts of a path. Selectors that have all these bytes in common are met together.
pub const MAX_BEGINNING_BYTES: usize = 256;

/// Bytes of a beginning, beside its scheme, that tell topics apart. Nearly every topic may have a
/// shorter one. `job/` and `/chat` are long enough.
pub const MIN_BEGINNING_BYTES: usize = 4;

/// Passes over 64 bytes of a topic that one pull may spend on templates and patterns before it lets
/// others have their turn: some ten milliseconds. One update may cost more.
pub const MAX_SCAN_PASSES: usize = 200_000;

/// The time after which a refused client comes back, about the time that browsers wait by
/// themselves.
pub const COME_BACK: Duration = Duration::from_secs(2);

/// Refused clients come back spread over this time, behind [`COME_BACK`].
pub const COME_BACK_SPREAD: Duration = Duration::from_secs(3);

/// The time between two searches of a full hub for connections whose clients are gone.
pub const SEARCH_EVERY: Duration = Duration::from_millis(500);

/// Connections that one search writes to: some ten milliseconds of the runtime's work. Strangers
/// can cause such work for about 2 % of the time.
pub const MAX_SEARCHED: usize = 128;

/// The time in which a Worker opens a link again, before the subscriptions of its client count as ended.
/// It tries after 2 s at the latest, and once more after 4 s.
pub const REOPEN_GRACE: Duration = Duration::from_secs(10);

/// The time for which a hub that only links keep in use puts off the removal of old updates, so that it
/// wakes for that once in this time at the most. Each publication removes some as well.
pub const PRUNE_SLACK: Duration = Duration::from_hours(1);
