//! Bodies that are on their way: how many, how large, and how silent they may be.

use std::time::Duration;

use super::requests::MAX_SELECTION_BYTES;

/// Bytes that the first read of a body may give: as many as fit a packet or two.
pub const READ_BYTES: usize = 4 << 10;

/// Bytes that a read may give after one that was full: as many as a socket gives.
pub const MAX_READ_BYTES: usize = 64 << 10;

/// Bytes that a streamed body may keep between two updates and still count as one that only waits.
pub const RESTING_BYTES: usize = MAX_READ_BYTES;

/// The silence after which a body gives way when its place is needed. A lost packet keeps an honest
/// body waiting no longer.
pub const GIVES_WAY_AFTER: Duration = Duration::from_secs(1);

bounds! {
    /// All selectors of a subscription may have as many.
    MAX_QUERY_BYTES: usize = MAX_SELECTION_BYTES, bytes,
        "the body of a QUERY" => "413";

    /// An object is made for as many requests in a second. Each body holds some kilobytes of the
    /// runtime.
    MAX_BODIES: usize = 1_000, number,
        "bodies that a hub reads at the same time" => "408 for a silent one, or 429 for the new one";

    /// A quarter of [`MAX_BODIES`]. A sender with a token is trusted with more. Where the address is not
    /// known, [`MAX_BODIES`] alone counts.
    MAX_BODIES_OF_ADDRESS: usize = 250, number,
        "such bodies without a token from one address" => "429";

    /// An eighth of an isolate: sixteen of the largest, or a thousand of ordinary ones.
    MAX_BODIES_BYTES: usize = 16 << 20, bytes,
        "what the hub holds of such bodies, together" => "408 for a silent one, or 429 for the largest";

    /// A network that loses packets goes on within this time.
    BODY_SILENCE: Duration = Duration::from_secs(10), time,
        "the time without a byte in the middle of an update or of a QUERY" => "408";

    /// A model may think for minutes before it says the next word. A stream that waits holds almost
    /// no memory.
    STREAM_SILENCE: Duration = Duration::from_mins(10), time,
        "the time without a byte between two updates of a streamed body" => "408 in the last line of the answer";
}
