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

use beginnings::{Beginnings, Bucket};

/// Who has a selector: an audience, or a list of grants.
type Holder = usize;

/// The place of a selector that is more than a name.
type SelectorKey = usize;

/// The selectors of a hub, each once, with those who hold it.
#[derive(Debug, Default)]
pub(crate) struct SelectorIndex {
    by_topic: HashMap<Topic, Bucket>,
    broad: Slab<Broad>,
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
            add(&mut self.by_topic.entry(topic.clone()).or_default().members, holder);
            return TopicSelector::Exact(topic);
        }
        let beginning = selector.beginning();
        let (table, broad) = self.table(selector);
        let order = |key: SelectorKey| broad.get(key).map(|broad| broad.selector.cmp(selector));
        let key = match table.find(&beginning, order) {
            Ok(key) => key,
            Err(at) => {
                let key = broad.insert(Broad { selector: selector.clone(), holders: Vec::new() });
                table.insert(&beginning, (at, key), selector.cost());
                if let Some(relative) = selector.relative_beginning() {
                    let order =
                        |key: SelectorKey| broad.get(key).map(|broad| broad.selector.cmp(selector));
                    let (Ok(at) | Err(at)) = table.find(&relative, order);
                    table.insert(&relative, (at, key), selector.cost());
                }
                self.bytes += ENTRY_BYTES + selector.held_bytes();
                key
            }
        };
        let Some(broad) = self.broad.get_mut(key) else { return selector.clone() };
        add(&mut broad.holders, holder);
        broad.selector.clone()
    }

    /// Notes that `holder`, which has it, has this selector no longer.
    pub(crate) fn remove(&mut self, selector: &TopicSelector, holder: Holder) {
        if let TopicSelector::Exact(topic) = selector {
            let Some(Bucket { members, .. }) = self.by_topic.get_mut(topic) else { return };
            remove(members, holder);
            if members.is_empty() {
                self.by_topic.remove(topic);
                self.bytes -= ENTRY_BYTES + selector.held_bytes();
            }
            return;
        }
        let beginning = selector.beginning();
        let (table, broad) = self.table(selector);
        let order = |key: SelectorKey| broad.get(key).map(|broad| broad.selector.cmp(selector));
        let Ok(key) = table.find(&beginning, order) else { return };
        let Some(Broad { holders, .. }) = broad.get_mut(key) else { return };
        remove(holders, holder);
        if holders.is_empty() {
            table.remove(&beginning, key, selector.cost());
            if let Some(relative) = selector.relative_beginning() {
                table.remove(&relative, key, selector.cost());
            }
            broad.remove(key);
            self.bytes -= ENTRY_BYTES + selector.held_bytes();
        }
    }

    /// Where selectors of this kind are found, and what they are.
    fn table(&mut self, selector: &TopicSelector) -> (&mut Beginnings, &mut Slab<Broad>) {
        let table = match selector {
            TopicSelector::UrlPattern(_) => &mut self.urls,
            _ => &mut self.topics,
        };
        (table, &mut self.broad)
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
            if let Some(Bucket { members, .. }) = self.by_topic.get(topic) {
                found.extend(members.iter().copied().filter(|holder| wanted(*holder)));
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
