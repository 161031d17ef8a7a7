//! A finite read while it goes on: what is left of its limit, and what stands around its updates.

use serde::Serialize;

use crate::{
    base::sequence::Sequence,
    event_stream::comment,
    hub::{
        finite_read::{FiniteRead, ReadForm},
        hub_events::HubEvents,
    },
    log::{
        gap::{Gap, Told, Untold},
        history::Entry,
        kind::Kind,
    },
};

/// The first bytes of the document. The hub's own events have no part in it, so that they cannot be
/// taken for updates.
const JSON_OPENING: &[u8] = br#"{"updates":["#;

/// The updates of a finite read, from its beginning to its end.
#[derive(Debug)]
pub(crate) struct Page {
    /// How many more it may be given.
    left: Option<u64>,
    form: ReadForm,
    hub_events: HubEvents,
    /// Whether an update stands before the next one.
    has_update: bool,
    /// A gap that the end of the document tells, and the update behind it.
    gap: Option<(Gap, Option<String>)>,
    is_over: bool,
}

/// What stands behind the updates of the document.
#[derive(Serialize)]
struct Ending<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    gap: Option<Told<'a>>,
    #[serde(rename = "lastEventID")]
    last_event_id: &'a str,
}

/// The first bytes of an answer in this form.
pub(crate) fn opening(form: ReadForm) -> &'static [u8] {
    match form {
        ReadForm::EventStream => comment::EMPTY,
        ReadForm::Json => JSON_OPENING,
    }
}

impl Page {
    /// The page that this read is given.
    pub(crate) fn new(read: FiniteRead, hub_events: HubEvents) -> Self {
        let FiniteRead { limit, form } = read;
        let left = limit.map(u64::from);
        Self { left, form, hub_events, has_update: false, gap: None, is_over: false }
    }

    /// Whether it has its end.
    pub(crate) fn is_over(&self) -> bool {
        self.is_over
    }

    /// Whether it has as many updates as it may have.
    pub(crate) fn is_full(&self) -> bool {
        self.left == Some(0)
    }

    /// Writes an update, in the form of the page, behind the gap that is untold. A document has no
    /// closings, and no events without data, which clients do not dispatch.
    pub(crate) fn add(&mut self, entry: &Entry, untold: &mut Untold<'_>, chunk: &mut Vec<u8>) {
        let is_update = entry.update.kind != Kind::Closing;
        let is_dispatched = !entry.update.event.is_empty();
        if self.form == ReadForm::Json && !(is_update && is_dispatched) {
            return;
        }
        match self.form {
            ReadForm::EventStream => untold.tell_ahead_of(entry, chunk),
            ReadForm::Json => {
                self.note(untold.take_gap(), Some(entry.update.id.as_str()));
                if self.has_update {
                    chunk.push(b',');
                }
            }
        }
        chunk.extend_from_slice(&entry.update.event);
        self.has_update = true;
        self.left = self.left.map(|left| left.saturating_sub(u64::from(is_update)));
    }

    /// Writes its end: the place behind this update, from which a later read goes on.
    pub(crate) fn end(&mut self, behind: Sequence, untold: &mut Untold<'_>, chunk: &mut Vec<u8>) {
        self.is_over = true;
        let place = untold.place(behind);
        match self.form {
            ReadForm::EventStream => {
                untold.tell_at(behind, chunk);
                if self.hub_events == HubEvents::Shown {
                    place.encode(chunk);
                }
            }
            ReadForm::Json => {
                self.note(untold.take_gap(), None);
                let gap = self.gap.as_ref().map(|(gap, first)| gap.told(first.as_deref()));
                let ending = Ending { gap, last_event_id: place.as_str() };
                // Text and numbers always serialise.
                let ending = serde_json::to_string(&ending).unwrap_or_default();
                for part in ["],", ending.trim_start_matches('{')] {
                    chunk.extend_from_slice(part.as_bytes());
                }
            }
        }
    }

    /// Notes a gap ahead of this update. All gaps of a document are told as one.
    fn note(&mut self, gap: Option<Gap>, first: Option<&str>) {
        let Some(gap) = gap else { return };
        self.gap = Some(match self.gap.take() {
            Some((before, first)) => (before.and(gap.missed), first),
            None => (gap, first.map(str::to_owned)),
        });
    }
}
