//! The next reading of a connection in the log.

use super::hub::Hub;
use crate::{
    base::timestamp::Timestamp,
    hub::{
        audiences::ConnectionKey,
        reading::{Source, Span},
    },
    log::history::History,
};

impl<H: History, T: Clone> Hub<H, T> {
    /// Moves the connection's cursor through the log, and the updates that it may see into `chunk`;
    /// returns whether the cursor came to its end.
    pub(super) fn read(
        &mut self,
        key: ConnectionKey,
        chunk: &mut Vec<u8>,
        now: Timestamp,
    ) -> Result<bool, H::Error> {
        let Some(connection) = self.registry().look_at(key) else { return Ok(true) };
        let progress = connection.progress();
        let Some(until) = progress.until(self.log().tail()) else { return Ok(true) };
        let conflates = self.slow_readers().conflates(progress, until);
        let span = Span { from: progress.cursor(), until, conflates };
        let (audience, nonce) = (connection.audience(), connection.id().into());
        let Some(connection) = self.at(key) else { return Ok(true) };
        let mut reading = connection.take_reading();
        let beginning = self.beginning();
        let source = Source {
            log: beginning.log,
            audience: self.registry().audience(audience),
            urls: beginning.urls,
            places: beginning.telling.places(),
            nonce,
            now,
        };
        let came = reading.read(&source, span, chunk);
        let Some(connection) = self.at(key) else { return Ok(true) };
        connection.put_reading(reading);
        let came = came?;
        connection.progress_mut().read_to(came.to);
        self.slow_readers_mut().leave_out(came.left_out);
        self.traffic_mut().delivered(came.shown);
        came.ended
    }
}
