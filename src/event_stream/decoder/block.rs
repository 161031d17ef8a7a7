//! The block that is being read: its fields, until a blank line dispatches them.

use std::mem;

use super::{
    data::Data,
    decode_error::DecodeError,
    decoded_event::DecodedEvent,
    digits::Digits,
    field::Field,
    utf_8::{Value, text},
};

/// Bytes that an idle buffer may keep if nothing else is said: room for the largest event that the
/// hub takes, doubled as a vector grows.
const MAX_RETAINED_BYTES: usize = 2 * 1024 * 1024;

/// The standard's buffers, as far as they must outlive a chunk.
///
/// Together with [`Whole`] they are the data buffer, the event type buffer and the last event ID
/// buffer. A part that stands in [`Whole`] comes before the one that stands here.
#[derive(Debug)]
pub(super) struct Block {
    max: usize,
    /// Bytes that an idle buffer may keep.
    retained: usize,
    /// Bytes of the block's fields so far. 0 means that there is no field yet.
    size: usize,
    data: Data,
    event_type: String,
    /// The last event ID buffer while it waits to be committed.
    id: String,
    has_id: bool,
    last_event_id: String,
    /// The value of an `event` or `id` line that is not finished.
    value: Vec<u8>,
    digits: Digits,
    reconnection_time: Option<u64>,
    last_reconnection_time: Option<u64>,
}

/// The parts of the buffers that lie whole in the chunk being parsed, and so need no copy.
#[derive(Debug, Default)]
pub(super) struct Whole<'c> {
    data: Option<&'c str>,
    event_type: Option<&'c str>,
    id: Option<&'c str>,
    last_event_id: Option<&'c str>,
}

impl Block {
    pub(super) const fn new(max: usize) -> Self {
        Self {
            max,
            retained: MAX_RETAINED_BYTES,
            size: 0,
            data: Data::new(),
            event_type: String::new(),
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

    pub(super) fn last_reconnection_time(&self) -> Option<u64> {
        self.last_reconnection_time
    }

    pub(super) const fn retain(&mut self, bytes: usize) {
        self.retained = bytes;
    }

    pub(super) fn held_bytes(&self) -> usize {
        let texts = [&self.event_type, &self.id, &self.last_event_id].map(String::capacity);
        self.data.capacity() + self.value.capacity() + texts.iter().sum::<usize>()
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
        value: Value<'c>,
        whole: &mut Whole<'c>,
    ) -> Result<(), DecodeError> {
        if field == Field::Data {
            return self.take_data(value, whole);
        }
        let Value { bytes, text } = value;
        self.grow(bytes.len().saturating_add(1))?;
        match field {
            Field::EventType => {
                whole.event_type = text;
                if text.is_none() {
                    replace(&mut self.event_type, &String::from_utf8_lossy(bytes));
                }
            }
            Field::Id if !bytes.contains(&0) => {
                self.has_id = true;
                whole.id = text;
                if text.is_none() {
                    replace(&mut self.id, &String::from_utf8_lossy(bytes));
                }
            }
            // An id with NUL is ignored. Data is taken above.
            Field::Id | Field::Data => {}
            Field::ReconnectionTime => self.set_reconnection_time(Digits::None.and(bytes)),
        }
        Ok(())
    }

    /// Takes a `data` field whose line is whole: most lines are one.
    #[inline]
    pub(super) fn take_data<'c>(
        &mut self,
        Value { bytes, text }: Value<'c>,
        whole: &mut Whole<'c>,
    ) -> Result<(), DecodeError> {
        self.grow(bytes.len().saturating_add(1))?;
        if text.is_some() && whole.data.is_none() && !self.data.has_lines() {
            whole.data = text;
            return Ok(());
        }
        self.keep_data(whole);
        match text {
            Some(text) => self.data.push(text),
            None => self.data.push(&String::from_utf8_lossy(bytes)),
        }
        Ok(())
    }

    /// Begins the value of a field whose line is cut.
    pub(super) fn begin(&mut self, field: Field, whole: &mut Whole<'_>) -> Result<(), DecodeError> {
        self.grow(1)?;
        match field {
            Field::Data => {
                self.keep_data(whole);
                self.data.begin();
            }
            Field::EventType | Field::Id => self.value.clear(),
            Field::ReconnectionTime => self.digits = Digits::None,
        }
        Ok(())
    }

    /// Adds to the value that [`Block::begin`] began.
    #[inline]
    pub(super) fn extend(&mut self, field: Field, bytes: &[u8]) -> Result<(), DecodeError> {
        self.grow(bytes.len())?;
        match field {
            Field::Data => self.data.extend(bytes),
            Field::EventType | Field::Id => self.value.extend_from_slice(bytes),
            Field::ReconnectionTime => self.digits = self.digits.and(bytes),
        }
        Ok(())
    }

    /// Takes the field whose value is now complete. It is the first field of its chunk, so nothing
    /// newer stands in [`Whole`].
    pub(super) fn end(&mut self, field: Field) {
        match field {
            Field::EventType => replace(&mut self.event_type, &text(&self.value)),
            Field::Id if !self.value.contains(&0) => {
                self.has_id = true;
                replace(&mut self.id, &text(&self.value));
            }
            // An id with NUL is ignored.
            Field::Id => {}
            // Each piece went into the buffer when it came.
            Field::Data => self.data.end(),
            Field::ReconnectionTime => self.set_reconnection_time(self.digits),
        }
    }

    /// [Dispatches the event](https://html.spec.whatwg.org/multipage/server-sent-events.html#dispatchMessage),
    /// if there is data. Empties all buffers except that of the last event ID.
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
        // A block without data sets the last event ID too.
        let has_id = mem::take(&mut self.has_id);
        if has_id {
            whole.last_event_id = whole.id.take();
            if whole.last_event_id.is_none() {
                mem::swap(&mut self.last_event_id, &mut self.id);
            }
        }
        let reconnection_time = self.reconnection_time.take();
        let event_type = whole.event_type.take();
        if let Some(data) = whole.data.take().or_else(|| self.data.text()) {
            on_event(DecodedEvent {
                event_type: event_type.unwrap_or(&self.event_type),
                data,
                last_event_id: whole.last_event_id.unwrap_or(&self.last_event_id),
                has_id,
                reconnection_time,
            });
        }
        self.data.reset(self.retained);
        self.event_type.clear();
        if self.event_type.capacity() > self.retained {
            self.event_type = String::new();
        }
        if self.value.capacity() > self.retained {
            self.value = Vec::new();
        }
    }

    /// Copies the parts that must outlive the chunk.
    #[inline]
    pub(super) fn keep(&mut self, mut whole: Whole<'_>) {
        self.keep_data(&mut whole);
        if let Some(event_type) = whole.event_type {
            replace(&mut self.event_type, event_type);
        }
        if let Some(id) = whole.id {
            replace(&mut self.id, id);
        }
        if let Some(id) = whole.last_event_id {
            replace(&mut self.last_event_id, id);
        }
    }

    #[inline]
    fn keep_data(&mut self, whole: &mut Whole<'_>) {
        if let Some(data) = whole.data.take() {
            self.data.push(data);
        }
    }

    fn set_reconnection_time(&mut self, digits: Digits) {
        if let Some(time) = digits.number() {
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

fn replace(buffer: &mut String, text: &str) {
    buffer.clear();
    buffer.push_str(text);
}
