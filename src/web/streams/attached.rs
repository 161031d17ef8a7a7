//! The part of a connection that the core carries and does not look into.

use std::{cell::OnceCell, rc::Rc, sync::Arc};

use crate::{
    hub::resumes::Keeper, presence::told_subscriptions::ToldSubscriptions,
    web::streams::transport::Transport,
};

/// The host's part of a connection: the hub keeps it with the connection and hands it back.
pub(crate) struct Attached<A> {
    transport: Rc<dyn Transport>,
    application: A,
    /// The address of its client, if it is known and addresses are limited.
    address: Option<Arc<str>>,
    /// The subscriptions that were announced, while the hub announces any.
    subscriptions: OnceCell<ToldSubscriptions>,
}

impl<A> Attached<A> {
    pub(crate) fn new(transport: Rc<dyn Transport>, application: A) -> Self {
        Self { transport, application, address: None, subscriptions: OnceCell::new() }
    }

    /// The same for a client at this address.
    pub(crate) fn at(self, address: Option<Arc<str>>) -> Self {
        Self { address, ..self }
    }

    pub(crate) fn transport(&self) -> &Rc<dyn Transport> {
        &self.transport
    }

    /// The application's state.
    pub(crate) fn application(&self) -> &A {
        &self.application
    }

    pub(crate) fn address(&self) -> Option<&Arc<str>> {
        self.address.as_ref()
    }

    /// Who keeps the time of the connection.
    pub(crate) fn keeper(&self) -> Keeper {
        match self.transport.link() {
            Some(_) => Keeper::Worker,
            None => Keeper::Hub,
        }
    }

    /// The connection of `before` goes on as this one.
    pub(crate) fn goes_on(&self, before: &Self) {
        if let Some(told) = before.subscriptions() {
            // It has none yet.
            let _ = self.subscriptions.set(told.clone());
        }
    }

    /// The subscriptions that were announced; `None` until the connection has a place.
    pub(crate) fn subscriptions(&self) -> Option<&ToldSubscriptions> {
        self.subscriptions.get()
    }

    /// The subscriptions to announce, which are found once.
    pub(crate) fn subscriptions_or(
        &self,
        find: impl FnOnce() -> ToldSubscriptions,
    ) -> &ToldSubscriptions {
        self.subscriptions.get_or_init(find)
    }

    /// Bytes of its subscriptions; the rest is small.
    pub(crate) fn held_bytes(&self) -> usize {
        self.subscriptions().map_or(0, ToldSubscriptions::held_bytes)
    }
}
