//! What is looked up in the log for one request.

bounds! {
    /// Anybody may subscribe, so this is what strangers can fill: who wants to know who is there
    /// asks the subscription API, and needs what has changed since alone.
    KEPT_SUBSCRIPTION_UPDATES: u64 = 1_000, number,
        "updates about subscriptions that a hub keeps, apart from its publications"
            => "the oldest of them is removed; who could see it is told of a gap";

    /// As many updates with a payload of 4 KiB each.
    KEPT_SUBSCRIPTION_BYTES: u64 = 4 << 20, bytes,
        "such updates in bytes" => "the oldest of them is removed; who could see it is told of a gap";

    /// Publishers are to give each id once.
    MAX_SAME_ID: usize = 16, number,
        "updates of one id that are looked at" => "the id is unknown";
}
