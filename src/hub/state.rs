//! The state of a connection, as its operator sees it.

use crate::hub::progress::Progress;

/// The state of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// It is given what there was when it came.
    Replaying,
    /// Its `registered` hook has not run.
    Registering,
    /// It has everything, and waits for more.
    Waiting,
    /// There is more than it was given.
    Behind,
}

impl State {
    /// Every state.
    pub(crate) const ALL: [Self; 4] =
        [Self::Replaying, Self::Registering, Self::Waiting, Self::Behind];

    /// The state of a connection that has come so far.
    pub(crate) fn of(progress: &Progress) -> Self {
        if progress.is_waiting() {
            Self::Waiting
        } else if progress.is_live() {
            Self::Behind
        } else if progress.is_registering() {
            Self::Registering
        } else {
            Self::Replaying
        }
    }

    /// The state as a word for figures.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Replaying => "replaying",
            Self::Registering => "registering",
            Self::Waiting => "waiting",
            Self::Behind => "behind",
        }
    }
}
