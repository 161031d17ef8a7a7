//! All audiences of a hub, found by what they asked for and by the topics they asked for.

use std::{
    collections::{HashMap, hash_map},
    rc::Rc,
    sync::Arc,
};

use slab::Slab;

use crate::{
    audience::{Audience, Selection},
    history::Entry,
    limits::MAX_CHUNK_BYTES,
    resolved_topics::ResolvedTopics,
    sequence::Sequence,
    topic::Topic,
    topics::Topics,
    update::EncodedUpdate,
    url_parser::UrlParser,
};

/// The place of an audience.
pub type AudienceKey = usize;

/// The place of a connection.
pub type ConnectionKey = usize;

/// The audiences that have at least one connection.
#[derive(Debug, Default)]
pub struct Audiences {
    members: Slab<Group>,
    by_selection: HashMap<Rc<Selection>, AudienceKey>,
    index: Index,
}

/// Finds the audiences that an update may be for.
#[derive(Debug, Default)]
struct Index {
    by_topic: HashMap<Topic, Vec<AudienceKey>>,
    broad: Vec<AudienceKey>,
}

/// How an audience was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Found {
    /// It asked for one of the update's topics by name. To look that up again in the audience, topic
    /// by topic, would cost as much as the update has topics, for each audience.
    ByName,
    /// It asked for more than names, which may select one of the topics.
    Broadly,
}

/// An audience, those of its connections that wait at the tail, and the chunk they get next.
#[derive(Debug)]
pub struct Group {
    audience: Audience,
    selection: Rc<Selection>,
    connections: usize,
    /// Connections that have read everything and have a read pending.
    pub waiting: Vec<ConnectionKey>,
    chunk: Option<Chunk>,
    seen: Sequence,
    cut: Option<Sequence>,
}

/// A chunk in the making.
#[derive(Debug)]
enum Chunk {
    One(Arc<[u8]>),
    Many(Vec<u8>),
}

impl Chunk {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::One(event) => event,
            Self::Many(events) => events,
        }
    }

    fn with(self, event: &[u8]) -> Self {
        let mut events = match self {
            Self::One(first) => first.to_vec(),
            Self::Many(events) => events,
        };
        events.extend_from_slice(event);
        Self::Many(events)
    }
}

/// What a flush gives to those of an audience who wait.
#[derive(Debug)]
pub struct Flushed {
    /// Who it is for.
    pub audience: AudienceKey,
    /// The updates, encoded, one behind the other. A single one is the log's own bytes, so that the
    /// audiences that share it are known by it.
    pub chunk: Arc<[u8]>,
    /// Where the chunk ends, if it ends before the tail because it is full.
    pub cut: Option<Sequence>,
}

impl Audiences {
    /// Adds a connection to the audience of `selection`.
    pub fn join(&mut self, selection: Selection) -> AudienceKey {
        let entry = match self.by_selection.entry(Rc::new(selection)) {
            hash_map::Entry::Occupied(found) => {
                let key = *found.get();
                if let Some(group) = self.members.get_mut(key) {
                    group.connections += 1;
                }
                return key;
            }
            hash_map::Entry::Vacant(vacant) => vacant,
        };
        let selection = Rc::clone(entry.key());
        let audience = Audience::new(&selection);
        let key = self.members.vacant_key();
        self.index.insert(key, &audience);
        entry.insert(key);
        self.members.insert(Group {
            audience,
            selection,
            connections: 1,
            waiting: Vec::new(),
            chunk: None,
            seen: Sequence::START,
            cut: None,
        })
    }

    /// Removes a connection, which no longer waits, and with the last one the audience.
    pub fn leave(&mut self, key: AudienceKey) {
        let Some(group) = self.members.get_mut(key) else { return };
        group.connections -= 1;
        if group.connections > 0 {
            return;
        }
        let group = self.members.remove(key);
        self.by_selection.remove(&group.selection);
        self.index.remove(key, &group.audience);
    }

    /// What decides for a connection of this audience.
    #[must_use]
    pub fn audience(&self, key: AudienceKey) -> Option<&Audience> {
        self.members.get(key).map(|group| &group.audience)
    }

    /// The connections of this audience that wait.
    pub fn waiting(&mut self, key: AudienceKey) -> Option<&mut Vec<ConnectionKey>> {
        self.members.get_mut(key).map(|group| &mut group.waiting)
    }

    /// How many connections are shown this update, whether they wait or are behind.
    #[must_use]
    pub fn reach(&self, update: &EncodedUpdate, urls: &dyn UrlParser) -> usize {
        let topics = ResolvedTopics::new(&update.topics, urls);
        let mut found: Vec<_> = self.index.find(&update.topics).collect();
        found.sort_unstable();
        found.dedup_by_key(|(key, _)| *key);
        let groups =
            found.into_iter().filter_map(|(key, found)| Some((self.members.get(key)?, found)));
        let shown = groups.filter(|(group, found)| group.is_shown(update, &topics, *found));
        shown.map(|(group, _)| group.connections).sum()
    }

    /// The chunk for every audience that has connections waiting and is shown any of `revealed`.
    /// An audience that asked for topics by name costs nothing when none of them is among these.
    pub fn flush<'a>(
        &mut self,
        revealed: impl Iterator<Item = &'a Entry>,
        urls: &dyn UrlParser,
    ) -> Vec<Flushed> {
        let mut touched = Vec::new();
        for entry in revealed {
            let topics = ResolvedTopics::new(&entry.update.topics, urls);
            for (key, found) in self.index.find(&entry.update.topics) {
                let group = self.members.get_mut(key);
                if group.is_some_and(|group| group.begins_with(entry, &topics, found)) {
                    touched.push(key);
                }
            }
        }
        let flushed = touched.into_iter().filter_map(|audience| {
            let group = self.members.get_mut(audience)?;
            let chunk = match group.chunk.take()? {
                Chunk::One(event) => event,
                Chunk::Many(events) => events.into(),
            };
            Some(Flushed { audience, chunk, cut: group.cut.take() })
        });
        flushed.collect()
    }
}

impl Index {
    fn insert(&mut self, key: AudienceKey, audience: &Audience) {
        for topic in audience.exact() {
            self.by_topic.entry(topic.clone()).or_default().push(key);
        }
        if audience.is_broad() {
            self.broad.push(key);
        }
    }

    fn remove(&mut self, key: AudienceKey, audience: &Audience) {
        self.broad.retain(|broad| *broad != key);
        for topic in audience.exact() {
            if let hash_map::Entry::Occupied(mut found) = self.by_topic.entry(topic.clone()) {
                found.get_mut().retain(|audience| *audience != key);
                if found.get().is_empty() {
                    found.remove();
                }
            }
        }
    }

    /// The audiences that an update of these topics may be for, some of them more than once; first
    /// those that asked for one by name.
    fn find(&self, topics: &Topics) -> impl Iterator<Item = (AudienceKey, Found)> {
        let named = topics.as_slice().iter().filter_map(|topic| self.by_topic.get(topic)).flatten();
        let named = named.map(|key| (*key, Found::ByName));
        named.chain(self.broad.iter().map(|key| (*key, Found::Broadly)))
    }
}

impl Group {
    fn is_shown(&self, update: &EncodedUpdate, topics: &ResolvedTopics<'_>, found: Found) -> bool {
        match found {
            Found::ByName => self.audience.is_permitted(update, topics),
            Found::Broadly => self.audience.admits(update, topics),
        }
    }

    /// Adds the update to the chunk, once and if it is for this audience; says whether the chunk
    /// begins with it.
    fn begins_with(&mut self, entry: &Entry, topics: &ResolvedTopics<'_>, found: Found) -> bool {
        let again = std::mem::replace(&mut self.seen, entry.sequence) == entry.sequence;
        if again || self.cut.is_some() || self.waiting.is_empty() {
            return false;
        }
        if !self.is_shown(&entry.update, topics, found) {
            return false;
        }
        let event = &entry.update.event;
        match self.chunk.take() {
            None => {
                self.chunk = Some(Chunk::One(Arc::clone(event)));
                return true;
            }
            Some(full) if full.bytes().len() >= MAX_CHUNK_BYTES => {
                self.cut = Some(entry.sequence.previous());
                self.chunk = Some(full);
            }
            Some(chunk) => self.chunk = Some(chunk.with(event)),
        }
        false
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
