//! Links: how they are opened, fed and left, and what is kept of them while the hub sleeps.

use std::{num::NonZeroU32, rc::Rc, time::Duration};

use crate::{
    base::{connection_id::ConnectionId, limits::SPARE_SELECTIONS, sequence::Sequence},
    http::error::Error,
    hub::{
        close_reason::CloseReason,
        engine::subscribe::Subscribed,
        registry::Closed,
        resumes::{Resumes, Standing},
        subscriber::Subscriber,
    },
    link::{attachment::Attachment, grant::Grant, state::LinkState},
    web::{
        engine::{delivery::Carried, engine::Engine, places::Entrance, subscribe::Newcomer},
        host::{link_socket::LinkSocket, selection::SelectionTexts, storage::Storage},
        streams::{compressor::Compressor, feed::Feed, hooks::Hooks, link::Link, linked::Linked},
    },
};

/// The code of a socket whose client's time is over.
const EXPIRED: u16 = 4001;

/// The code of a socket whose client takes nothing.
const TOO_SLOW: u16 = 4002;

/// The code of a socket whose Worker opens another.
const LOST: u16 = 4003;

/// The code of a socket that has ended without a code, as when its Worker fails.
const ABNORMAL: u16 = 1006;

impl<K: Hooks, S: Storage> Engine<K, S> {
    /// The link over this socket. `compressor` is for a client whose stream is compressed.
    pub(crate) fn link(
        &self,
        socket: LinkSocket,
        state: Attachment,
        compressor: Option<Rc<Compressor>>,
    ) -> Rc<Link> {
        let link = Link::new(socket, LinkState::new(state, self.touched()), self.weak());
        Rc::new(link.with_compressor(compressor))
    }

    /// Makes the connection of a link. One that was there before goes on over this link.
    pub(crate) async fn open(
        &self,
        subscriber: Subscriber<'_>,
        attached: &Carried<K::State>,
    ) -> Result<Subscribed, Error> {
        let id = subscriber.id;
        let (standing, replaced) = {
            let mut hub = self.hub_mut();
            (hub.standing(id), hub.replace(id))
        };
        let counts = self.delivery().link_counts();
        let Some(replaced) = replaced else {
            let entered = self.subscribe(subscriber, attached).await;
            let is_new = subscriber.resumes.is_none();
            let count = if is_new { &counts.opened } else { &counts.reopened };
            count.add(u64::from(entered.is_ok()));
            return entered;
        };
        counts.replaced.add(1);
        if let Some(link) = replaced.transport().link() {
            link.give_up("replaced");
        }
        self.places().give_back(id);
        attached.goes_on(&replaced);
        let closing = standing.and_then(|standing| standing.closing);
        let resumes = subscriber.resumes.map(|resumes| {
            let standing = Standing { closing, ..resumes.standing };
            Resumes { standing, ..resumes }
        });
        let newcomer =
            Newcomer { engine: self, subscriber: Subscriber { resumes, ..subscriber }, attached };
        let entered = newcomer.enter();
        if entered.is_err() {
            let state = Rc::clone(attached);
            self.closed(&Closed { id, state, reason: CloseReason::ClientGone });
        }
        entered
    }

    /// Keeps the selection of a link, for the time after a sleep. Once two may be kept for each link, and
    /// some, the unused ones are removed.
    pub(crate) fn keep_selection(&self, link: &Link, texts: &SelectionTexts) -> Result<(), Error> {
        let kept = self.hub().log().history().keep_selection(texts);
        link.state().selects(kept.map_err(|error| self.history_failed(&error))?);
        // An earlier life may have left some.
        let selected = match self.selected().get() {
            Some(selected) => selected + 1,
            None => self.count_selections(),
        };
        self.selected().set(Some(selected));
        if selected > 2 * self.links() + SPARE_SELECTIONS {
            let ids: Vec<_> = self.hub().registry().connection_ids().collect();
            let key = |id| self.delivery().transport(id)?.link()?.state().selection();
            let used: Vec<NonZeroU32> = ids.into_iter().filter_map(key).collect();
            self.forget_other_selections(&used);
        }
        Ok(())
    }

    /// Gives up what the hub has in memory.
    pub(crate) fn empty(&self) {
        let connections = self.hub_mut().empty();
        drop(connections);
    }

    /// The number of links.
    pub(crate) fn links(&self) -> usize {
        self.hub().registry().links()
    }

    /// Whether there is a connection with this id.
    pub(crate) fn has(&self, id: ConnectionId) -> bool {
        self.hub().registry().get(id).is_ok()
    }

    /// How long a stream stays silent, unless that does not matter.
    pub(crate) fn heartbeat_interval(&self) -> Option<Duration> {
        self.hub().heartbeat().interval()
    }

    /// Where a connection stands in the log.
    pub(crate) fn given(&self, id: ConnectionId) -> Sequence {
        self.hub().given(id).unwrap_or_default()
    }

    /// A link from before the sleep goes on; returns whether there is a place for it. Its connection may have
    /// another link already, and the place is that one's.
    pub(crate) fn wake(&self, subscriber: Subscriber<'_>, attached: &Carried<K::State>) -> bool {
        let newcomer = Newcomer { engine: self, subscriber, attached };
        let woken = newcomer.enter().is_ok();
        self.delivery().link_counts().woken.add(u64::from(woken));
        if woken && !self.delivery().waits(subscriber.id) {
            attached.transport().pull_again();
        }
        woken
    }

    /// The selection of links from before the sleep.
    pub(crate) fn selection(&self, key: NonZeroU32) -> Option<SelectionTexts> {
        let kept = self.hub().log().history().selection(key);
        kept.unwrap_or_else(|error| {
            self.history_failed(&error);
            None
        })
    }

    /// All links from before the sleep are taken up, with the selections of these keys. Removes the others.
    pub(crate) fn all_woke(&self, used: &[NonZeroU32]) {
        let kept = self.count_selections();
        self.selected().set(Some(kept));
        if used.len() < kept {
            self.forget_other_selections(used);
        }
    }

    fn count_selections(&self) -> usize {
        let count = self.hub().log().history().count_selections();
        count.unwrap_or_else(|error| {
            self.history_failed(&error);
            0
        })
    }

    /// Removes the selections with other keys than these. Many links may end at once: the first removes all,
    /// and nothing is left for the others.
    pub(crate) fn forget_other_selections(&self, used: &[NonZeroU32]) {
        if self.selected().replace(Some(used.len())) == Some(0) {
            return;
        }
        let forgotten = self.hub().log().history().forget_other_selections(used);
        if let Err(error) = forgotten {
            self.application().failed("selections not removed", &error);
        }
    }

    /// The Worker has granted credit; returns whether the text could be read.
    pub(crate) fn said(&self, link: &Attachment, text: &str) -> bool {
        let Some(grant) = Grant::parse(text) else { return false };
        if let Some(attached) = self.of_link(link) {
            if let Some(link) = attached.transport().link() {
                link.state().grant(grant);
                self.delivery().link_counts().granted.add(grant.bytes().into());
            }
            self.feed(link.id);
        }
        true
    }

    /// The socket of a link was closed with this code; returns whether its connection is kept, since its
    /// Worker may open another link.
    pub(crate) fn left(&self, link: &Attachment, code: u16) -> bool {
        let Some(attached) = self.of_link(link) else { return false };
        let reason = match code {
            LOST | ABNORMAL => {
                if let Some(link) = attached.transport().link() {
                    link.lose();
                    self.delivery().link_counts().lost.add(1);
                }
                return true;
            }
            EXPIRED => CloseReason::Expired,
            TOO_SLOW => CloseReason::TooSlow,
            _ => CloseReason::ClientGone,
        };
        self.end(link.id, reason);
        false
    }

    /// The connection of a link that was not replaced.
    fn of_link(&self, link: &Attachment) -> Option<Carried<K::State>> {
        let attached = self.delivery().attached(link.id)?;
        let current = attached.transport().link()?.state().generation();
        (current == link.generation).then_some(attached)
    }

    /// Keeps the state of links with their sockets, unless a flush is under way: it would change.
    pub(super) fn settle_links(&self) {
        if self.flushes_later() {
            return;
        }
        let touched = self.touched().take();
        for id in touched {
            self.keep_link(id);
        }
    }

    /// Keeps the state of a link with its socket. A new one needs it at once: its Worker may say something, or
    /// leave, before the hub is quiet.
    pub(crate) fn keep_link(&self, id: ConnectionId) {
        let Some(transport) = self.delivery().transport(id) else { return };
        let standing = self.hub().standing(id);
        if let (Some(link), Some(standing)) = (transport.link(), standing) {
            link.keep(standing.behind);
        }
    }
}
