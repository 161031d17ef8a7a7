//! All audiences of a hub, found by what they asked for and by the topics they asked for.

use std::{collections::HashMap, rc::Rc, sync::Arc};

use slab::Slab;
use thiserror::Error;

use crate::{
    base::heap,
    hub::{
        audience::{Audience, Selection},
        fields::Fields,
        pending::Pending,
    },
    log::update::EncodedUpdate,
    topics::{
        resolved_topics::ResolvedTopics,
        selector_index::{SelectorIndex, TooManySelectors},
        selectors::Selectors,
        topic::Topic,
        topic_selector::TopicSelector,
        topics::Topics,
        url_parser::UrlParser,
    },
};

/// The place of an audience.
pub(crate) type AudienceKey = usize;

/// The place of a connection.
pub(crate) type ConnectionKey = usize;

/// The place of a list of grants.
type GrantsKey = usize;

/// The audiences that have at least one connection.
#[derive(Debug, Default)]
pub(crate) struct Audiences {
    members: Slab<Group>,
    by_selection: HashMap<Rc<Selection>, AudienceKey>,
    /// Which of them have asked for a topic.
    asked: SelectorIndex,
    grants: Slab<Grants>,
    /// By selections that ask for nothing.
    by_grants: HashMap<Rc<Selection>, GrantsKey>,
    /// Which of the lists of grants grant a topic.
    granted: SelectorIndex,
    /// Bytes of all these in memory, without the selectors.
    bytes: usize,
    /// Bytes of what is pending, beside those of the log.
    pending: usize,
}

/// Why an audience has no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NoPlace {
    /// Its selectors are too many beside those of the others.
    #[error(transparent)]
    Selectors(#[from] TooManySelectors),
    /// It does not fit the memory.
    #[error("the audience does not fit the memory")]
    Memory,
}

/// The grants of the tokens of some connections.
#[derive(Debug)]
struct Grants {
    selection: Rc<Selection>,
    compiled: Rc<Selectors>,
    audiences: usize,
}

/// An audience, those of its connections that wait at the tail, and what others still wait for.
#[derive(Debug)]
pub(crate) struct Group {
    audience: Audience,
    selection: Rc<Selection>,
    grants: Option<GrantsKey>,
    /// Its bytes in memory.
    bytes: usize,
    connections: usize,
    /// Connections that wait at the tail.
    pub waiting: Vec<ConnectionKey>,
    pending: Pending,
    /// The places of the topics that it is shown of the update at hand.
    topics: Vec<usize>,
}

/// The memory of an audience, or of a list of grants, beside its selectors: its places in the tables,
/// which grow by doubling.
const ENTRY_BYTES: usize = 2 * size_of::<Group>() + 16 * size_of::<usize>();

impl Audiences {
    /// Adds a connection to the audience of `selection`, if all audiences together then take no more
    /// than this many bytes. Selectors that are new count for the client's address, if it is known.
    ///
    /// # Errors
    /// [`NoPlace`]; there is then nothing of it.
    pub(crate) fn join(
        &mut self,
        selection: &Selection,
        address: Option<&Arc<str>>,
        room: usize,
    ) -> Result<AudienceKey, NoPlace> {
        let key = match self.by_selection.get(selection) {
            Some(key) => *key,
            None => self.insert(selection, address),
        };
        if let Some(group) = self.members.get_mut(key) {
            group.connections += 1;
        }
        let of = address.map(|address| &**address);
        let fits = self.asked.check(of).and_then(|()| self.granted.check(of));
        let place = match fits {
            Ok(()) if self.bytes() <= room => return Ok(key),
            Ok(()) => NoPlace::Memory,
            Err(many) => {
                let lists = [&selection.asked, &selection.granted];
                let may_fit = lists.iter().all(|list| SelectorIndex::takes(list, address));
                NoPlace::Selectors(if may_fit { many } else { TooManySelectors::Alone })
            }
        };
        self.leave(key);
        Err(place)
    }

    fn insert(&mut self, selection: &Selection, address: Option<&Arc<str>>) -> AudienceKey {
        let key = self.members.vacant_key();
        let asked = selection.asked.iter();
        let asked = asked.map(|selector| self.asked.insert(selector, key, address)).collect();
        let grants =
            (!selection.granted.is_empty()).then(|| self.join_grants(&selection.granted, address));
        let (granted, compiled) = match grants.and_then(|grants| self.grants.get(grants)) {
            Some(grants) => (Rc::clone(&grants.selection.granted), Rc::clone(&grants.compiled)),
            None => Default::default(),
        };
        let selection = Rc::new(Selection { asked, granted, ..selection.clone() });
        let audience = Audience::with_grants(&selection, compiled);
        let bytes = ENTRY_BYTES + audience.held_bytes() + links(&selection.asked);
        self.bytes += bytes;
        self.by_selection.insert(Rc::clone(&selection), key);
        self.members.insert(Group {
            audience,
            selection,
            grants,
            bytes,
            connections: 0,
            waiting: Vec::new(),
            pending: Pending::default(),
            topics: Vec::new(),
        })
    }

    fn join_grants(
        &mut self,
        granted: &Rc<[TopicSelector]>,
        address: Option<&Arc<str>>,
    ) -> GrantsKey {
        let alone = Selection { granted: Rc::clone(granted), ..Selection::default() };
        if let Some(key) = self.by_grants.get(&alone).copied()
            && let Some(grants) = self.grants.get_mut(key)
        {
            grants.audiences += 1;
            return key;
        }
        let key = self.grants.vacant_key();
        let granted = granted.iter();
        let granted = granted.map(|selector| self.granted.insert(selector, key, address)).collect();
        let selection = Rc::new(Selection { granted, ..alone });
        let compiled: Rc<Selectors> = Rc::new(selection.granted.iter().cloned().collect());
        self.by_grants.insert(Rc::clone(&selection), key);
        let grants = Grants { selection, compiled, audiences: 1 };
        self.bytes += grants.held_bytes();
        self.grants.insert(grants)
    }

    /// Removes a connection, which no longer waits, and with the last one the audience.
    pub(crate) fn leave(&mut self, key: AudienceKey) {
        let Some(group) = self.members.get_mut(key) else { return };
        group.connections -= 1;
        if group.connections > 0 {
            return;
        }
        let group = self.members.remove(key);
        self.by_selection.remove(&group.selection);
        self.bytes -= group.bytes;
        self.pending -= group.pending.bytes();
        for selector in &*group.selection.asked {
            self.asked.remove(selector, key);
        }
        if let Some(grants) = group.grants {
            self.leave_grants(grants);
        }
    }

    fn leave_grants(&mut self, key: GrantsKey) {
        let Some(grants) = self.grants.get_mut(key) else { return };
        grants.audiences -= 1;
        if grants.audiences > 0 {
            return;
        }
        let grants = self.grants.remove(key);
        self.by_grants.remove(&grants.selection);
        self.bytes -= grants.held_bytes();
        for selector in &*grants.selection.granted {
            self.granted.remove(selector, key);
        }
    }

    /// Bytes that all of them take in memory, each selector counted once.
    #[must_use]
    pub(crate) fn bytes(&self) -> usize {
        self.bytes + self.asked.bytes() + self.granted.bytes()
    }

    /// The audience with this key.
    #[must_use]
    pub(crate) fn audience(&self, key: AudienceKey) -> Option<&Audience> {
        self.members.get(key).map(|group| &group.audience)
    }

    /// The keys of all of them.
    pub(crate) fn keys(&self) -> Vec<AudienceKey> {
        self.members.iter().map(|(key, _)| key).collect()
    }

    /// The connections of this audience that wait.
    pub(crate) fn waiting(&mut self, key: AudienceKey) -> Option<&mut Vec<ConnectionKey>> {
        self.members.get_mut(key).map(|group| &mut group.waiting)
    }

    /// How many connections are shown this update, whether they wait or are behind. A finite read is not,
    /// however long it takes.
    #[must_use]
    pub(crate) fn reach(&self, update: &EncodedUpdate, urls: &dyn UrlParser) -> usize {
        let is_live = |group: &Group| !group.audience.is_finite();
        let shown = self.shown(update, &ResolvedTopics::new(&update.topics, urls), is_live);
        shown.into_iter().filter_map(|key| Some(self.members.get(key)?.connections)).sum()
    }

    /// The audiences that have asked for this topic, in order.
    #[must_use]
    pub(crate) fn asking(&self, topic: &Topic, urls: &dyn UrlParser) -> Vec<AudienceKey> {
        let topics = Topics::from(topic.clone());
        self.asked.find(&ResolvedTopics::new(&topics, urls), |_| true)
    }

    /// The wanted audiences that may see this update. A private one is compared with grants first, so
    /// that audiences without a grant cost nothing.
    fn shown(
        &self,
        update: &EncodedUpdate,
        topics: &ResolvedTopics<'_>,
        wanted: impl Fn(&Group) -> bool,
    ) -> Vec<AudienceKey> {
        let granting = update.private.then(|| self.granted.find(topics, |_| true));
        if granting.as_ref().is_some_and(Vec::is_empty) {
            return Vec::new();
        }
        self.asked.find(topics, |key| {
            let is_permitted = |group: &Group| {
                group.is_granted(granting.as_deref()) && group.audience.takes(update.kind)
            };
            self.members.get(key).is_some_and(|group| wanted(group) && is_permitted(group))
        })
    }

    /// Notes the topics that those of the `readers` are shown who asked for topics. Each selector is
    /// compared with each topic once more, not once for each audience.
    fn note_topics(
        &mut self,
        update: &EncodedUpdate,
        topics: &ResolvedTopics<'_>,
        readers: &[AudienceKey],
    ) {
        let asks = |key| self.members.get(key).is_some_and(Group::asks_for_topics);
        if !readers.iter().any(|key| asks(*key)) {
            return;
        }
        for at in 0..topics.len() {
            let alone = at..at + 1;
            let granting =
                update.private.then(|| self.granted.find_at(topics, alone.clone(), |_| true));
            let shown = self.asked.find_at(topics, alone, |key| {
                let is_shown = |group: &Group| {
                    group.asks_for_topics() && group.is_granted(granting.as_deref())
                };
                readers.binary_search(&key).is_ok() && self.members.get(key).is_some_and(is_shown)
            });
            for key in shown {
                if let Some(group) = self.members.get_mut(key) {
                    group.topics.push(at);
                }
            }
        }
    }
}

impl Grants {
    fn held_bytes(&self) -> usize {
        ENTRY_BYTES + self.compiled.held_bytes() + links(&self.selection.granted)
    }
}

/// The memory for a holder of these selectors: each selector is in one list, its holder in another,
/// which grows by doubling.
fn links(selectors: &[TopicSelector]) -> usize {
    heap::list::<(TopicSelector, usize, usize)>(selectors.len())
}

impl Group {
    fn asks_for_topics(&self) -> bool {
        self.audience.fields() == Fields::WithTopics
    }

    /// Whether its grants are among these, if some are needed.
    fn is_granted(&self, granting: Option<&[GrantsKey]>) -> bool {
        let is_among = |granting: &[GrantsKey]| {
            self.grants.is_some_and(|grants| granting.binary_search(&grants).is_ok())
        };
        granting.is_none_or(is_among)
    }
}

mod due;
#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
