//! The kinds of entries of the log, each of which has a retention of its own.

/// The subject of an entry.
///
/// All kinds are in one log and have one order, but each is kept by rules of its own. Anybody may
/// subscribe, and must not push out publications by that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// A publisher's own.
    #[default]
    Publication,
    /// The beginning or the end of a subscription, told by the hub itself.
    Subscription,
    /// The closing of a topic. It is no update: no bound of them removes it.
    Closing,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Publication, Self::Subscription, Self::Closing];
    /// The kinds of updates, which are kept within bounds.
    pub const UPDATES: [Self; 2] = [Self::Publication, Self::Subscription];

    /// The kind as a word for figures.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Publication => "publication",
            Self::Subscription => "subscription",
            Self::Closing => "closing",
        }
    }
}

/// One value for each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct OfKind<T> {
    publications: T,
    subscriptions: T,
    closings: T,
}

impl<T> OfKind<T> {
    /// The values that `make` gives.
    pub(crate) fn new(mut make: impl FnMut(Kind) -> T) -> Self {
        Self {
            publications: make(Kind::Publication),
            subscriptions: make(Kind::Subscription),
            closings: make(Kind::Closing),
        }
    }

    /// The same, unless `make` fails for one of them.
    ///
    /// # Errors
    /// Those of `make`.
    pub(crate) fn try_new<E>(mut make: impl FnMut(Kind) -> Result<T, E>) -> Result<Self, E> {
        Ok(Self {
            publications: make(Kind::Publication)?,
            subscriptions: make(Kind::Subscription)?,
            closings: make(Kind::Closing)?,
        })
    }

    /// The value for this kind.
    #[must_use]
    pub(crate) fn of(&self, kind: Kind) -> &T {
        match kind {
            Kind::Publication => &self.publications,
            Kind::Subscription => &self.subscriptions,
            Kind::Closing => &self.closings,
        }
    }

    /// The value for this kind, to change it.
    pub(crate) fn of_mut(&mut self, kind: Kind) -> &mut T {
        match kind {
            Kind::Publication => &mut self.publications,
            Kind::Subscription => &mut self.subscriptions,
            Kind::Closing => &mut self.closings,
        }
    }
}
