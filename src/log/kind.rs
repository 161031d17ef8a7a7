//! The two kinds of updates, each of which has a retention of its own.

/// The subject of an update.
///
/// Both kinds are in one log and have one order, but each has bounds of its own. Anybody may subscribe,
/// and must not push out publications by that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// A publisher's own.
    #[default]
    Publication,
    /// The beginning or the end of a subscription, told by the hub itself.
    Subscription,
}

impl Kind {
    /// Both kinds.
    pub const ALL: [Self; 2] = [Self::Publication, Self::Subscription];
}

/// One value for each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct OfKind<T> {
    publications: T,
    subscriptions: T,
}

impl<T> OfKind<T> {
    /// The values that `make` gives.
    pub(crate) fn new(mut make: impl FnMut(Kind) -> T) -> Self {
        Self { publications: make(Kind::Publication), subscriptions: make(Kind::Subscription) }
    }

    /// The same, unless `make` fails for one of them.
    ///
    /// # Errors
    /// Those of `make`.
    pub(crate) fn try_new<E>(mut make: impl FnMut(Kind) -> Result<T, E>) -> Result<Self, E> {
        let publications = make(Kind::Publication)?;
        Ok(Self { publications, subscriptions: make(Kind::Subscription)? })
    }

    /// The value for this kind.
    #[must_use]
    pub(crate) fn of(&self, kind: Kind) -> &T {
        match kind {
            Kind::Publication => &self.publications,
            Kind::Subscription => &self.subscriptions,
        }
    }

    /// The value for this kind, to change it.
    pub(crate) fn of_mut(&mut self, kind: Kind) -> &mut T {
        match kind {
            Kind::Publication => &mut self.publications,
            Kind::Subscription => &mut self.subscriptions,
        }
    }
}
