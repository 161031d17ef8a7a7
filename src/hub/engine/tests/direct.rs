//! A stream that goes the direct way, beside those that Workers hold. It has room for one chunk.

/// The stream, and its client.
#[derive(Default)]
pub(super) struct Direct {
    /// The chunks that the client has not taken. Those beyond the first did not wait for it.
    queue: Vec<u8>,
    /// What the client has read.
    pub(super) client: Vec<u8>,
    /// Why the stream has ended, if it has.
    pub(super) ended: Option<String>,
}

impl Direct {
    pub(super) fn has_room(&self) -> bool {
        self.queue.is_empty()
    }

    pub(super) fn enqueue(&mut self, chunk: &[u8]) {
        self.queue.extend_from_slice(chunk);
    }

    /// The client takes all that there is.
    pub(super) fn reads(&mut self) {
        self.client.append(&mut self.queue);
    }

    pub(super) fn ends(&mut self, why: &str) {
        self.ended.get_or_insert_with(|| why.to_owned());
    }
}
