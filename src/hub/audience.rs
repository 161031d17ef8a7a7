//! Connections that see the same updates, for whom each chunk is built once.

use std::{borrow::Cow, rc::Rc};

use crate::{
    hub::{
        fields::{self, Fields},
        finite_read::ReadForm,
        hub_events::HubEvents,
        json_update,
        subscription_readers::kinds_read,
    },
    log::{closing::ClosedTopic, history::Entry, kind::Kind, update::EncodedUpdate},
    topics::{
        resolved_topics::ResolvedTopics, selectors::Selectors, topic::Topic,
        topic_selector::TopicSelector, url_parser::UrlParser,
    },
};

/// The selectors that a group of connections asks for and is granted, in one canonical form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Selection {
    pub(crate) asked: Rc<[TopicSelector]>,
    pub(crate) granted: Rc<[TopicSelector]>,
    pub(crate) fields: Fields,
    pub(crate) hub_events: HubEvents,
    /// The form of finite reads; `None` for connections that go on.
    pub(crate) finite: Option<ReadForm>,
}

impl Selection {
    /// The selection of connections that ask for `asked` and are granted `granted`. A selection of
    /// everything holds no other selector.
    #[must_use]
    pub(crate) fn new<'a>(
        asked: impl IntoIterator<Item = &'a TopicSelector>,
        granted: impl IntoIterator<Item = &'a TopicSelector>,
    ) -> Self {
        Self { asked: canonical(asked), granted: canonical(granted), ..Self::default() }
    }

    /// The same selection, of connections that are shown these fields.
    #[must_use]
    pub(crate) fn with_fields(self, fields: Fields) -> Self {
        Self { fields, ..self }
    }

    /// The same selection, of connections that are shown the hub's own events, or not.
    #[must_use]
    pub(crate) fn with_hub_events(self, hub_events: HubEvents) -> Self {
        Self { hub_events, ..self }
    }

    /// The same selection, of reads in this form that end with what is held.
    #[must_use]
    pub(crate) fn of_finite_reads(self, form: ReadForm) -> Self {
        Self { finite: Some(form), ..self }
    }
}

fn canonical<'a>(selectors: impl IntoIterator<Item = &'a TopicSelector>) -> Rc<[TopicSelector]> {
    let mut canonical: Vec<&TopicSelector> = Vec::new();
    for selector in selectors {
        if *selector == TopicSelector::All {
            return Rc::new([TopicSelector::All]);
        }
        if let Err(at) = canonical.binary_search(&selector) {
            canonical.insert(at, selector);
        }
    }
    canonical.into_iter().cloned().collect()
}

/// Decides which updates a group of connections is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Audience {
    asked: Selectors,
    granted: Rc<Selectors>,
    kinds: &'static [Kind],
    fields: Fields,
    hub_events: HubEvents,
    finite: Option<ReadForm>,
}

impl Audience {
    /// The audience of the connections with this selection.
    #[must_use]
    pub(crate) fn new(selection: &Selection) -> Self {
        Self::with_grants(selection, Rc::new(selection.granted.iter().cloned().collect()))
    }

    /// The same, with what the grants of the selection select.
    pub(crate) fn with_grants(selection: &Selection, granted: Rc<Selectors>) -> Self {
        let kinds = kinds_read(&*selection.asked, &*selection.granted);
        let &Selection { fields, hub_events, finite, .. } = selection;
        let asked = selection.asked.iter().cloned().collect();
        Self { asked, granted, kinds, fields, hub_events, finite }
    }

    /// The topics that it asks for, if it asks for nothing else: it ends once all of them are closed.
    pub(crate) fn topics_alone(&self) -> Option<impl Iterator<Item = &Topic>> {
        self.asked.topics_alone()
    }

    /// Whether it is shown entries of this kind at all. Of closings only those are told whom they end.
    #[must_use]
    pub(crate) fn takes(&self, kind: Kind) -> bool {
        let ends = || self.hub_events == HubEvents::Shown && self.topics_alone().is_some();
        kind != Kind::Closing || ends()
    }

    /// Whether it may know that this topic is closed.
    pub(crate) fn may_know(
        &self,
        topic: &Topic,
        closed: ClosedTopic,
        urls: &dyn UrlParser,
    ) -> bool {
        let topics = topic.clone().into();
        !closed.private || self.granted.select_any(&ResolvedTopics::new(&topics, urls))
    }

    /// The kinds of updates of which some could be shown to it: it misses none of the others.
    #[must_use]
    pub(crate) fn kinds(&self) -> &'static [Kind] {
        self.kinds
    }

    /// Bytes that it holds in memory beside its selectors' own and its grants.
    pub(crate) fn held_bytes(&self) -> usize {
        self.asked.held_bytes()
    }

    /// The cost of comparing an update of these topics with the selectors, in passes over 64 bytes of a
    /// topic.
    #[must_use]
    pub(crate) fn passes(&self, update: &EncodedUpdate, topics: &ResolvedTopics<'_>) -> usize {
        let mut cost = self.asked.cost();
        if update.private {
            cost += self.granted.cost();
        }
        let passes = cost.of_topics(topics.bytes());
        // Each topic is compared a second time, to be shown.
        if self.shows_topics() { 2 * passes } else { passes }
    }

    /// Whether the group may know of an update of these topics, asked for or not: of a public one,
    /// and of a private one that it is shown.
    #[must_use]
    pub(crate) fn may_read(&self, update: &EncodedUpdate, topics: &ResolvedTopics<'_>) -> bool {
        !update.private || self.admits(update, topics)
    }

    /// Whether the group is shown every update, so that it may be told how many there were: it asks
    /// for all topics and holds a grant for all.
    #[must_use]
    pub(crate) fn sees_everything(&self) -> bool {
        [&self.asked, &*self.granted].iter().all(|own| own.select_everything())
    }

    /// Whether the group is shown an update of these topics: one that it asked for, by any of its
    /// topics, and that is public or granted to it, by any of them.
    #[must_use]
    pub(crate) fn admits(&self, update: &EncodedUpdate, topics: &ResolvedTopics<'_>) -> bool {
        // A private update ends here for a group without a grant.
        (!update.private || self.granted.select_any(topics))
            && self.asked.select_any(topics)
            && self.takes(update.kind)
    }
}

impl Audience {
    /// The fields that the group is shown.
    #[must_use]
    pub(crate) fn fields(&self) -> Fields {
        self.fields
    }

    /// Whether the group ends with what is held: it is shown no update that comes.
    #[must_use]
    pub(crate) fn is_finite(&self) -> bool {
        self.finite.is_some()
    }

    fn shows_topics(&self) -> bool {
        self.fields == Fields::WithTopics || self.finite == Some(ReadForm::Json)
    }

    /// An entry of these topics as the group is shown it, once it is admitted.
    pub(crate) fn shown<'a>(
        &self,
        entry: &'a Entry,
        topics: &ResolvedTopics<'_>,
    ) -> Cow<'a, Entry> {
        if !self.shows_topics() {
            return Cow::Borrowed(entry);
        }
        let is_shown = |at: &usize| {
            let is_granted = !entry.update.private || self.granted.select(topics, *at);
            is_granted && self.asked.select(topics, *at)
        };
        let shown = (0..topics.len()).filter(is_shown).filter_map(|at| topics.get(at));
        let event = match self.finite {
            Some(ReadForm::Json) => json_update::encoded(&entry.update, shown),
            _ => fields::with_topics(shown, &entry.update.event),
        };
        Cow::Owned(entry.with_event(event.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        event_stream::event::Event,
        log::update::Update,
        topics::{topic::Topic, topics::Topics},
    };

    fn update(topics: &[&str]) -> Update {
        let topics: Vec<Topic> = topics.iter().map(|topic| topic.parse().unwrap()).collect();
        Update::new(Topics::try_from(topics).unwrap(), "1".parse().unwrap(), Event::new(""))
    }

    fn selectors(texts: &[&str]) -> Vec<TopicSelector> {
        texts.iter().map(|text| TopicSelector::of_0_x(text).unwrap()).collect()
    }

    fn selection(asked: &[&str], granted: &[&str]) -> Selection {
        Selection::new(&selectors(asked), &selectors(granted))
    }

    #[track_caller]
    fn check(asked: &[&str], granted: &[&str], update: &Update, expected: bool) {
        let update = update.encode().unwrap();
        let topics = ResolvedTopics::new(&update.topics, &());
        let audience = Audience::new(&selection(asked, granted));
        assert_eq!(audience.admits(&update, &topics), expected);
    }

    #[test]
    fn those_who_ask_for_the_same_are_one_audience_however_they_say_it() {
        assert_eq!(selection(&["b", "a", "b"], &[]), selection(&["a", "b"], &[]));
        assert_eq!(selection(&["a", "*"], &["*", "c"]), selection(&["*"], &["*"]));
        assert_ne!(selection(&["a"], &[]), selection(&["*"], &[]));
        assert_ne!(selection(&["a"], &["a"]), selection(&["a"], &[]));
        let hidden = selection(&["a"], &[]).with_hub_events(HubEvents::Hidden);
        assert_ne!(hidden, selection(&["a"], &[]));
    }

    #[test]
    fn any_selector_may_select_any_topic() {
        check(&["a", "b"], &[], &update(&["x", "b"]), true);
        check(&["*"], &[], &update(&["x"]), true);
        check(&["books/{id}"], &[], &update(&["x", "books/1"]), true);
        check(&["a"], &[], &update(&["b", "c"]), false);
    }

    #[test]
    fn a_private_update_is_shown_to_nobody_without_a_grant() {
        let private = update(&["a"]).into_private();
        check(&["a"], &[], &private, false);
        check(&["*"], &["b"], &private, false);
        check(&["a"], &["a"], &private, true);
    }

    #[test]
    fn the_topic_that_is_granted_need_not_be_the_one_that_was_asked_for() {
        let (asked, granted) = (&["books/{id}"][..], &["users/foo/{?topic}"][..]);
        check(asked, granted, &update(&["books/1"]), true);
        check(asked, granted, &update(&["books/1"]).into_private(), false);
        check(asked, granted, &update(&["books/1", "users/bar/?topic=x"]).into_private(), false);
        check(asked, granted, &update(&["books/1", "users/foo/?topic=x"]).into_private(), true);
        check(asked, granted, &update(&["users/foo/?topic=x"]).into_private(), false);
    }

    #[test]
    fn to_publish_every_topic_has_to_be_granted() {
        let topics = |texts| update(texts).topics().clone();
        let granted: Selectors = selectors(&["foo", "b{ar}"]).into_iter().collect();
        assert!(granted.select_all(&ResolvedTopics::new(&topics(&["foo", "bx"]), &())));
        assert!(!granted.select_all(&ResolvedTopics::new(&topics(&["foo", "c"]), &())));
        assert!(!Selectors::default().select_all(&ResolvedTopics::new(&topics(&["foo"]), &())));
    }

    #[test]
    fn what_is_public_may_be_known_without_being_asked_for_and_what_is_private_not() {
        let audience = Audience::new(&selection(&["a"], &["c"]));
        let may_read = |update: &Update| {
            let update = update.encode().unwrap();
            audience.may_read(&update, &ResolvedTopics::new(&update.topics, &()))
        };
        assert!(may_read(&update(&["b"])));
        assert!(!may_read(&update(&["a"]).into_private()));
        assert!(may_read(&update(&["a", "c"]).into_private()));
        assert!(!may_read(&update(&["c"]).into_private()));
    }

    #[test]
    fn asking_for_everything_is_not_seeing_everything() {
        let sees = |asked, granted| Audience::new(&selection(asked, granted)).sees_everything();
        assert!(!sees(&["*"], &[]));
        assert!(!sees(&["a"], &["*"]));
        assert!(sees(&["*"], &["*"]));
    }

    #[test]
    fn an_audience_knows_the_kinds_that_it_could_read_and_the_bytes_of_what_it_asked_for() {
        let audience = |asked: &[&str], granted: &[&str]| Audience::new(&selection(asked, granted));
        assert_eq!(audience(&["a"], &[]).kinds(), [Kind::Publication]);
        assert_eq!(audience(&["*"], &["*"]).kinds().len(), 2);
        let few = audience(&["a{b}"], &[]).held_bytes();
        let many = audience(&["a{b}", "c{d}", "e{f}", "g{h}"], &[]).held_bytes();
        assert!(few > 1 && many > few, "{few} and {many} bytes");
    }
}
