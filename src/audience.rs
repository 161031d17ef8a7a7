//! Connections that see the same updates, for whom each chunk is built once.

use std::collections::{BTreeSet, HashSet};

use crate::{topic::Topic, topic_selector::TopicSelector, update::EncodedUpdate};

/// What a group of connections asked for, in the one form in which it is compared.
pub type Selection = BTreeSet<TopicSelector>;

/// The selection of these selectors. Who asked for everything asked for nothing else.
#[must_use]
pub fn selection(selectors: &[TopicSelector]) -> Selection {
    if selectors.contains(&TopicSelector::All) {
        return BTreeSet::from([TopicSelector::All]);
    }
    selectors.iter().cloned().collect()
}

/// Decides which updates a group of connections is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audience {
    exact: HashSet<Topic>,
    broad: Vec<TopicSelector>,
}

impl Audience {
    /// The audience of those who asked for `selection`.
    #[must_use]
    pub fn new(selection: &Selection) -> Self {
        let mut audience = Self::default();
        for selector in selection {
            match selector {
                TopicSelector::Exact(topic) => {
                    audience.exact.insert(topic.clone());
                }
                TopicSelector::All => audience.broad.push(selector.clone()),
            }
        }
        audience
    }

    /// The topics that are asked for by name.
    pub fn exact(&self) -> impl Iterator<Item = &Topic> {
        self.exact.iter()
    }

    /// Whether it asks for more than topics by name, so that no index by name finds it.
    #[must_use]
    pub fn is_broad(&self) -> bool {
        !self.broad.is_empty()
    }

    /// Whether the group may know of this update, asked for or not: of a public one, and of a
    /// private one that it is shown.
    #[must_use]
    pub fn may_read(&self, update: &EncodedUpdate) -> bool {
        !update.private || self.admits(update)
    }

    /// Whether the group is shown every update, so that it may be told how many there were: it asks
    /// for all topics and holds a grant for all. Nobody can hold one yet.
    #[must_use]
    pub fn sees_everything(&self) -> bool {
        false
    }

    /// Whether the group is shown this update: one that it asked for and that is public. A private
    /// update is shown to those only who hold a grant, and nobody can hold one yet.
    #[must_use]
    pub fn admits(&self, update: &EncodedUpdate) -> bool {
        let selects = |topic| {
            self.exact.contains(topic) || self.broad.iter().any(|selector| selector.selects(topic))
        };
        !update.private && update.topics.as_slice().iter().any(selects)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{event::Event, topics::Topics, update::Update};

    fn update(topics: &[&str]) -> Update {
        let topics: Vec<Topic> = topics.iter().map(|topic| topic.parse().unwrap()).collect();
        Update::new(Topics::try_from(topics).unwrap(), "1".parse().unwrap(), Event::new(""))
    }

    fn selected(selectors: &[&str]) -> Selection {
        let selectors: Vec<_> = selectors.iter().map(|text| text.parse().unwrap()).collect();
        selection(&selectors)
    }

    fn admits(selectors: &[&str], update: &Update) -> bool {
        Audience::new(&selected(selectors)).admits(&update.encode().unwrap())
    }

    #[test]
    fn those_who_ask_for_the_same_are_one_audience_however_they_say_it() {
        assert_eq!(selected(&["b", "a", "b"]), selected(&["a", "b"]));
        assert_eq!(selected(&["a", "*"]), selected(&["*"]));
        assert_ne!(selected(&["a"]), selected(&["*"]));
    }

    #[test]
    fn any_selector_may_select_any_topic() {
        assert!(admits(&["a", "b"], &update(&["x", "b"])));
        assert!(admits(&["*"], &update(&["x"])));
        assert!(!admits(&["a"], &update(&["b", "c"])));
    }

    #[test]
    fn a_private_update_is_shown_to_nobody_without_a_grant() {
        let private = update(&["a"]).into_private();
        assert!(!admits(&["a"], &private));
        assert!(!admits(&["*"], &private));
    }

    #[test]
    fn what_is_public_may_be_known_without_being_asked_for_and_what_is_private_not() {
        let audience = Audience::new(&selected(&["a"]));
        let may_read = |update: &Update| audience.may_read(&update.encode().unwrap());
        assert!(may_read(&update(&["b"])));
        assert!(!may_read(&update(&["a"]).into_private()));
    }

    #[test]
    fn asking_for_everything_is_not_seeing_everything() {
        assert!(!Audience::new(&selected(&["*"])).sees_everything());
    }
}
