//! How far a look through the log came.

use crate::base::sequence::Sequence;

/// How far a scan came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scanned {
    /// It has seen everything up to where it was to end.
    End,
    /// It was stopped, or has looked at as much as one turn may; it goes on from here.
    Stopped(Sequence),
    /// It has come upon an update that cannot be read, here, and goes on behind it.
    Unreadable(Sequence),
}
