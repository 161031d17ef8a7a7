//! Bodies that are on their way: how many, how large, and how silent they may be.

use std::time::Duration;

use super::requests::MAX_SELECTION_BYTES;

/// Bytes of a body that one read may give to begin with: as many as fit a packet or two.
pub const READ_BYTES: usize = 4 << 10;

/// The same once a read was filled: as many as a socket gives.
pub const MAX_READ_BYTES: usize = 64 << 10;

/// Bytes that a streamed body may keep between two updates and still count as one that only waits.
pub const RESTING_BYTES: usize = MAX_READ_BYTES;

/// How long a body has been silent before it gives way when its place is needed: the longest that a
/// packet which was lost keeps an honest one waiting.
pub const GIVES_WAY_AFTER: Duration = Duration::from_secs(1);

bounds! {
    /// As many as all selectors of a subscription may have.
    MAX_QUERY_BYTES: usize = MAX_SELECTION_BYTES, bytes,
        "the body of a QUERY" => "413";

    /// As many as the requests that an object is made for in a second; each holds some kilobytes of
    /// the runtime.
    MAX_BODIES: usize = 1_000, number,
        "bodies that a hub reads at the same time" => "408 for a silent one, or 429 for the new one";

    /// A quarter of [`MAX_BODIES`]. A sender with a token is trusted with more. Where the address is not
    /// known, [`MAX_BODIES`] alone counts.
    MAX_BODIES_OF_ADDRESS: usize = 250, number,
        "such bodies without a token from one address" => "429";

    /// An eighth of an isolate: sixteen of the largest, or a thousand of ordinary ones.
    MAX_BODIES_BYTES: usize = 16 << 20, bytes,
        "what the hub holds of such bodies, together" => "408 for a silent one, or 429 for the largest";

    /// Networks that lose packets go on within it.
    BODY_SILENCE: Duration = Duration::from_secs(10), time,
        "the time without a byte in the middle of an update or of a QUERY" => "408";

    /// A model may think for minutes before it says the next word, and a stream that waits holds next
    /// to nothing.
    STREAM_SILENCE: Duration = Duration::from_mins(10), time,
        "the time without a byte between two updates of a streamed body" => "408 in the last line of the answer";
}
