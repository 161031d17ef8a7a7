//! Where the stream of a subscriber begins, and what it is told of that.

use crate::{
    base::{dialect::Dialect, sequence::Sequence, timestamp::Timestamp},
    event_stream::event_id::EventId,
    hub::{
        audience::{Audience, Selection},
        last_event_id::LastEventId,
        page,
        resumes::Resumes,
        subscribe_request::SubscribeRequest,
        subscriber::Subscriber,
        telling::Telling,
    },
    log::{
        gap::{Gap, Untold},
        history::History,
        log::Log,
        place::Place,
        update::EncodedUpdate,
        update_id::IdOrigin,
    },
    topics::{resolved_topics::ResolvedTopics, url_parser::UrlParser},
};

/// The beginning of a stream.
pub(super) struct Start {
    /// It is sent the updates behind this one.
    pub(super) cursor: Sequence,
    /// A gap that it is still to be told.
    pub(super) gap: Option<Gap>,
    /// Up to here the client knows which updates are gone.
    pub(super) told: Sequence,
    /// Its first bytes.
    pub(super) opening: Vec<u8>,
    /// The place before its first update, if the request asked for it.
    pub(super) preceding: Option<Place>,
    /// The last closing, if every topic that it asks for is closed, and it asks for nothing else.
    pub(super) ends: Option<Sequence>,
    /// Whether it is told that updates are missing, or would be if it listened.
    pub(super) has_gap: bool,
}

/// The parts of a hub that decide where a stream begins.
pub(super) struct Beginning<'a, H> {
    pub(super) log: &'a Log<H>,
    pub(super) telling: &'a Telling,
    pub(super) urls: &'a dyn UrlParser,
}

impl<H: History> Beginning<'_, H> {
    /// Where the stream of this subscriber begins.
    ///
    /// # Errors
    /// The history's own.
    pub(super) fn of(
        &self,
        subscriber: Subscriber<'_>,
        selection: &Selection,
        now: Timestamp,
    ) -> Result<Start, H::Error> {
        let Subscriber { id, request, resumes, .. } = subscriber;
        let mut tail = self.log.tail();
        if let Some(resumes) = resumes {
            if resumes.has_begun {
                return self.go_on(resumes, selection);
            }
            tail = resumes.standing.behind.map_or(tail, |cursor| cursor.min(tail));
        }
        // Everything up to the tail counts as seen, and what comes behind it is sent.
        let live = self.telling.place(tail, id.into());
        let audience = Audience::new(selection);
        let mut start = Start {
            cursor: tail,
            gap: None,
            told: tail,
            // Something goes out at once.
            opening: page::opening(request.form()).into(),
            preceding: None,
            ends: self.end_of(&audience)?,
            has_gap: false,
        };
        match request.last_event_id() {
            None => self.tell_place(&live, request, &mut start),
            Some(LastEventId::Empty) => {
                self.tell_place(&live, request, &mut start);
                start.preceding = Some(answer(request.dialect(), live));
            }
            Some(LastEventId::Earliest) => {
                start.cursor = self.log.held_from(Sequence::START, now)?;
                start.told = self.log.gone(audience.kinds(), now)?;
                start.preceding = Some(Place::Earliest);
                // A stream has told the client so when nothing had been kept, and by now something has
                // been removed that it may not have seen.
                if request.is_returning() && start.told > Sequence::START {
                    start.gap = Some(Gap { requested: Some(Place::Earliest), missed: None });
                } else if start.cursor >= tail && !request.is_returning() {
                    self.tell_place(&live, request, &mut start);
                }
            }
            Some(LastEventId::After(asked)) => {
                let asked_for = Place::After(asked.clone());
                if let Some(cursor) = self.resolve(asked, &audience, now)? {
                    (start.cursor, start.told) = (cursor, cursor);
                    start.preceding = Some(asked_for.clone());
                    // Some of the updates behind it are gone. The others are replayed.
                    if self.log.gone(audience.kinds(), now)? > cursor {
                        start.preceding = Some(Place::Earliest);
                        start.gap = Some(Gap { requested: Some(asked_for), missed: Some(0) });
                    }
                } else {
                    let gap = Some(Gap { requested: Some(asked_for), missed: None });
                    start.has_gap = true;
                    // Whose topics are closed is told so behind the gap.
                    start.cursor = start.ends.map_or(tail, Sequence::previous);
                    if request.finite_read().is_some() {
                        start.gap = gap;
                    } else {
                        let form = self.telling.gap_form(request);
                        let places = self.telling.places();
                        // Nothing is replayed, so that the gap need not wait for what follows it.
                        let mut untold = Untold { gap, form, places, nonce: id.into() };
                        untold.tell_at(start.cursor, &mut start.opening);
                    }
                    start.preceding = Some(answer(request.dialect(), live));
                }
            }
        }
        start.has_gap |= start.gap.is_some();
        Ok(start)
    }

    /// Where a stream goes on that has begun. What is gone behind its place is told as a gap.
    fn go_on(&self, resumes: Resumes, selection: &Selection) -> Result<Start, H::Error> {
        let tail = self.log.tail();
        // A connection that waits has been told of each closing.
        let (cursor, ends) = match resumes.standing.behind {
            Some(cursor) => (cursor.min(tail), self.end_of(&Audience::new(selection))?),
            None => (tail, None),
        };
        Ok(Start {
            cursor,
            gap: None,
            told: cursor,
            opening: Vec::new(),
            preceding: None,
            ends,
            has_gap: false,
        })
    }

    /// The last of the closings of all the topics that an audience asks for, if it asks for nothing else
    /// and may know of each of them.
    ///
    /// # Errors
    /// The history's own.
    pub(super) fn end_of(&self, audience: &Audience) -> Result<Option<Sequence>, H::Error> {
        let Some(topics) = audience.topics_alone() else { return Ok(None) };
        let mut last = Sequence::START;
        for topic in topics {
            match self.log.closed(topic)? {
                Some(closed)
                    if closed.sequence <= self.log.tail()
                        && audience.may_know(topic, closed, self.urls) =>
                {
                    last = last.max(closed.sequence);
                }
                _ => return Ok(None),
            }
        }
        Ok(Some(last))
    }

    /// Behind which update the client has been told to be, or the one whose id it has.
    fn resolve(
        &self,
        asked: &EventId,
        audience: &Audience,
        now: Timestamp,
    ) -> Result<Option<Sequence>, H::Error> {
        match self.telling.read(asked) {
            Some(cursor) => Ok(Some(cursor).filter(|cursor| *cursor <= self.log.tail())),
            None => self.log.find(asked, now, |update| {
                update.id_origin == IdOrigin::Hub || self.may_read(audience, update)
            }),
        }
    }

    /// Lets a stream without a replay begin with its place. Otherwise its client has no last event ID
    /// until the first update comes, and loses the updates of the time in which its connection is lost.
    /// A finite read ends with its place.
    fn tell_place(&self, live: &Place, request: &SubscribeRequest, start: &mut Start) {
        if request.finite_read().is_none() && self.telling.tells_place(request) {
            live.encode(&mut start.opening);
        }
    }

    fn may_read(&self, audience: &Audience, update: &EncodedUpdate) -> bool {
        audience.may_read(update, &ResolvedTopics::new(&update.topics, self.urls))
    }
}

/// The place that is answered to a client whose last event ID says nothing, when its stream begins at
/// `live`: in 0.x that place, in 1.0 `earliest`.
fn answer(dialect: Dialect, live: Place) -> Place {
    match dialect {
        Dialect::V0 => live,
        Dialect::V1 => Place::Earliest,
    }
}
