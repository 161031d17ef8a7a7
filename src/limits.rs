//! Every bound of the hub as a named constant, each with its reason.

use std::time::Duration;

/// Topics of one update. The reference hub's figure; more is a mistake of the publisher.
pub const MAX_TOPICS: usize = 1_000;

/// Topic selectors of one subscription request of 0.x. The reference hub's figure.
pub const MAX_SELECTORS: usize = 1_000;

/// Matchers of one subscription request of 1.0. The reference hub's figure.
pub const MAX_MATCHERS: usize = 100;

/// Bytes of one topic or topic selector: what fits a URL in every browser.
pub const MAX_TOPIC_BYTES: usize = 4_096;

/// Bytes of an event id: it comes back as one request header, of which proxies allow a few KiB.
pub const MAX_ID_BYTES: usize = 1_024;

/// Bytes of an event type: a name, not a payload.
pub const MAX_TYPE_BYTES: usize = 1_024;

/// Bytes of a request body.
pub const MAX_BODY_BYTES: usize = 1 << 20;

/// Bytes of one line of an NDJSON body: it may hold what a JSON body may.
pub const MAX_LINE_BYTES: usize = MAX_BODY_BYTES;

/// Bytes of a streamed body that are read ahead of the updates that are durable: enough to fill a
/// batch while the one before it is synced.
pub const MAX_READ_AHEAD_BYTES: usize = 256 << 10;

/// The time between two writes of one streamed body, and at the most between any two while updates
/// linger. What is sent line by line comes in a read for each line, and a write costs the storage as
/// much as some thirty lines.
pub const WRITE_EVERY: Duration = Duration::from_millis(5);

/// Updates of a streamed body that are appended before they are synced: as many as one removal of
/// old updates takes away, so that the history does not outgrow what it is to keep.
pub const MAX_BATCH_UPDATES: usize = 256;

/// Bytes of an idempotency key: a column of most databases, and seven times a UUID.
pub const MAX_IDEMPOTENCY_KEY_BYTES: usize = 255;

/// Idempotency keys that are remembered at a time: about a hundred publications a second for the
/// five minutes that each is kept, in some 10 MB.
pub const MAX_IDEMPOTENCY_KEYS: usize = 32_768;

/// Bytes of one update as it is stored: encoded event, topics and id. A row of `SQLite` in a Durable
/// Object holds 2 MB, and a body of line breaks alone grows sevenfold when it is encoded.
pub const MAX_STORED_BYTES: usize = 1_900_000;

/// Bytes after which a chunk takes no further update: the runtime holds a copy for each connection
/// until its client has taken it. One larger update still goes out whole.
pub const MAX_CHUNK_BYTES: usize = 128 << 10;

/// Bytes of updates that do not wait for more to be flushed: some four hundred small ones, among
/// which the price of a chunk is nothing any more. As many again fit the chunk, for what comes in
/// one write.
pub const FLUSH_BYTES: usize = 64 << 10;

/// Connections that one turn of a flush hands a chunk to: some two milliseconds of the runtime's
/// work, after which other hubs of the isolate, and requests to this one, have their turn.
pub const FLUSH_RECIPIENTS: usize = 32;

/// Updates that a connection may be behind before it counts as slow: what the reference hub keeps
/// for each of its subscribers.
pub const SLOW_AFTER_UPDATES: u64 = 1_000;

/// How long a slow connection has taken nothing before it may be closed: on a busy hub a good reader
/// is behind by as many updates for some milliseconds.
pub const SLOW_FOR: Duration = Duration::from_secs(1);

/// Updates that one pull may look at before it lets others have their turn: some ten milliseconds
/// of reading from `SQLite`.
pub const MAX_SCAN_UPDATES: usize = 2_048;

/// Bytes of updates that one pull may look at, for the same reason.
pub const MAX_SCAN_BYTES: usize = 2 << 20;
/// Updates of one id that are looked at for the first one that a subscriber may read: publishers
/// are to give each id once.
pub const MAX_SAME_ID: usize = 16;

/// Updates in one page read from the history.
pub const PAGE_UPDATES: usize = 256;

/// Bytes after which a page takes no further update.
pub const PAGE_BYTES: usize = 256 << 10;

/// Bytes waiting in the private queue of one connection: sixteen of the largest welcome messages
/// anyone would send, and small beside the 128 MB of an isolate.
pub const MAX_QUEUE_BYTES: usize = 64 << 10;

/// Events waiting in the private queue of one connection.
pub const MAX_QUEUE_EVENTS: usize = 256;

/// Updates in the in-memory window over a durable history.
pub const WINDOW_UPDATES: usize = 4_096;

/// Bytes of the in-memory window over a durable history: a sixteenth of an isolate, which several
/// objects may share.
pub const WINDOW_BYTES: usize = 8 << 20;

/// Bytes of the shortest key of an operator: 128 random bits in hexadecimal have twice as many.
pub const MIN_OPERATOR_KEY_BYTES: usize = 16;

/// How long a hub that is drained waits for readers that are behind, before it ends them too: they
/// resume as everybody does.
pub const DRAIN_PATIENCE: Duration = Duration::from_secs(5);

/// The time within which clients come back to a drained hub, when the request says nothing else.
pub const DRAIN_WITHIN: Duration = Duration::from_secs(10);

/// The longest such time: nobody is to be without events for longer.
pub const MAX_DRAIN_WITHIN: Duration = Duration::from_mins(5);

/// How long after a drain streams begin with a usual reconnection time: clients that slept through it
/// have come back by then.
pub const REMEMBER_DRAIN: Duration = Duration::from_hours(24);

/// The usual reconnection time, or up to twice as much: about what browsers have by themselves.
pub const USUAL_RETRY: Duration = Duration::from_secs(2);

/// Bytes of a hub's name.
pub const MAX_HUB_NAME_BYTES: usize = 64;
/// Bytes of the compiled regular expressions of one component of a URL pattern: some three hundred
/// states, enough for a UUID or a date several times over.
pub const MAX_REGEXP_BYTES: usize = 8 << 10;

/// Groups within groups in a regular expression of a URL pattern: the engine's parser recurses.
pub const MAX_REGEXP_NESTING: u32 = 16;

/// Bytes of a component of a topic beyond which no regular expression matches it. With the largest
/// expression, that is a match of a few milliseconds.
pub const MAX_REGEXP_TEXT_BYTES: usize = 1_024;

/// Bytes of a token: a claim of a thousand selectors of forty bytes fits, and so it does into the
/// headers that the edge accepts.
pub const MAX_TOKEN_BYTES: usize = 64 << 10;

/// Topic selectors in one list of a token of 0.x. The reference hub's figure.
pub const MAX_CLAIM_SELECTORS: usize = 1_000;

/// Authorization details in a token of 1.0. The reference hub's figure.
pub const MAX_DETAILS: usize = 100;

/// Topics in all authorization details of a token together. The reference hub's figure.
pub const MAX_DETAIL_TOPICS: usize = 100;

/// Keys in a key set. An issuer has two while it rotates, a large one some ten; and a token
/// without a `kid` costs one verification for each that fits.
pub const MAX_KEYS: usize = 32;

/// Bytes of a key set that is fetched: the largest of [`MAX_KEYS`] keys with certificates fits.
pub const MAX_KEY_SET_BYTES: usize = 256 << 10;

/// Bits of the smallest RSA key, RFC 7518 § 3.3.
pub const MIN_RSA_BITS: usize = 2_048;

/// Members of one JSON object in a token or a key: each name is held against those before it.
pub const MAX_MEMBERS: usize = 256;

/// Characters of a text, and texts of a list, that a record of the log holds: enough to know them
/// by.
pub const MAX_LOGGED: usize = 256;

/// Bytes of the texts of a record of the log, in JSON. Together with its names and as much again
/// for what went wrong a line stays below 16 KiB, which is what log collectors take whole.
pub const MAX_LOGGED_BYTES: usize = 7 << 10;
