//! Which selectors may select a topic, found by name and by what they begin with.

mod beginnings;
mod chains;
mod shares;

use std::{collections::HashMap, ops::Range, sync::Arc};

use slab::Slab;
use thiserror::Error;

use crate::{
    base::limits::{MAX_BROAD_SELECTORS, MIN_ADDRESSES_TO_FILL},
    topics::{resolved_topics::ResolvedTopics, topic::Topic, topic_selector::TopicSelector},
};

use beginnings::{Beginnings, NewMember, SelectorKey};
use shares::Shares;

/// The holder of a selector: an audience, or a list of grants.
type Holder = usize;

/// The selectors of a hub, each once, with its holders.
#[derive(Debug, Default)]
pub(crate) struct SelectorIndex {
    by_topic: HashMap<Topic, Vec<Holder>>,
    broad: Slab<Broad>,
    /// Templates by the beginning of the topics that they select.
    topics: Beginnings,
    /// Patterns by the beginning of the URLs of the topics that they select.
    urls: Beginnings,
    shares: Shares,
    bytes: usize,
}

#[derive(Debug)]
struct Broad {
    selector: TopicSelector,
    holders: Vec<Holder>,
    /// The client address that brought it, if that is known.
    address: Option<Arc<str>>,
}

/// There are more selectors than a hub can compare with a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TooManySelectors {
    /// More than [`MAX_BROAD_SELECTORS`].
    #[error(
        "the hub has {MAX_BROAD_SELECTORS} templates and patterns already, as many as it takes; \
         topics can still be asked for by name"
    )]
    InAll,
    /// More than one topic may meet: `MAX_MET_PASSES` and the three bounds behind it.
    #[error(
        "the hub has as many templates and patterns that begin alike as it takes; topics can still \
         be asked for by name"
    )]
    BeginAlike,
    /// The client's address has used up its part of these bounds: one of [`MIN_ADDRESSES_TO_FILL`].
    #[error(
        "this address has brought as many templates and patterns as it may, one part in \
         {MIN_ADDRESSES_TO_FILL} of what the hub takes; topics can still be asked for by name, and \
         so can what others have asked for"
    )]
    OfAddress,
    /// They are too many even without those of others.
    #[error(
        "the templates and patterns of this subscription begin alike and are more than fit; ask for \
         fewer of them, or for topics by name"
    )]
    Alone,
}

/// The memory that a selector takes beside its own bytes: its places in the tables, which grow by doubling.
const ENTRY_BYTES: usize = 48 * size_of::<usize>();

impl SelectorIndex {
    /// Adds `holder`, which is new, to this selector. Returns the selector as it is already held, so that
    /// it is in memory once. A new selector is charged to the address.
    pub(crate) fn insert(
        &mut self,
        selector: &TopicSelector,
        holder: Holder,
        address: Option<&Arc<str>>,
    ) -> TopicSelector {
        if let TopicSelector::Exact(topic) = selector {
            let known = self.by_topic.get_key_value(topic).map(|(known, _)| known.clone());
            let topic = known.unwrap_or_else(|| {
                self.bytes += ENTRY_BYTES + selector.held_bytes();
                topic.clone()
            });
            add(self.by_topic.entry(topic.clone()).or_default(), holder);
            return TopicSelector::Exact(topic);
        }
        let key = match self.find_broad(selector, &selector.beginning()) {
            Ok(key) => key,
            Err(_) => self.insert_broad(selector, address),
        };
        let Some(broad) = self.broad.get_mut(key) else { return selector.clone() };
        add(&mut broad.holders, holder);
        broad.selector.clone()
    }

    fn insert_broad(
        &mut self,
        selector: &TopicSelector,
        address: Option<&Arc<str>>,
    ) -> SelectorKey {
        let key = self.broad.insert(Broad {
            selector: selector.clone(),
            holders: Vec::new(),
            address: address.cloned(),
        });
        for beginning in selector.beginnings() {
            let (Ok(at) | Err(at)) = self.find_broad(selector, &beginning);
            let member = NewMember { key, at, cost: selector.cost() };
            self.table(selector).insert(&beginning, member);
        }
        if let Some(address) = address {
            self.shares.charge(address, selector);
        }
        self.bytes += ENTRY_BYTES + selector.held_bytes();
        key
    }

    /// Removes `holder` from this selector.
    pub(crate) fn remove(&mut self, selector: &TopicSelector, holder: Holder) {
        if let TopicSelector::Exact(topic) = selector {
            let Some(holders) = self.by_topic.get_mut(topic) else { return };
            remove(holders, holder);
            if holders.is_empty() {
                self.by_topic.remove(topic);
                self.bytes -= ENTRY_BYTES + selector.held_bytes();
            }
            return;
        }
        let Ok(key) = self.find_broad(selector, &selector.beginning()) else { return };
        let Some(Broad { holders, .. }) = self.broad.get_mut(key) else { return };
        remove(holders, holder);
        if !holders.is_empty() {
            return;
        }
        for beginning in selector.beginnings() {
            self.table(selector).remove(&beginning, key, selector.cost());
        }
        if let Some(address) = self.broad.try_remove(key).and_then(|broad| broad.address) {
            self.shares.give_back(&address, selector);
        }
        self.bytes -= ENTRY_BYTES + selector.held_bytes();
    }

    /// The selector among those of a beginning, or its place there.
    fn find_broad(&self, selector: &TopicSelector, beginning: &str) -> Result<SelectorKey, usize> {
        let order = |key| self.broad.get(key).map(|broad: &Broad| broad.selector.cmp(selector));
        match selector {
            TopicSelector::UrlPattern(_) => self.urls.find(beginning, order),
            _ => self.topics.find(beginning, order),
        }
    }

    /// The table in which selectors of this kind are found.
    fn table(&mut self, selector: &TopicSelector) -> &mut Beginnings {
        match selector {
            TopicSelector::UrlPattern(_) => &mut self.urls,
            _ => &mut self.topics,
        }
    }

    /// Bytes of the selectors in memory.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Checks the bounds of the cost of one topic, and the address's part of them.
    pub(crate) fn check(&mut self, address: Option<&str>) -> Result<(), TooManySelectors> {
        if address.is_some_and(|address| !self.shares.fit(address)) {
            return Err(TooManySelectors::OfAddress);
        }
        if self.broad.len() > MAX_BROAD_SELECTORS {
            return Err(TooManySelectors::InAll);
        }
        let fits = self.topics.fit() && self.urls.fit();
        if fits { Ok(()) } else { Err(TooManySelectors::BeginAlike) }
    }

    /// Whether an empty index takes these selectors.
    pub(crate) fn takes(selectors: &[TopicSelector], address: Option<&Arc<str>>) -> bool {
        let mut alone = Self::default();
        for selector in selectors {
            alone.insert(selector, Holder::default(), address);
        }
        alone.check(address.map(|address| &**address)).is_ok()
    }

    /// The wanted holders of a selector of one of the topics, each once, in order. Each selector is
    /// compared with each topic at most once, and only if a wanted holder has it.
    pub(crate) fn find(
        &self,
        topics: &ResolvedTopics<'_>,
        wanted: impl Fn(Holder) -> bool,
    ) -> Vec<Holder> {
        self.find_at(topics, 0..topics.len(), wanted)
    }

    /// The same of the topics at these places.
    pub(crate) fn find_at(
        &self,
        topics: &ResolvedTopics<'_>,
        places: Range<usize>,
        wanted: impl Fn(Holder) -> bool,
    ) -> Vec<Holder> {
        let mut found = Vec::new();
        for at in places {
            let Some(topic) = topics.get(at) else { break };
            if let Some(holders) = self.by_topic.get(topic) {
                found.extend(holders.iter().copied().filter(|holder| wanted(*holder)));
            }
            let mut meet = |key: SelectorKey| {
                let Some(broad) = self.broad.get(key) else { return };
                let Some(first) = broad.holders.iter().position(|holder| wanted(*holder)) else {
                    return;
                };
                if broad.selector.selects(topics, at) {
                    let rest = broad.holders.get(first..).unwrap_or_default();
                    found.extend(rest.iter().copied().filter(|holder| wanted(*holder)));
                }
            };
            self.topics.each(topic.as_str(), &mut meet);
            if !self.urls.is_empty()
                && let Some(url) = topics.url(at)
            {
                self.urls.each(&url.key(), &mut meet);
            }
        }
        #[expect(clippy::stable_sort_primitive, reason = "a second kind of sort is 1 kB of wasm")]
        found.sort();
        found.dedup();
        found
    }
}

/// Holders are in order, so that one of many is found fast.
fn add(holders: &mut Vec<Holder>, holder: Holder) {
    if let Err(at) = holders.binary_search(&holder) {
        holders.insert(at, holder);
    }
}

fn remove(holders: &mut Vec<Holder>, holder: Holder) {
    if let Ok(at) = holders.binary_search(&holder) {
        holders.remove(at);
    }
}
