//! How long updates wait for one another, so that they go out as one chunk.

use std::time::Duration;

use crate::base::timestamp::whole_millis;

/// About the time that the host takes to send a chunk to one connection, see ARCHITECTURE.md. The hub
/// pauses about that long for each connection that it has given one. So half of its time is left for
/// other work.
const EACH: Duration = Duration::from_micros(50);

/// The pauses of a flush in all. A hub that has been quiet for so long sends what comes at once. A busy
/// one pauses after each turn, so that a connection is sent chunks less often, the more of them there are.
///
/// ```
/// use millstream::Linger;
/// use std::time::Duration;
///
/// let linger = Linger::up_to(Duration::from_millis(40));
/// assert_eq!(linger.after(19), Duration::ZERO);
/// assert_eq!(linger.after(39), Duration::from_millis(1));
/// assert_eq!(linger.after(10_000), Duration::from_millis(40));
/// assert_eq!(Linger::none().after(10_000), Duration::ZERO);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Linger {
    most: Duration,
    each: Duration,
}

impl Linger {
    /// At most this long, however many connections there are.
    #[must_use]
    pub const fn up_to(most: Duration) -> Self {
        Self { most, each: EACH }
    }

    /// This long for every flush that goes to anybody.
    #[cfg(all(test, not(target_arch = "wasm32")))]
    pub(crate) const fn always(most: Duration) -> Self {
        Self { most, each: most }
    }

    /// Every commit is a flush.
    #[must_use]
    pub const fn none() -> Self {
        Self::up_to(Duration::ZERO)
    }

    /// The pauses of a flush to this many connections, in whole milliseconds.
    #[must_use]
    pub fn after(self, recipients: usize) -> Duration {
        let recipients = u32::try_from(recipients).unwrap_or(u32::MAX);
        let linger = self.most.min(self.each.saturating_mul(recipients));
        Duration::from_millis(whole_millis(linger))
    }
}

impl Default for Linger {
    fn default() -> Self {
        Self::up_to(Duration::from_millis(50))
    }
}
