//! Which selectors may select a topic, found by name and by what they begin with.

mod beginnings;

use std::collections::HashMap;

use slab::Slab;
use thiserror::Error;

use crate::{
    limits::{MAX_BROAD_SELECTORS, MAX_MET_PASSES, MAX_MET_REGEXP_BYTES},
    resolved_topics::ResolvedTopics,
    selector_cost::SelectorCost,
    topic::Topic,
    topic_selector::TopicSelector,
};

use beginnings::Beginnings;

/// Who has a selector: an audience, or a list of grants.
type Holder = usize;

/// The place of a selector that is more than a name.
type SelectorKey = usize;

/// The selectors of a hub, each once, with those who hold it.
#[derive(Debug, Default)]
pub(crate) struct SelectorIndex {
    by_topic: HashMap<Topic, Vec<Holder>>,
    broad: Slab<Broad>,
    keys: HashMap<TopicSelector, SelectorKey>,
    /// What topics begin with, and what their URLs do.
    topics: Beginnings,
    urls: Beginnings,
    bytes: usize,
}

#[derive(Debug)]
struct Broad {
    selector: TopicSelector,
    holders: Vec<Holder>,
}

/// There are more selectors than a hub can hold against a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TooManySelectors {
    /// More than [`MAX_BROAD_SELECTORS`].
    #[error(
        "the hub has {MAX_BROAD_SELECTORS} templates and patterns already, as many as it takes; \
         topics can still be asked for by name"
    )]
    InAll,
    /// More than [`MAX_MET_PASSES`] or [`MAX_MET_REGEXP_BYTES`] that one topic can begin as.
    #[error(
        "the hub has as many templates and patterns that begin alike as it takes; topics can still \
         be asked for by name"
    )]
    BeginAlike,
}

/// What a selector takes beside its own bytes: its places in the tables, which grow by doubling.
const ENTRY_BYTES: usize = 32 * size_of::<usize>();

impl SelectorIndex {
    /// Notes that `holder`, which is new, has this selector. The same selector is given as it is held
    /// already, so that it is in memory once.
    pub(crate) fn insert(&mut self, selector: &TopicSelector, holder: Holder) -> TopicSelector {
        if let TopicSelector::Exact(topic) = selector {
            let known = self.by_topic.get_key_value(topic).map(|(known, _)| known.clone());
            let topic = known.unwrap_or_else(|| {
                self.bytes += ENTRY_BYTES + selector.held_bytes();
                topic.clone()
            });
            add(self.by_topic.entry(topic.clone()).or_default(), holder);
            return TopicSelector::Exact(topic);
        }
        if let Some(broad) = self.keys.get(selector).and_then(|key| self.broad.get_mut(*key)) {
            add(&mut broad.holders, holder);
            return broad.selector.clone();
        }
        let broad = Broad { selector: selector.clone(), holders: vec![holder] };
        let key = self.broad.insert(broad);
        self.bytes += ENTRY_BYTES + selector.held_bytes();
        self.keys.insert(selector.clone(), key);
        let (beginnings, beginning) = self.place(selector);
        beginnings.insert(&beginning, key, selector.cost());
        selector.clone()
    }

    /// Notes that `holder`, which has it, has this selector no longer.
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
        let Some(key) = self.keys.get(selector).copied() else { return };
        let Some(broad) = self.broad.get_mut(key) else { return };
        remove(&mut broad.holders, holder);
        if broad.holders.is_empty() {
            self.broad.remove(key);
            self.keys.remove(selector);
            self.bytes -= ENTRY_BYTES + selector.held_bytes();
            let (beginnings, beginning) = self.place(selector);
            beginnings.remove(&beginning, key, selector.cost());
        }
    }

    fn place(&mut self, selector: &TopicSelector) -> (&mut Beginnings, String) {
        match selector {
            TopicSelector::UrlPattern(_) => (&mut self.urls, selector.beginning()),
            _ => (&mut self.topics, selector.beginning()),
        }
    }

    /// Bytes of the selectors in memory.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether what one topic can cost is bounded.
    pub(crate) fn check(&mut self) -> Result<(), TooManySelectors> {
        if self.broad.len() > MAX_BROAD_SELECTORS {
            return Err(TooManySelectors::InAll);
        }
        let fits = |cost: SelectorCost| {
            cost.passes <= MAX_MET_PASSES && cost.regexp_bytes <= MAX_MET_REGEXP_BYTES
        };
        if fits(self.heaviest()) {
            return Ok(());
        }
        self.topics.recount();
        self.urls.recount();
        if fits(self.heaviest()) { Ok(()) } else { Err(TooManySelectors::BeginAlike) }
    }

    /// What one topic costs at the most.
    fn heaviest(&self) -> SelectorCost {
        let mut heaviest = self.topics.heaviest();
        heaviest += self.urls.heaviest();
        heaviest
    }

    /// Those who are wanted and hold a selector of one of the topics, each once, in order. Each
    /// selector is held against each topic once at the most, if anybody who is wanted holds it.
    pub(crate) fn find(
        &self,
        topics: &ResolvedTopics<'_>,
        wanted: impl Fn(Holder) -> bool,
    ) -> Vec<Holder> {
        let mut found = Vec::new();
        for (at, topic) in topics.iter().enumerate() {
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
        found.sort_unstable();
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
