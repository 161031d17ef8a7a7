use std::mem;

use super::{
    decode_error::DecodeError,
    decoded_event::DecodedEvent,
    digits::Digits,
    line::Field,
    utf_8::{text, valid},
};
use crate::reconnection_time::ReconnectionTime;

/// What an idle buffer may keep: room for the largest event that the hub takes, doubled as a vector
/// grows.
const MAX_RETAINED_BYTES: usize = 2 * 1024 * 1024;

/// The standard's buffers, as far as they must outlive a chunk.
///
/// Together with [`Whole`] they are the data buffer, the event type buffer and the last event ID
/// buffer. What [`Whole`] holds of one goes before what stands here.
#[derive(Debug)]
pub(super) struct Block {
    max: usize,
    /// What the block's fields hold so far; 0 when there was none.
    size: usize,
    data: Vec<u8>,
    has_data: bool,
    event_type: Vec<u8>,
    /// The last event ID buffer while it waits to be committed.
    id: String,
    has_id: bool,
    last_event_id: String,
    /// The value of an `event` or `id` line that is not finished.
    value: Vec<u8>,
    digits: Digits,
    reconnection_time: Option<ReconnectionTime>,
    last_reconnection_time: Option<ReconnectionTime>,
}

/// The parts of the buffers that lie whole in the chunk being parsed, and so need no copy.
#[derive(Debug, Default)]
pub(super) struct Whole<'c> {
    data: Option<&'c [u8]>,
    event_type: Option<&'c [u8]>,
    id: Option<&'c str>,
    last_event_id: Option<&'c str>,
}

impl Block {
    pub(super) const fn new(max: usize) -> Self {
        Self {
            max,
            size: 0,
            data: Vec::new(),
            has_data: false,
            event_type: Vec::new(),
            id: String::new(),
            has_id: false,
            last_event_id: String::new(),
            value: Vec::new(),
            digits: Digits::None,
            reconnection_time: None,
            last_reconnection_time: None,
        }
    }

    pub(super) fn last_event_id(&self) -> &str {
        &self.last_event_id
    }

    pub(super) fn last_reconnection_time(&self) -> Option<ReconnectionTime> {
        self.last_reconnection_time
    }

    #[cfg(test)]
    pub(super) fn held_capacity(&self) -> usize {
        self.data.capacity()
    }

    /// Whether a blank line would do nothing.
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.size == 0
    }

    /// Takes a field whose line is whole.
    #[inline]
    pub(super) fn take<'c>(
        &mut self,
        field: Field,
        value: &'c [u8],
        whole: &mut Whole<'c>,
    ) -> Result<(), DecodeError> {
        self.grow(value.len().saturating_add(1))?;
        match field {
            Field::Data if whole.data.is_none() && !self.has_data => whole.data = Some(value),
            Field::Data => {
                self.begin_data(whole);
                self.data.extend_from_slice(value);
            }
            Field::EventType => whole.event_type = Some(value),
            Field::Id if !value.contains(&0) => {
                self.has_id = true;
                whole.id = valid(value);
                if whole.id.is_none() {
                    replace(&mut self.id, &String::from_utf8_lossy(value));
                }
            }
            // An id with NUL is ignored.
            Field::Id => {}
            Field::ReconnectionTime => self.set_reconnection_time(Digits::None.and(value)),
        }
        Ok(())
    }

    /// Begins the value of a field whose line is cut.
    pub(super) fn begin(&mut self, field: Field, whole: &mut Whole<'_>) -> Result<(), DecodeError> {
        self.grow(1)?;
        match field {
            Field::Data => self.begin_data(whole),
            Field::EventType | Field::Id => self.value.clear(),
            Field::ReconnectionTime => self.digits = Digits::None,
        }
        Ok(())
    }

    /// Goes on with the value that [`Block::begin`] began.
    #[inline]
    pub(super) fn extend(&mut self, field: Field, bytes: &[u8]) -> Result<(), DecodeError> {
        self.grow(bytes.len())?;
        match field {
            Field::Data => self.data.extend_from_slice(bytes),
            Field::EventType | Field::Id => self.value.extend_from_slice(bytes),
            Field::ReconnectionTime => self.digits = self.digits.and(bytes),
        }
        Ok(())
    }

    /// Takes the field whose value is now complete: the first of its chunk, so that nothing newer
    /// stands in [`Whole`].
    pub(super) fn end(&mut self, field: Field) {
        match field {
            Field::EventType => mem::swap(&mut self.event_type, &mut self.value),
            Field::Id if !self.value.contains(&0) => {
                self.has_id = true;
                replace(&mut self.id, &text(&self.value));
            }
            // Data went to its buffer as it came; an id with NUL is ignored.
            Field::Data | Field::Id => {}
            Field::ReconnectionTime => self.set_reconnection_time(self.digits),
        }
    }

    /// [Dispatches the event](https://html.spec.whatwg.org/multipage/server-sent-events.html#dispatchMessage),
    /// if there is data, and empties the buffers but the last event ID's.
    #[inline]
    pub(super) fn dispatch(
        &mut self,
        whole: &mut Whole<'_>,
        on_event: &mut impl FnMut(DecodedEvent<'_>),
    ) {
        if self.is_empty() {
            return;
        }
        self.size = 0;
        // The id is committed even when the block has no data.
        let has_id = mem::take(&mut self.has_id);
        if has_id {
            whole.last_event_id = whole.id.take();
            if whole.last_event_id.is_none() {
                mem::swap(&mut self.last_event_id, &mut self.id);
            }
        }
        let reconnection_time = self.reconnection_time.take();
        let event_type = whole.event_type.take();
        let data = match whole.data.take() {
            None if self.has_data => Some(self.data.as_slice()),
            data => data,
        };
        if let Some(data) = data {
            on_event(DecodedEvent {
                event_type: &text(event_type.unwrap_or(&self.event_type)),
                data: &text(data),
                last_event_id: whole.last_event_id.unwrap_or(&self.last_event_id),
                has_id,
                reconnection_time,
            });
        }
        self.has_data = false;
        for buffer in [&mut self.data, &mut self.event_type, &mut self.value] {
            reset(buffer);
        }
    }

    /// Copies what must outlive the chunk.
    #[inline]
    pub(super) fn keep(&mut self, mut whole: Whole<'_>) {
        if whole.data.is_some() {
            self.join(&mut whole);
        }
        if let Some(event_type) = whole.event_type {
            self.event_type.clear();
            self.event_type.extend_from_slice(event_type);
        }
        if let Some(id) = whole.id {
            replace(&mut self.id, id);
        }
        if let Some(id) = whole.last_event_id {
            replace(&mut self.last_event_id, id);
        }
    }

    /// Moves the data buffer here and gets it ready for a further line.
    fn begin_data(&mut self, whole: &mut Whole<'_>) {
        if self.has_data || whole.data.is_some() {
            self.join(whole);
            self.data.push(b'\n');
        }
        self.has_data = true;
    }

    fn join(&mut self, whole: &mut Whole<'_>) {
        self.data.extend_from_slice(whole.data.take().unwrap_or_default());
        self.has_data = true;
    }

    fn set_reconnection_time(&mut self, digits: Digits) {
        if let Some(time) = digits.reconnection_time() {
            self.reconnection_time = Some(time);
            self.last_reconnection_time = Some(time);
        }
    }

    #[inline]
    fn grow(&mut self, bytes: usize) -> Result<(), DecodeError> {
        self.size = self.size.saturating_add(bytes);
        if self.size > self.max {
            return Err(DecodeError::EventTooLarge { max: self.max });
        }
        Ok(())
    }
}

/// Empties the buffer, and keeps its memory for the next event unless it is much.
#[inline]
fn reset(buffer: &mut Vec<u8>) {
    if buffer.capacity() > MAX_RETAINED_BYTES {
        *buffer = Vec::new();
    }
    buffer.clear();
}

fn replace(buffer: &mut String, text: &str) {
    buffer.clear();
    buffer.push_str(text);
}
