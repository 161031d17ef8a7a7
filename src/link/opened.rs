//! What a Worker is told when a link is open.

use std::time::Duration;

use crate::{
    base::{
        connection_id::ConnectionId,
        sequence::Sequence,
        timestamp::{Timestamp, whole_millis},
    },
    link::VERSION,
};

/// The value of the header `Millstream-Link`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Opened {
    /// The id of the connection.
    pub(crate) id: ConnectionId,
    /// Where the Worker is until it has a chunk.
    pub(crate) cursor: Sequence,
    /// When the client's stream ends, if it does.
    pub(crate) expires: Option<Timestamp>,
    /// How long the client's stream stays silent, unless that does not matter.
    pub(crate) heartbeat: Option<Duration>,
}

impl Opened {
    /// The value as JSON.
    pub(crate) fn encode(self) -> String {
        let or_null = |number: Option<u64>| {
            number.map_or_else(|| "null".to_owned(), |number| number.to_string())
        };
        let parts = [
            "{\"version\":",
            &VERSION.to_string(),
            ",\"id\":\"",
            &self.id.to_string(),
            "\",\"cursor\":\"",
            &self.cursor.get().to_string(),
            "\",\"expires\":",
            &or_null(self.expires.map(Timestamp::as_millis)),
            ",\"heartbeat\":",
            &or_null(self.heartbeat.map(whole_millis)),
            "}",
        ];
        parts.concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_worker_is_told_where_it_is_and_how_long_its_stream_may_last() {
        let opened = Opened {
            id: ConnectionId::from_random([7; 16]),
            cursor: Sequence::new(41),
            expires: Some(Timestamp::from_millis(1_790_000_000_000)),
            heartbeat: Some(Duration::from_secs(20)),
        };
        let id = "urn:uuid:07070707-0707-4707-8707-070707070707";
        assert_eq!(
            opened.encode(),
            format!(
                r#"{{"version":1,"id":"{id}","cursor":"41","expires":1790000000000,"heartbeat":20000}}"#
            )
        );
        assert_eq!(
            Opened { expires: None, heartbeat: None, ..opened }.encode(),
            format!(r#"{{"version":1,"id":"{id}","cursor":"41","expires":null,"heartbeat":null}}"#)
        );
    }
}
