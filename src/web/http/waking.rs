//! The links of a hub that wakes: each goes on with what its client had asked for.

use std::{cell::RefCell, num::NonZeroU32, rc::Rc};

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
        host::{clock, link_socket::LinkSocket, storage::Storage},
        http::selection,
        streams::{attached::Attached, compressor::Compressor, hooks::Hooks},
    },
};

/// The selections that were read while the links are taken up again, in the order of their keys. A hub may
/// keep many more: those of links that have ended.
#[derive(Default)]
pub(crate) struct Waking(RefCell<Vec<Known>>);

/// A selection, which is read once for all links that have it.
struct Known {
    key: NonZeroU32,
    read: Option<Rc<(SubscribeRequest, Access)>>,
}

/// A link from before the sleep.
pub(crate) struct Asleep<A> {
    pub(crate) socket: LinkSocket,
    pub(crate) state: Attachment,
    pub(crate) application: A,
    pub(crate) compressor: Option<Rc<Compressor>>,
}

impl Waking {
    /// Takes up a link again; returns whether its client is given what it had asked for.
    pub(crate) fn wake<K: Hooks, S: Storage>(
        self: &Rc<Self>,
        (engine, config): (&Rc<Engine<K, S>>, &Config),
        asleep: Asleep<K::State>,
    ) -> bool {
        let Asleep { socket, state, application, compressor } = asleep;
        let selection = state.selection.and_then(|key| self.read(engine, config, key));
        let Some(selection) = selection else { return false };
        let (request, access) = &*selection;
        let standing = Standing { behind: state.behind, closing: None };
        let resumes = Resumes { standing, expires: state.expires, has_begun: true };
        let address = state.address.clone();
        let subscriber = Subscriber { id: state.id, request, access, resumes: Some(resumes) };
        let link = engine.link(socket, state, compressor);
        engine.wake(subscriber, &Rc::new(Attached::new(link, application).at(address)))
    }

    /// The selection with this key, if it is kept and this version reads it.
    fn read<K: Hooks, S: Storage>(
        self: &Rc<Self>,
        engine: &Rc<Engine<K, S>>,
        config: &Config,
        key: NonZeroU32,
    ) -> Option<Rc<(SubscribeRequest, Access)>> {
        let all = self.0.borrow();
        let at = match all.binary_search_by_key(&key, |known| known.key) {
            Ok(at) => return all.get(at)?.read.clone(),
            Err(at) => at,
        };
        if all.is_empty() {
            self.finish_later(engine);
        }
        drop(all);
        let texts = engine.selection(key);
        let read = texts.and_then(|texts| selection::read(&texts, config)).map(Rc::new);
        self.0.borrow_mut().insert(at, Known { key, read: read.clone() });
        read
    }

    /// Once the links are taken up, the selections that no link has are removed.
    fn finish_later<K: Hooks, S: Storage>(self: &Rc<Self>, engine: &Rc<Engine<K, S>>) {
        let (me, engine) = (Rc::clone(self), Rc::downgrade(engine));
        clock::soon(Box::new(move || {
            let used = me.0.take().into_iter().filter(|known| known.read.is_some());
            let used: Vec<NonZeroU32> = used.map(|known| known.key).collect();
            if let Some(engine) = engine.upgrade() {
                engine.all_woke(&used);
            }
        }));
    }
}
