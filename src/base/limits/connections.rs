//! The bounds of one connection, and of all connections of a hub together.

use std::time::Duration;

bounds! {
    /// A page that follows more topics one by one is rare. With as many as this a stranger's
    /// connection costs some tens of kilobytes.
    MAX_TOLD_SUBSCRIPTIONS: usize = 100, number,
        "subscriptions of one connection that the hub announces"
            => "the others are neither announced nor shown by the API";

    /// A hundred subscriptions with topics of two hundred bytes.
    MAX_TOLD_BYTES: usize = 64 << 10, bytes,
        "the announced subscriptions of one connection in bytes"
            => "the others are neither announced nor shown by the API";

    /// It holds a name, roles, an address. It stands in the document of each subscription.
    MAX_PAYLOAD_BYTES: usize = 4 << 10, bytes,
        "the payload of an announced subscription" => "the subscription is announced without it";

    /// Some twenty thousand connections with a topic each. It lies in memory and in the storage.
    MAX_TOLD_BYTES_OF_HUB: usize = 8 << 20, bytes,
        "the announced subscriptions of all connections of a hub"
            => "those of a new connection are neither announced nor shown";

    /// One search for gone clients may find room for as many. Each holds its request meanwhile.
    MAX_NEWCOMERS: usize = 128, number,
        "subscriptions that wait for a place in a full hub" => "the next one is refused at once";

    /// A search for gone clients comes within 500 ms, and finds them a few milliseconds later.
    ADMISSION_PATIENCE: Duration = Duration::from_millis(750), time,
        "the time that a subscription waits for a place" => "429, or to an `EventSource` a stream that ends at once";

    /// Sixteen of the largest welcome messages anyone would send, and small beside the 128 MB of an
    /// isolate.
    MAX_QUEUE_BYTES: usize = 64 << 10, bytes,
        "events for one connection alone that it has not taken yet" => "the sender gets an error";

    /// Events are small; with [`MAX_QUEUE_BYTES`] this bounds the list that holds them.
    MAX_QUEUE_EVENTS: usize = 256, number,
        "such events of one connection" => "the sender gets an error";

    /// A template or a pattern of its own for each connection, and as many again for some.
    MAX_BROAD_SELECTORS: usize = 16_384, number,
        "different templates and patterns in the subscriptions of a hub, and as many in its grants"
            => "429 for a new subscription";

    /// A topic of 4 KB then costs some tens of milliseconds, and a usual topic less than one. The
    /// bound allows fifteen hundred templates such as `https://example.com/{id}`, which begin
    /// alike. Templates that begin otherwise do not count. Templates and patterns count apart, and
    /// so do those that begin with little, so that a stranger who fills one of these parts keeps
    /// nobody out of the others.
    MAX_MET_PASSES: usize = 3_072, number,
        "passes over one topic to compare it with the templates that begin like it, and as many for patterns"
            => "429 for a new subscription";

    /// A third of the above. Nearly every topic may begin so, few clients ask for such a selector,
    /// and a stranger can ask for it without knowing any topic.
    MAX_MET_SHORT_PASSES: usize = 1_024, number,
        "these passes for templates or patterns that begin with less than 4 bytes, not counting `https:`, `http:`, `urn:` and slashes"
            => "429 for a new subscription";

    /// The same for regular expressions. Each is gone through for each byte of a topic.
    MAX_MET_REGEXP_BYTES: usize = 24 << 10, bytes,
        "the compiled regular expressions of the patterns that begin like one topic"
            => "429 for a new subscription";

    /// A third of the above, for the same reason as with passes. One of the longest expressions
    /// fits.
    MAX_MET_SHORT_REGEXP_BYTES: usize = 8 << 10, bytes,
        "these expressions of patterns that begin with less than 4 bytes, not counting the scheme"
            => "429 for a new subscription";

    /// An honest address stays far below this part, with a template that begins differently for
    /// each of the connections that it has by default, or with hundreds that begin alike.
    MIN_ADDRESSES_TO_FILL: usize = 4, number,
        "client addresses that it takes to fill one of the five bounds above, on Cloudflare"
            => "429 for a new subscription to something that nobody else subscribes to";

    /// Some tenth of a processor. A flush is deflated once for all streams; a stream that resumes has
    /// chunks of its own.
    DEFLATE_BYTES: u32 = 16 << 20, bytes,
        "the text that a hub compresses in a second" => "the chunk goes out as it is";

    /// The runtime holds a copy for each connection until its client has taken it, and asks for two
    /// chunks ahead of the client. One larger update still goes out whole.
    MAX_CHUNK_BYTES: usize = 128 << 10, bytes,
        "updates that a stream is given at once" => "the rest waits in the log";
}
