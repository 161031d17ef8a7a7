//! What one connection may hold.

use std::time::Duration;

bounds! {
    /// A page that follows more topics than this one by one is rare; with these a stranger's
    /// connection costs some tens of kilobytes.
    MAX_TOLD_SUBSCRIPTIONS: usize = 100, number,
        "subscriptions of a connection that others are told of"
            => "nobody is told of the others, and the API does not show them";

    /// A hundred subscriptions with topics of two hundred bytes.
    MAX_TOLD_BYTES: usize = 64 << 10, bytes,
        "such subscriptions in bytes"
            => "nobody is told of the others, and the API does not show them";

    /// A name, roles, an address; it stands in the document of each subscription.
    MAX_PAYLOAD_BYTES: usize = 4 << 10, bytes,
        "the payload of a subscription" => "the subscription is told of without it";

    /// Some twenty thousand connections with a topic each; it lies in memory and in the storage.
    MAX_TOLD_BYTES_OF_HUB: usize = 8 << 20, bytes,
        "such subscriptions of all connections of a hub"
            => "nobody is told of those of a further connection";

    /// As many as one search for gone clients may find room for; each holds its request meanwhile.
    MAX_NEWCOMERS: usize = 128, number,
        "subscriptions that wait for a place in a full hub" => "refused at once";

    /// A search for gone clients comes within 500 ms, and finds them a few milliseconds later.
    ADMISSION_PATIENCE: Duration = Duration::from_millis(750), time,
        "the time that a subscription waits for a place" => "429, or to an `EventSource` a stream that ends at once";

    /// Sixteen of the largest welcome messages anyone would send, and small beside the 128 MB of an
    /// isolate.
    MAX_QUEUE_BYTES: usize = 64 << 10, bytes,
        "events addressed to one connection alone and not taken yet" => "the sender gets an error";

    /// Events are small; with [`MAX_QUEUE_BYTES`] this bounds the list that holds them.
    MAX_QUEUE_EVENTS: usize = 256, number,
        "such events of one connection" => "the sender gets an error";

    /// A template or a pattern of its own for each connection, and as many again for some.
    MAX_BROAD_SELECTORS: usize = 16_384, number,
        "different templates and patterns that a hub is asked for, and as many in grants"
            => "429 for a further subscription";

    /// What a topic costs at the most, with as much for patterns, and a third of both for those that
    /// begin with little: some tens of milliseconds for one of 4 KB, and less than one for a usual one.
    /// That is fifteen hundred templates such as `https://example.com/{id}`, which begin alike; those
    /// that begin otherwise do not count. Templates and patterns count apart, and so do those that
    /// begin with little, so that a stranger who fills one of these parts keeps nobody out of the others.
    MAX_MET_PASSES: usize = 3_072, number,
        "passes over one topic to hold it against the templates that it may be of, and as many for patterns"
            => "429 for a further subscription";

    /// A third of the above: nearly every topic may be of these, few clients ask for them, and a
    /// stranger can without knowing any topic.
    MAX_MET_SHORT_PASSES: usize = 1_024, number,
        "such passes for those that begin with less than 4 bytes beside `https:`, `http:`, `urn:` and slashes"
            => "429 for a further subscription";

    /// As above, where an expression is gone through for each byte of a topic.
    MAX_MET_REGEXP_BYTES: usize = 24 << 10, bytes,
        "the compiled regular expressions of the patterns that one topic may be of"
            => "429 for a further subscription";

    /// A third of the above, for the same reason as with passes: one of the longest.
    MAX_MET_SHORT_REGEXP_BYTES: usize = 8 << 10, bytes,
        "such expressions of the patterns that begin with less than 4 bytes beside a scheme"
            => "429 for a further subscription";

    /// Templates that begin differently, one for each of the connections that an address has by
    /// default, are far below this part, and so are hundreds that begin alike.
    MIN_ADDRESSES_TO_FILL: usize = 4, number,
        "client addresses that it takes to fill one of the five bounds above, where addresses are known"
            => "429 for a further subscription that asks for what nobody has asked for";

    /// The runtime holds a copy for each connection until its client has taken it, and takes two
    /// ahead of it. One larger
    /// update still goes out whole.
    MAX_CHUNK_BYTES: usize = 128 << 10, bytes,
        "updates that a stream is given at a time" => "the rest waits in the log";
}
