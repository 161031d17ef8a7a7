//! The topics that audiences are shown, against their definition.

use super::*;

fn any_selection_with_fields() -> impl Strategy<Value = Selection> {
    let fields = prop::sample::select(vec![Fields::Usual, Fields::WithTopics]);
    (any_selection(), fields).prop_map(|(selection, fields)| selection.with_fields(fields))
}

/// The event as a connection with this selection is to be sent it.
fn sent(selection: &Selection, update: &EncodedUpdate) -> String {
    let urls = urls();
    let topics = ResolvedTopics::new(&update.topics, &urls);
    let any = |selectors: &[TopicSelector], at| {
        selectors.iter().any(|selector| selector.selects(&topics, at))
    };
    let is_shown = |at: usize| {
        let is_granted = !update.private || any(&selection.granted, at);
        selection.fields == Fields::WithTopics && is_granted && any(&selection.asked, at)
    };
    let shown = topics.iter().enumerate().filter(|(at, _)| is_shown(*at));
    let lines = shown.map(|(_, topic)| format!("topic: {topic}\n")).collect::<Vec<_>>().concat();
    lines + std::str::from_utf8(&update.event).unwrap()
}

proptest! {
    #[test]
    fn who_asks_is_shown_the_topics_that_it_selects_and_may_know_and_nobody_else_is(
        selections in vec(any_selection_with_fields(), 0..12),
        updates in vec(any_update(), 1..3),
    ) {
        let mut audiences = Audiences::default();
        let keys: Vec<_> = selections
            .iter()
            .map(|selection| audiences.join(selection, None, usize::MAX).unwrap())
            .collect();
        for key in &keys {
            audiences.waiting(*key).unwrap().push(0);
        }
        let entries: Vec<_> = updates.into_iter().map(entry).collect();
        for entry in &entries {
            for key in audiences.reveal(entry, &urls()) {
                audiences.come_due(key, Sequence::START, 1);
            }
        }
        let last = entries.last().unwrap().sequence;
        let chunk = |key| Some(audiences.chunk(key, Sequence::START, last)?.chunk);
        let flushed: Vec<_> = keys.iter().map(|key| chunk(*key)).collect();
        for (at, chunk) in flushed.iter().enumerate() {
            let Some(chunk) = chunk else { continue };
            let (audience, selection) = (&keys[at], &selections[at]);
            let shown = entries.iter().filter(|entry| admits(selection, &entry.update));
            let expected: Vec<_> = shown.clone().map(|entry| sent(selection, &entry.update)).collect();
            prop_assert_eq!(std::str::from_utf8(chunk).unwrap(), expected.concat());
            // A replay says the same.
            let (of, urls) = (audiences.audience(*audience).unwrap(), urls());
            let replayed: Vec<u8> = shown
                .flat_map(|entry| {
                    let topics = ResolvedTopics::new(&entry.update.topics, &urls);
                    of.shown(entry, &topics).update.event.to_vec()
                })
                .collect();
            prop_assert_eq!(&replayed[..], &**chunk);
            // One update is in memory once for all that are sent the same.
            for other in flushed.iter().flatten().filter(|other| entries.len() == 1 && *other == chunk) {
                prop_assert!(Arc::ptr_eq(other, chunk));
            }
        }
    }
}

#[test]
fn topics_are_compared_once_more_however_many_audiences_are_shown_them() {
    let hostile = selector("{+a}{b*}{c*}");
    let update = entry(encoded(&["c1"], false));
    let cost = |others: usize, fields: Fields| {
        let mut audiences = Audiences::default();
        for number in 0..others {
            let asked = [hostile.clone(), selector(&format!("own{number}"))];
            let selection = Selection::new(&asked, &[]).with_fields(fields);
            let key = audiences.join(&selection, None, usize::MAX).unwrap();
            audiences.waiting(key).unwrap().push(number);
        }
        let mut flushed = 0;
        let steps = steps::of(|| flushed = audiences.reveal(&update, &urls()).len());
        assert_eq!(flushed, others);
        steps
    };
    let (usual, with_topics) = (cost(200, Fields::Usual), cost(200, Fields::WithTopics));
    assert!(usual > 0 && with_topics > usual && with_topics <= 2 * usual, "{with_topics}, {usual}");
    assert_eq!(cost(1, Fields::WithTopics), with_topics);
}
