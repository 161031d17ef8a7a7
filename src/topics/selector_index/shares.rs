//! The share of each client address in the selectors of a hub.

use std::{collections::HashMap, sync::Arc};

use crate::{
    base::limits::{MAX_BROAD_SELECTORS, MIN_ADDRESSES_TO_FILL},
    topics::topic_selector::TopicSelector,
};

use super::{
    beginnings::shortened,
    chains::{Chains, MOST},
};

/// The cost of the selectors that each address has brought, as long as somebody holds them.
#[derive(Debug, Default)]
pub(super) struct Shares {
    by_address: HashMap<Arc<str>, Share>,
}

/// The share of one address, at most a part of each bound of the hub.
#[derive(Debug, Default)]
struct Share {
    selectors: usize,
    topics: Chains,
    urls: Chains,
}

impl Shares {
    pub(super) fn charge(&mut self, address: &Arc<str>, selector: &TopicSelector) {
        let share = self.by_address.entry(Arc::clone(address)).or_default();
        share.selectors += 1;
        for beginning in selector.beginnings() {
            share.of(selector).add(shortened(&beginning), selector.cost());
        }
    }

    pub(super) fn give_back(&mut self, address: &str, selector: &TopicSelector) {
        let Some(share) = self.by_address.get_mut(address) else { return };
        share.selectors -= 1;
        for beginning in selector.beginnings() {
            share.of(selector).take(shortened(&beginning), selector.cost());
        }
        if share.selectors == 0 {
            self.by_address.remove(address);
        }
    }

    /// Whether the address is within its part.
    pub(super) fn fit(&mut self, address: &str) -> bool {
        let most = MOST / MIN_ADDRESSES_TO_FILL;
        self.by_address.get_mut(address).is_none_or(|share| {
            share.selectors <= MAX_BROAD_SELECTORS / MIN_ADDRESSES_TO_FILL
                && share.topics.fit(most)
                && share.urls.fit(most)
        })
    }
}

impl Share {
    fn of(&mut self, selector: &TopicSelector) -> &mut Chains {
        match selector {
            TopicSelector::UrlPattern(_) => &mut self.urls,
            _ => &mut self.topics,
        }
    }
}
