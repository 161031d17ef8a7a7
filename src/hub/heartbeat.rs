//! The comment that keeps idle connections open and finds the dead ones.

use std::{sync::Arc, time::Duration};

use crate::event_stream::{comment::Comment, encoder};

/// A comment for every connection that was sent nothing for the interval: HTML § 9.2.7 advises one
/// "every 15 seconds or so".
///
/// ```
/// use millstream::Heartbeat;
///
/// assert_eq!(Heartbeat::default().interval().unwrap().as_secs(), 15);
/// assert_eq!(Heartbeat::off().interval(), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heartbeat {
    interval: Duration,
    comment: Arc<[u8]>,
}

impl Heartbeat {
    /// An empty comment at this interval; a zero interval is [`Heartbeat::off`].
    #[must_use]
    pub fn every(interval: Duration) -> Self {
        Self { interval, comment: encoded(&Comment::default()) }
    }

    /// No heartbeat. Connections whose client is gone then stay until an update is sent to them.
    #[must_use]
    pub fn off() -> Self {
        Self::every(Duration::ZERO)
    }

    /// The same with this comment.
    #[must_use]
    pub fn with_comment(self, comment: &Comment) -> Self {
        Self { comment: encoded(comment), ..self }
    }

    /// How long a connection stays silent; `None` when there is no heartbeat.
    #[must_use]
    pub fn interval(&self) -> Option<Duration> {
        (!self.interval.is_zero()).then_some(self.interval)
    }

    /// The comment as bytes of an event stream.
    #[must_use]
    pub fn encoded(&self) -> &Arc<[u8]> {
        &self.comment
    }
}

impl Default for Heartbeat {
    fn default() -> Self {
        Self::every(Duration::from_secs(15))
    }
}

pub(crate) fn encoded(comment: &Comment) -> Arc<[u8]> {
    let mut stream = Vec::new();
    encoder::encode_comment(comment, &mut stream);
    stream.into()
}
