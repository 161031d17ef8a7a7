//! The next reading of one connection in the log: the updates for it, and the gaps between them.

use std::ops::ControlFlow;

use crate::{
    base::{
        limits::{MAX_CHUNK_BYTES, MAX_SCAN_PASSES},
        sequence::Sequence,
        timestamp::Timestamp,
    },
    hub::{audience::Audience, conflation::Conflation, page::Page},
    log::{
        gap::{Gap, GapForm, Untold},
        history::History,
        log::Log,
        place_key::{Nonce, Places},
        scanned::Scanned,
    },
    topics::{resolved_topics::ResolvedTopics, url_parser::UrlParser},
};

/// The reading state of a connection: the updates it knows to be gone, and what it is still owed.
#[derive(Debug)]
pub(crate) struct Reading {
    gap: Option<Gap>,
    /// Up to here the client knows which updates are gone.
    told: Sequence,
    form: GapForm,
    /// Updates that it has passed over and is still to be given the newest of.
    conflation: Option<Box<Conflation>>,
    /// The page of a finite read.
    page: Option<Box<Page>>,
}

/// The part of a log that one reading comes to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    /// It begins behind this update.
    pub(crate) from: Sequence,
    /// It ends with this one.
    pub(crate) until: Sequence,
    /// Whether its reader lags so far behind that it is given the newest of each topic alone.
    pub(crate) conflates: bool,
}

/// The log that a connection reads, and the audience that decides which updates it sees.
pub(crate) struct Source<'a, H> {
    pub(crate) log: &'a Log<H>,
    pub(crate) audience: Option<&'a Audience>,
    pub(crate) urls: &'a dyn UrlParser,
    pub(crate) places: &'a Places,
    /// The nonce of its places.
    pub(crate) nonce: Nonce,
    pub(crate) now: Timestamp,
}

/// Where a reading has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Came<E> {
    /// The last update that was looked at.
    pub(crate) to: Sequence,
    /// Whether that is the end of the span, or why it is not known.
    pub(crate) ended: Result<bool, E>,
    /// How many updates were left out since newer ones of their topics follow.
    pub(crate) left_out: u64,
    /// How many were written for the connection.
    pub(crate) shown: u64,
}

impl Default for Reading {
    fn default() -> Self {
        Self::new(None, Sequence::START, GapForm::Silence)
    }
}

impl Reading {
    /// A reading that begins behind a gap, if there is one. Up to `told` the client knows which updates
    /// are gone.
    pub(crate) fn new(gap: Option<Gap>, told: Sequence, form: GapForm) -> Self {
        Self { gap, told, form, conflation: None, page: None }
    }

    /// The same reading, which ends with this page, if there is one.
    pub(crate) fn with_page(self, page: Option<Page>) -> Self {
        Self { page: page.map(Box::new), ..self }
    }

    /// Whether updates that were passed over are still to be given.
    pub(crate) fn conflates(&self) -> bool {
        self.conflation.is_some()
    }

    /// Reads the updates of a span that the connection may see to the end of `chunk`: up to a full
    /// chunk, or as many as may be compared in one turn.
    ///
    /// # Errors
    /// The history's own, when it is not known which updates are gone; nothing has changed then.
    pub(crate) fn read<H: History>(
        &mut self,
        source: &Source<'_, H>,
        span: Span,
        chunk: &mut Vec<u8>,
    ) -> Result<Came<H::Error>, H::Error> {
        let &Source { log, audience, now, .. } = source;
        if self.page.as_ref().is_some_and(|page| page.is_over()) {
            return Ok(Came { to: span.from, ended: Ok(true), left_out: 0, shown: 0 });
        }
        let known = span.from.max(self.told);
        let kinds = audience.map_or(&[][..], Audience::kinds);
        let gone = log.gone(kinds, now)?.max(known);
        let mut untold = Untold {
            gap: self.gap.take(),
            form: self.form,
            places: source.places,
            nonce: source.nonce,
        };
        let conflation = self.conflation.take();
        let mut conflation = conflation.or_else(|| span.conflates.then(Box::default));
        let from = log.held_from(span.from, now);
        let cursor = from.as_ref().map_or(span.from, |from| *from);
        if gone > known {
            // Behind the cursor there may be holes between what is held, which nobody has counted.
            let is_a_run = gone <= cursor && known == span.from;
            let missed = audience
                .filter(|audience| is_a_run && audience.sees_everything())
                .map(|_| cursor.get() - span.from.get());
            untold.add(missed);
        }
        let (mut seen, mut passes, mut shown) = (cursor, 0, 0);
        let scanned = from.and_then(|cursor| {
            log.scan(cursor, span.until, |entry| {
                seen = entry.sequence;
                let topics = ResolvedTopics::new(&entry.update.topics, source.urls);
                let admits = audience.filter(|audience| audience.admits(&entry.update, &topics));
                if let Some(entry) = admits.map(|audience| audience.shown(entry, &topics)) {
                    if let Some(conflation) = &mut conflation {
                        conflation.add(&entry);
                    } else if let Some(page) = &mut self.page {
                        shown += 1;
                        page.add(&entry, &mut untold, chunk);
                        if page.is_full() {
                            return ControlFlow::Break(());
                        }
                    } else {
                        shown += 1;
                        untold.tell_ahead_of(&entry, chunk);
                        chunk.extend_from_slice(&entry.update.event);
                    }
                }
                // To hold this one against the selectors may have cost so much that others come first.
                passes += audience.map_or(0, |audience| audience.passes(&entry.update, &topics));
                if passes > MAX_SCAN_PASSES {
                    return ControlFlow::Break(());
                }
                match chunk.len() + conflation.as_ref().map_or(0, |held| held.bytes()) {
                    0..MAX_CHUNK_BYTES => ControlFlow::Continue(()),
                    _ => ControlFlow::Break(()),
                }
            })
        });
        let is_full = self.page.as_ref().is_some_and(|page| page.is_full());
        let ended = is_full || matches!(scanned, Ok(Scanned::End));
        if let Ok(Scanned::Unreadable(unreadable)) = scanned {
            seen = unreadable;
            // For whom it was is not known any more.
            untold.add(audience.filter(|audience| audience.sees_everything()).map(|_| 1));
        }
        let is_due =
            |held: &mut Box<Conflation>| ended || chunk.len() + held.bytes() >= MAX_CHUNK_BYTES;
        let mut left_out = 0;
        if let Some(conflation) = conflation.take_if(is_due) {
            left_out = conflation.left_out();
            shown = conflation.len() as u64;
            conflation.write(&mut untold, chunk);
        }
        let to = if ended && !is_full { span.until.max(seen) } else { seen };
        match &mut self.page {
            Some(page) if ended => page.end(to, &mut untold, chunk),
            _ if ended => untold.tell_at(to, chunk),
            _ => {}
        }
        self.gap = untold.gap;
        self.told = gone;
        self.conflation = conflation;
        Ok(Came { to, ended: scanned.map(|_| ended), left_out, shown })
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
