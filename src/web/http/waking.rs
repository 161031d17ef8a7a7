//! The links of a hub that wakes: each goes on with what its client had asked for.

use std::{
    cell::{OnceCell, RefCell},
    num::NonZeroU32,
    rc::Rc,
};

use crate::{
    hub::{
        resumes::{Resumes, Standing},
        subscribe_request::SubscribeRequest,
        subscriber::Subscriber,
    },
    link::attachment::Attachment,
    settings::config::Config,
    tokens::access::Access,
    web::{
        engine::engine::Engine,
        host::{clock, link_socket::LinkSocket, selection::KeptSelection, storage::Storage},
        http::selection,
        streams::{attached::Attached, hooks::Hooks},
    },
};

/// The selections from before the sleep, while the links are taken up again.
#[derive(Default)]
pub(crate) struct Waking(RefCell<Option<Rc<[Known]>>>);

/// A selection, and what was read of it: once for all links that have it.
struct Known {
    kept: KeptSelection,
    read: OnceCell<Option<(SubscribeRequest, Access)>>,
}

/// A link from before the sleep.
pub(crate) struct Asleep<A> {
    pub(crate) socket: LinkSocket,
    pub(crate) state: Attachment,
    pub(crate) application: A,
}

impl Waking {
    /// Takes up a link again; returns whether its client is given what it had asked for.
    pub(crate) fn wake<K: Hooks, S: Storage>(
        self: &Rc<Self>,
        (engine, config): (&Rc<Engine<K, S>>, &Config),
        asleep: Asleep<K::State>,
    ) -> bool {
        let Asleep { socket, state, application } = asleep;
        let Some(selection) = state.selection else { return false };
        let all = self.all(engine);
        let at = all.binary_search_by_key(&selection, |known| known.kept.key);
        let known = at.ok().and_then(|at| all.get(at));
        let read = known.map(|known| {
            known.read.get_or_init(|| selection::read(&known.kept.texts, config)).as_ref()
        });
        let Some((request, access)) = read.flatten() else { return false };
        let standing = Standing { behind: state.behind, closing: None };
        let resumes = Resumes { standing, expires: state.expires, has_begun: true };
        let address = state.address.clone();
        let subscriber = Subscriber { id: state.id, request, access, resumes: Some(resumes) };
        let link = engine.link(socket, state);
        engine.wake(subscriber, &Rc::new(Attached::new(link, application).at(address)))
    }

    /// All selections. Once the links are taken up, those that no link has are removed.
    fn all<K: Hooks, S: Storage>(self: &Rc<Self>, engine: &Rc<Engine<K, S>>) -> Rc<[Known]> {
        if let Some(all) = &*self.0.borrow() {
            return Rc::clone(all);
        }
        let kept = engine.selections().into_iter();
        let all: Rc<[Known]> = kept.map(|kept| Known { kept, read: OnceCell::new() }).collect();
        self.0.replace(Some(Rc::clone(&all)));
        let (me, engine) = (Rc::clone(self), Rc::downgrade(engine));
        clock::soon(Box::new(move || {
            let all = me.0.take().unwrap_or_default();
            let used = all.iter().filter(|known| known.read.get().is_some());
            let used: Vec<NonZeroU32> = used.map(|known| known.kept.key).collect();
            if let Some(engine) = engine.upgrade().filter(|_| used.len() < all.len()) {
                engine.forget_other_selections(&used);
            }
        }));
        all
    }
}
