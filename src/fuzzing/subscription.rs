//! A whole subscription: the query, the form of a QUERY and the topics of an update, one a line, with
//! tabs between topics. Each is asked for as it stands and again and again, up to the limits.

use std::time::{Duration, Instant};

use crate::fuzzing::inputs::{AskedUrlParser, LaxUrlParser, lines};
use crate::{
    base::{
        dialect::Dialect,
        limits::{
            MAX_MATCHERS, MAX_SELECTION_BYTES, MAX_SELECTION_PLACES, MAX_SELECTION_REGEXP_BYTES,
            MAX_SELECTORS,
        },
        sequence::Sequence,
        timestamp::Timestamp,
    },
    event_stream::event::Event,
    hub::{
        audience::{Audience, Selection},
        audiences::Audiences,
        subscribe_parts::SubscribeParts,
        subscribe_request::SubscribeRequest,
    },
    log::{
        history::Entry,
        update::{EncodedUpdate, Update},
    },
    tokens::selector_totals::SelectorTotals,
    topics::{
        resolved_topics::ResolvedTopics, subscription::Subscription, topic::Topic, topics::Topics,
        url_parser::UrlParser,
    },
};

/// How long anything may take: a thousand times what it does, on a slow machine.
const PATIENCE: Duration = Duration::from_secs(5);

fn update(line: &str, private: bool) -> Option<EncodedUpdate> {
    let topics: Vec<Topic> = line.split('\t').filter_map(|topic| topic.parse().ok()).collect();
    let topics = Topics::try_from(topics).ok()?;
    let update = Update::new(topics, "1".parse().ok()?, Event::new("x"));
    (if private { update.into_private() } else { update }).encode().ok()
}

fn check(request: &SubscribeRequest, urls: &dyn UrlParser, topics: &str) {
    let subscriptions = request.subscriptions();
    let limit = match request.dialect() {
        Dialect::V0 => MAX_SELECTORS,
        Dialect::V1 => MAX_MATCHERS,
    };
    assert!(subscriptions.len() <= limit);
    let texts = subscriptions.iter().map(|subscription| subscription.as_str().len());
    assert!(texts.sum::<usize>() <= MAX_SELECTION_BYTES);
    let mut totals = SelectorTotals::default();
    for subscription in subscriptions {
        totals.add(subscription.match_type(), subscription.as_str());
    }
    assert!(totals.check().is_ok(), "more than {MAX_SELECTION_PLACES} places");
    let regexps = subscriptions.iter().map(|subscription| subscription.selector().regexp_bytes());
    assert!(regexps.sum::<usize>() <= MAX_SELECTION_REGEXP_BYTES);

    let selectors: Vec<_> = subscriptions.iter().map(Subscription::selector).collect();
    for granted in [&[][..], &selectors] {
        let selection = Selection::new(selectors.iter().copied(), granted.iter().copied());
        let selection =
            selection.with_fields(request.fields()).with_hub_events(request.hub_events());
        let mut audiences = Audiences::default();
        let Ok(key) = audiences.join(&selection, None, usize::MAX) else { continue };
        let audience = Audience::new(&selection);
        for private in [false, true] {
            let Some(update) = update(topics, private) else { continue };
            // What the index finds is what the selectors themselves say.
            let admits = audience.admits(&update, &ResolvedTopics::new(&update.topics, urls));
            assert_eq!(audiences.reach(&update, urls), usize::from(admits));
            assert!(!private || !granted.is_empty() || !admits, "private, and not granted");
            if let Some(waiting) = audiences.waiting(key).filter(|_| admits) {
                waiting.push(0);
                let sequence = Sequence::START.next();
                let entry = Entry { sequence, accepted: Timestamp::default(), update };
                let topics = ResolvedTopics::new(&entry.update.topics, urls);
                let replayed = audience.shown(&entry, &topics);
                assert_eq!(audiences.reveal(&entry, urls), [key]);
                audiences.come_due(key, Sequence::START, 1);
                let live = audiences.chunk(key, Sequence::START, sequence);
                let live = live.map(|due| due.chunk);
                assert_eq!(live.as_ref(), Some(&replayed.update.event));
                audiences.pass(key, Sequence::START);
            }
        }
        audiences.leave(key);
        assert_eq!(audiences.bytes(), 0);
    }
}

#[expect(clippy::disallowed_methods, reason = "a stall is told from the outside")]
fn now() -> Instant {
    Instant::now()
}

/// See the module.
pub fn subscription(input: &str) {
    let [query, form, topics] = lines(input);
    for times in [1, 40, 1_200] {
        let query = [query].repeat(times).join("&");
        let form = [form].repeat(times).join("&");
        for form in [None, Some(form.as_bytes())] {
            for urls in [&LaxUrlParser as &dyn UrlParser, &AskedUrlParser] {
                let begun = now();
                let parts = SubscribeParts { form, ..SubscribeParts::of_query(&query) };
                if let Ok(request) = SubscribeRequest::parse(parts, urls) {
                    check(&request, urls, topics);
                }
                assert!(begun.elapsed() < PATIENCE, "{:?} for {times} times", begun.elapsed());
            }
        }
    }
}
