//! Where the events of an event stream are published.

use crate::topics::topics::Topics;

/// Where the events of an event stream are published, as the URL's query says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamTarget {
    /// To which topics.
    pub topics: Topics,
    /// Whether the updates are private.
    pub private: bool,
    /// Whether an event is published under the id that it has. Ids of different streams are often
    /// the same, and behind an id that was given twice nobody resumes exactly.
    pub keep_ids: bool,
}
