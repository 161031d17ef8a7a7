//! What one connection may hold.

bounds! {
    /// Sixteen of the largest welcome messages anyone would send, and small beside the 128 MB of an
    /// isolate.
    MAX_QUEUE_BYTES: usize = 64 << 10, bytes,
        "events addressed to one connection alone and not taken yet" => "the sender gets an error";

    /// Events are small; with [`MAX_QUEUE_BYTES`] this bounds the list that holds them.
    MAX_QUEUE_EVENTS: usize = 256, number,
        "such events of one connection" => "the sender gets an error";

    /// The runtime holds a copy for each connection until its client has taken it. One larger
    /// update still goes out whole.
    MAX_CHUNK_BYTES: usize = 128 << 10, bytes,
        "updates that a stream is given and has not taken" => "the rest waits in the log";
}
