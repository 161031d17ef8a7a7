//! The two kinds of updates, each of which has a retention of its own.

/// Of what an update tells.
///
/// Both kinds are in one log and have one order. But what is kept of one kind is not less because
/// there is much of the other: anybody may subscribe, and must not push out publications by that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Of what a publisher has to say.
    #[default]
    Publication,
    /// That a subscription has begun or ended: the hub itself says so.
    Subscription,
}

impl Kind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Publication, Self::Subscription];
}

/// Something for each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OfKind<T> {
    publications: T,
    subscriptions: T,
}

impl<T> OfKind<T> {
    /// What `make` gives for each.
    pub fn new(mut make: impl FnMut(Kind) -> T) -> Self {
        Self { publications: make(Kind::Publication), subscriptions: make(Kind::Subscription) }
    }

    /// The same, unless `make` fails for one of them.
    ///
    /// # Errors
    /// Those of `make`.
    pub fn try_new<E>(mut make: impl FnMut(Kind) -> Result<T, E>) -> Result<Self, E> {
        let publications = make(Kind::Publication)?;
        Ok(Self { publications, subscriptions: make(Kind::Subscription)? })
    }

    /// That of this kind.
    #[must_use]
    pub fn of(&self, kind: Kind) -> &T {
        match kind {
            Kind::Publication => &self.publications,
            Kind::Subscription => &self.subscriptions,
        }
    }

    /// The same, to be changed.
    pub fn of_mut(&mut self, kind: Kind) -> &mut T {
        match kind {
            Kind::Publication => &mut self.publications,
            Kind::Subscription => &mut self.subscriptions,
        }
    }
}
