//! What the index finds, against every audience asked in turn.

use proptest::{collection::vec, prelude::*, sample::subsequence};

use super::*;
use crate::{
    event::Event, timestamp::Timestamp, topic_selector::TopicSelector, topics::Topics,
    update::Update,
};

const TOPICS: [&str; 4] = ["a", "b", "c1", "c2"];
const SELECTORS: [&str; 5] = ["a", "b", "c1", "c{n}", "*"];

fn any_selectors() -> impl Strategy<Value = Vec<TopicSelector>> {
    subsequence(SELECTORS.to_vec(), 0..=3)
        .prop_map(|texts| texts.iter().map(|text| TopicSelector::of_0_x(text).unwrap()).collect())
}

fn any_selection() -> impl Strategy<Value = Selection> {
    (any_selectors(), any_selectors()).prop_map(|(asked, granted)| Selection::new(&asked, &granted))
}

fn any_update() -> impl Strategy<Value = EncodedUpdate> {
    (subsequence(TOPICS.to_vec(), 1..=TOPICS.len()), any::<bool>()).prop_map(|(topics, private)| {
        let topics: Vec<Topic> = topics.iter().map(|topic| topic.parse().unwrap()).collect();
        let topics = Topics::try_from(topics).unwrap();
        let update = Update::new(topics, "1".parse().unwrap(), Event::new("x"));
        let update = if private { update.into_private() } else { update };
        update.encode().unwrap()
    })
}

fn admits(selection: &Selection, update: &EncodedUpdate) -> bool {
    let topics = ResolvedTopics::new(&update.topics, &());
    Audience::new(selection).admits(update, &topics)
}

proptest! {
    #[test]
    fn an_update_reaches_those_who_asked_for_it_and_may_see_it_and_nobody_else(
        selections in vec(any_selection(), 0..12),
        gone in vec(any::<bool>(), 12),
        update in any_update(),
    ) {
        let mut audiences = Audiences::default();
        let mut joined = Vec::new();
        for (connection, selection) in selections.into_iter().enumerate() {
            let key = audiences.join(selection.clone());
            joined.push((connection, key, selection));
        }
        joined.retain(|(connection, key, _)| {
            if gone[*connection] {
                audiences.leave(*key);
            }
            !gone[*connection]
        });
        for (connection, key, _) in &joined {
            audiences.waiting(*key).unwrap().push(*connection);
        }
        let shown = joined.iter().filter(|(.., selection)| admits(selection, &update));
        let expected: Vec<_> = shown.map(|(connection, ..)| *connection).collect();

        prop_assert_eq!(audiences.reach(&update, &()), expected.len());
        let entry = Entry { sequence: Sequence::START.next(), accepted: Timestamp::default(), update };
        let flushed = audiences.flush([&entry].into_iter(), &());
        let mut given: Vec<_> = flushed
            .iter()
            .flat_map(|flushed| std::mem::take(audiences.waiting(flushed.audience).unwrap()))
            .collect();
        given.sort_unstable();
        prop_assert_eq!(given, expected);
    }
}
