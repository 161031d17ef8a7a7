//! Updates that a hub keeps beside its publications, and updates that it compares for one request.

bounds! {
    /// Anybody may subscribe, so strangers can fill this. A client that wants to know who is subscribed
    /// asks the subscription API, and then needs the changes since that answer alone.
    KEPT_SUBSCRIPTION_UPDATES: u64 = 1_000, number,
        "updates about subscriptions that a hub keeps, apart from its publications"
            => "the oldest is removed, and a client that misses it is told of a gap";

    /// As many updates with a payload of 4 KiB each.
    KEPT_SUBSCRIPTION_BYTES: u64 = 4 << 20, bytes,
        "these updates in bytes" => "the oldest is removed, and a client that misses it is told of a gap";

    /// A publisher should use each id once.
    MAX_SAME_ID: usize = 16, number,
        "updates with the same id that are compared with a last event ID" => "the id is unknown";
}
