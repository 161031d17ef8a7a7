//! A connection that goes on: after the hub has slept, or over another link.

use crate::{
    base::{sequence::Sequence, timestamp::Timestamp},
    hub::close_reason::Closing,
};

/// How a connection goes on. It is told no place, its stream has no opening, and no `registered` hook
/// runs for it; it is told a gap, if something is gone by now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resumes {
    /// Where it stands.
    pub(crate) standing: Standing,
    /// When it is to end, if it is. Its age does not begin anew; `None` when that is not known.
    pub(crate) expires: Option<Timestamp>,
    /// Whether its stream has begun. If not, it opens as any other, at the place where it stands if its
    /// request names none.
    pub(crate) has_begun: bool,
}

/// Where a connection stands while nothing is under way for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// The update up to which it was given everything; `None` if it waits at the end of the log.
    pub(crate) behind: Option<Sequence>,
    /// Its end, if it takes no more than what is there.
    pub(crate) closing: Option<Closing>,
}

/// Who keeps the time of a connection: sends its heartbeats, and ends it when it has expired or is
/// dead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Keeper {
    /// [`Hub::beat`](crate::Hub::beat).
    #[default]
    Hub,
    /// The Worker that holds its stream. The hub needs no timer for it.
    Worker,
}

impl Resumes {
    /// Goes on behind this update.
    #[must_use]
    pub const fn behind(cursor: Sequence) -> Self {
        let standing = Standing { behind: Some(cursor), closing: None };
        Self { standing, expires: None, has_begun: true }
    }
}
