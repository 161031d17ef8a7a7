//! Publications, and bodies that stream them.

use std::time::Duration;

use super::requests::MAX_BODY_BYTES;

/// The shortest reconnection time that is told: Firefox waits no less, and a client without such a
/// bound asks a hub that is down hundreds of times a second. A shorter one is raised to it.
pub const MIN_RETRY: Duration = Duration::from_millis(500);

bounds! {
    /// A line may be as long as a JSON body.
    MAX_LINE_BYTES: usize = MAX_BODY_BYTES, bytes,
        "a line of an NDJSON body, or an event of an event stream" => "413 for this line";

    /// A row of `SQLite` in a Durable Object holds 2 MB, and a body of line breaks alone grows
    /// sevenfold when it is encoded.
    MAX_STORED_BYTES: usize = 1_900_000, bytes,
        "an update as it is stored: encoded event, topics and id" => "413";

    /// Timers of JavaScript hold 31 bits. They take a longer time as none, and the client comes
    /// back hundreds of times a second.
    MAX_RETRY: Duration = Duration::from_millis((1 << 31) - 1), time,
        "the reconnection time of an update" => "400";

    /// It fits a column of most databases, and is seven times a UUID.
    MAX_IDEMPOTENCY_KEY_BYTES: usize = 255, bytes,
        "an idempotency key" => "400";

    /// About a hundred publications a second for the five minutes that each key is kept, in some
    /// 10 MB.
    MAX_IDEMPOTENCY_KEYS: usize = 32_768, number,
        "idempotency keys that a hub remembers" => "429";

    /// A quarter of [`MAX_IDEMPOTENCY_KEYS`], so that no publisher has all of them. All
    /// publishers without a token count as one.
    MAX_IDEMPOTENCY_KEYS_OF_PUBLISHER: usize = 8_192, number,
        "such keys of one publisher" => "429";

    /// A sentence for the log of the one who is stopped.
    MAX_STOP_BYTES: usize = 1_024, bytes,
        "the reason for which a producer is asked to stop" => "400";
}
