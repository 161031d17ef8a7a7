//! How the streams of the clients of a [`LinkHost`] begin, and their links are opened, lost and opened again.

use std::num::NonZeroU32;

use super::{
    Refused,
    direct::Direct,
    host::id,
    link_host::{Asks, DIRECT, LinkHost, Socket, WINDOW},
    link_shell::Leaving,
    link_worker::Worker,
};
use crate::{
    base::{limits::LINK_WINDOW, sequence::Sequence},
    hub::{
        close_reason::CloseReason, engine::subscribe::SubscribeError, resumes::Resumes,
        subscriber::Subscriber,
    },
    link::{attachment::Attachment, credit::Credit, opening::Reopening, state::LinkState},
    tokens::access::Access,
};

impl LinkHost {
    pub(super) fn subscribe(
        &mut self,
        number: u8,
        Asks { request, access }: &Asks,
        resumes: Option<Resumes>,
    ) -> Result<(), SubscribeError<Refused>> {
        let now = self.now;
        let client = Subscriber { id: id(number), request, access, resumes };
        let subscribed = self.hub().subscribe(client, number, now)?;
        assert!(!(resumes.is_some() && subscribed.is_registered), "a hook for one that goes on");
        if subscribed.is_registered {
            self.hub().start(id(number)).unwrap();
        }
        Ok(())
    }

    /// A client comes, in the place of the one that was there. Returns the update behind which its stream begins,
    /// unless it is turned away.
    pub(super) fn open(&mut self, number: u8, asks: impl Into<Asks>) -> Option<Sequence> {
        self.goes(number);
        let asks = asks.into();
        self.subscribe(number, &asks, None).ok()?;
        let begins = self.hub().given(id(number)).unwrap();
        if number >= DIRECT {
            self.directs.insert(number, Direct::default());
            self.pull_direct(number);
        } else {
            let mut worker = Worker::new(number, asks);
            worker.is_linked_again(begins);
            self.workers.insert(number, worker);
            self.link(number, 0);
        }
        Some(begins)
    }

    /// The socket of a link is accepted.
    fn link(&mut self, number: u8, unread: u32) {
        self.generations += 1;
        let state = Attachment {
            id: id(number),
            generation: self.generations,
            selection: NonZeroU32::new(u32::from(number)),
            behind: Some(Sequence::START),
            credit: Credit::beside(LINK_WINDOW - WINDOW + unread),
            expires: None,
            address: None,
            is_compressed: false,
        };
        let state = Some(LinkState::new(state, &self.touched));
        self.sockets.insert(number, Socket { kept: None, state, is_lost: false });
        self.keep(number);
        self.feed(number);
        self.take_turns();
    }

    /// The Worker opens its link again; `access` is what its client is granted now.
    pub(super) fn reopen(&mut self, number: u8, access: &Access) {
        let Some(worker) = self.workers.get_mut(&number) else { return };
        if worker.ended.is_some() {
            return;
        }
        worker.loses();
        worker.asks.access = access.clone();
        let (asks, reopening) = (worker.asks.clone(), worker.reopening());
        let Reopening { cursor, unread, has_begun, .. } = reopening;
        let before = self.hub().standing(id(number));
        let replaced = self.hub().replace(id(number));
        assert_eq!(replaced.is_some(), before.is_some());
        if let Some(old) = self.sockets.remove(&number).filter(|old| !old.is_lost) {
            self.left.push(old.kept);
        }
        let mut resumes = Resumes { has_begun, ..Resumes::behind(cursor) };
        resumes.standing.closing = before.and_then(|standing| standing.closing);
        if self.subscribe(number, &asks, Some(resumes)).is_ok() {
            let cursor = self.hub().given(id(number)).unwrap();
            self.workers.get_mut(&number).unwrap().is_linked_again(cursor);
            self.link(number, unread);
        }
    }

    /// The Worker has lost its link. The object does not know yet.
    pub(super) fn loses(&mut self, number: u8) {
        if let Some(worker) = self.workers.get_mut(&number) {
            worker.loses();
        }
    }

    /// The object learns that a link has closed: one that was replaced, or that of this Worker if it is lost.
    pub(super) fn notices(&mut self, number: u8) {
        if let Some(kept) = self.left.pop() {
            self.left(&kept, Leaving::Lost);
        } else if self.workers.get(&number).is_some_and(|worker| !worker.is_linked)
            && let Some(socket) = self.sockets.get(&number).filter(|socket| !socket.is_lost)
        {
            let kept = socket.kept.clone();
            self.left(&kept, Leaving::Lost);
            assert!(self.has(number), "{number} is kept for a while");
        }
    }

    /// The time of the Workers that were to open another link is over.
    pub(super) fn end_graces(&mut self) {
        let now = self.now;
        for (_, kept) in self.graces.extract_if(.., |(until, _)| *until <= now).collect::<Vec<_>>()
        {
            self.left(&kept, Leaving::Client);
        }
    }

    /// The client goes away.
    pub(super) fn goes(&mut self, number: u8) {
        if self.directs.remove(&number).is_some() {
            let _ = self.hub().remove(id(number), CloseReason::ClientGone);
        }
        if let Some(kept) = self.sockets.get(&number).map(|socket| socket.kept.clone()) {
            self.left(&kept, Leaving::Client);
            assert!(!self.has(number), "the end of {number} is noticed");
        }
        self.workers.remove(&number);
    }
}
