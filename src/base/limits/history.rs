//! Updates that a hub keeps beside its publications, and updates that it compares for one request.

use std::time::Duration;

/// How long a topic stays closed at the least, unless `CLOSED_AGE` says otherwise.
pub const CLOSED_AGE: Duration = Duration::from_hours(24);

bounds! {
    /// Anybody may subscribe, so strangers can fill this. A client that wants to know who is subscribed
    /// asks the subscription API, and then needs the changes since that answer alone.
    KEPT_SUBSCRIPTION_UPDATES: u64 = 1_000, number,
        "updates about subscriptions that a hub keeps, apart from its publications"
            => "the oldest is removed, and a client that misses it is told of a gap";

    /// As many updates with a payload of 4 KiB each.
    KEPT_SUBSCRIPTION_BYTES: u64 = 4 << 20, bytes,
        "these updates in bytes" => "the oldest is removed, and a client that misses it is told of a gap";

    /// Some 12 MB of storage. A topic that is closed stays so for a day at the least.
    MAX_CLOSINGS: u64 = 100_000, number,
        "closed topics of a hub" => "429; closing works again once the hub has forgotten an older closing";

    /// A publisher should use each id once.
    MAX_SAME_ID: usize = 16, number,
        "updates with the same id that are compared with a last event ID" => "the id is unknown";
}
