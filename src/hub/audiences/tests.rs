//! What the index finds, against every audience asked in turn.

mod pending;
mod topics;

use proptest::{collection::vec, prelude::*, sample::subsequence};

use super::*;
use crate::{
    base::{
        limits::{
            MAX_BROAD_SELECTORS, MAX_MET_PASSES, MAX_MET_REGEXP_BYTES, MAX_PENDING_BYTES,
            MIN_ADDRESSES_TO_FILL,
        },
        sequence::Sequence,
        timestamp::Timestamp,
    },
    event_stream::event::Event,
    log::{history::Entry, update::Update},
    topics::{positions::steps, topic::Topic, topics::Topics, url_parser::native::NativeUrlParser},
};

const HUB: &str = "https://hub.example/.well-known/mercure";

const TOPICS: [&str; 11] = [
    "a",
    "b",
    "c1",
    "c{n}",
    "/c/1",
    "/c/1/d",
    "/é/1",
    "https://hub.example/c/2",
    "https://user:x@hub.example/c/2?q",
    "urn:x:1",
    "https://[",
];

/// Of 0.x, and behind a `~` URL patterns, behind a `=` topics of 1.0.
const SELECTORS: [&str; 24] = [
    "*",
    "a",
    "b",
    "c1",
    "c{n}",
    "{n}",
    "{/n*}",
    "/c/{n}",
    "/c/{n}/d",
    "/c{/n*}",
    "/é/{n}",
    "{+any}{?q}",
    "urn:x:{n}",
    "=c{n}",
    "~*",
    "~/c/:id",
    "~/c/*",
    "~/c/:id{/d}?",
    "~/c/(\\d+)",
    "~https://hub.example/c/2",
    "~http{s}?://hub.example/*",
    "~urn\\:x\\:*",
    "~/é/:id",
    "~/:a+",
];

fn urls() -> NativeUrlParser {
    NativeUrlParser::new(HUB)
}

fn selector(text: &str) -> TopicSelector {
    selector_by(text, &urls())
}

fn selector_by(text: &str, urls: &NativeUrlParser) -> TopicSelector {
    match text.split_at(1) {
        ("~", pattern) => TopicSelector::url_pattern(pattern, urls).unwrap(),
        ("=", topic) => TopicSelector::exact(topic).unwrap(),
        _ => TopicSelector::of_0_x(text).unwrap(),
    }
}

fn any_selectors() -> impl Strategy<Value = Vec<TopicSelector>> {
    subsequence(SELECTORS.to_vec(), 0..=4)
        .prop_map(|texts| texts.into_iter().map(selector).collect())
}

fn any_selection() -> impl Strategy<Value = Selection> {
    (any_selectors(), any_selectors()).prop_map(|(asked, granted)| Selection::new(&asked, &granted))
}

fn encoded(topics: &[&str], private: bool) -> EncodedUpdate {
    let topics: Vec<Topic> = topics.iter().map(|topic| topic.parse().unwrap()).collect();
    let topics = Topics::try_from(topics).unwrap();
    let update = Update::new(topics, "1".parse().unwrap(), Event::new("x"));
    let update = if private { update.into_private() } else { update };
    update.encode().unwrap()
}

fn any_update() -> impl Strategy<Value = EncodedUpdate> {
    (subsequence(TOPICS.to_vec(), 1..=3), any::<bool>())
        .prop_map(|(topics, private)| encoded(&topics, private))
}

fn admits(selection: &Selection, update: &EncodedUpdate) -> bool {
    let urls = urls();
    let topics = ResolvedTopics::new(&update.topics, &urls);
    let any = |selectors: &[TopicSelector]| {
        selectors.iter().any(|selector| selector.selects_any(&topics))
    };
    any(&selection.asked) && (!update.private || any(&selection.granted))
}

fn entry(update: EncodedUpdate) -> Entry {
    Entry { sequence: Sequence::START.next(), accepted: Timestamp::default(), update }
}

fn of_all(selectors: &[TopicSelector]) -> Selection {
    Selection::new(selectors, &[])
}

fn join(audiences: &mut Audiences, selectors: &[TopicSelector]) -> Result<AudienceKey, NoPlace> {
    audiences.join(&of_all(selectors), None, usize::MAX)
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
            let key = audiences.join(&selection, None, usize::MAX).unwrap();
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

        prop_assert_eq!(audiences.reach(&update, &urls()), expected.len());
        let entry = entry(update);
        let due = audiences.reveal(&entry, &urls());
        let mut given: Vec<_> =
            due.iter().flat_map(|key| audiences.come_due(*key, Sequence::START, 2)).collect();
        given.sort_unstable();
        prop_assert_eq!(given, expected);
        for (_, key, _) in &joined {
            audiences.leave(*key);
        }
        prop_assert_eq!(audiences.bytes(), 0);
    }

    #[test]
    fn a_topic_that_is_selected_begins_as_its_selector_does(
        text in prop::sample::select(SELECTORS.to_vec()),
        topic in prop::sample::select(TOPICS.to_vec()),
        is_public in any::<bool>(),
    ) {
        let urls = if is_public { urls() } else { NativeUrlParser::of_request(HUB) };
        let (selector, update) = (selector_by(text, &urls), encoded(&[topic], false));
        let topics = ResolvedTopics::new(&update.topics, &urls);
        if selector.selects_any(&topics) {
            let key = match selector {
                TopicSelector::UrlPattern(_) => topics.url(0).unwrap().key(),
                _ => topic.to_owned(),
            };
            let mut beginnings = selector.relative_beginning().into_iter().chain([selector.beginning()]);
            prop_assert!(beginnings.any(|beginning| key.starts_with(&beginning)), "{} {}", text, key);
        }
    }
}

#[test]
fn selectors_that_begin_otherwise_are_not_held_against_a_topic() {
    let beginning = |text| selector(text).beginning();
    assert_eq!(beginning("/c/{n}/d"), "/c/");
    assert_eq!(beginning("~/c/:id/d"), "https:hub.example::/c/");
    assert_eq!(beginning("~/c/(\\d+)"), "https:hub.example::/c/");
    assert_eq!(beginning("~urn\\:x\\:*"), "urn:::x:");
}

#[test]
fn each_host_by_which_a_hub_is_asked_has_its_own_patterns_and_all_have_what_is_relative() {
    let hosts = ["http://evil.example", "https://hub.example", "http://127.0.0.1:8787"];
    let by = |host| NativeUrlParser::of_request(&format!("{host}/.well-known/mercure"));
    let mut audiences = Audiences::default();
    let keys =
        hosts.map(|host| join(&mut audiences, &[selector_by("~/books/:id", &by(host))]).unwrap());
    let mut given = |topic: &str| {
        for key in keys {
            audiences.waiting(key).unwrap().push(key);
        }
        let entry = entry(encoded(&[topic], false));
        let shown = audiences.reveal(&entry, &by(hosts[0]));
        for key in keys {
            audiences.waiting(key).unwrap().clear();
        }
        keys.map(|key| shown.contains(&key))
    };
    assert_eq!(given("/books/1"), [true; 3]);
    assert_eq!(given("../books/1"), [true; 3]);
    assert_eq!(given("http://evil.example/books/1"), [true, false, false]);
    assert_eq!(given("https://hub.example/books/1"), [false, true, false]);
    assert_eq!(given("http://127.0.0.1:8787/books/1"), [false, false, true]);
    assert_eq!(given("http://127.0.0.1/books/1"), [false; 3]);
}

#[test]
fn of_those_that_begin_alike_a_hub_takes_as_many_as_one_topic_may_cost() {
    let mut audiences = Audiences::default();
    let alike = |number: usize| selector(&format!("books/{{n{number}}}"));
    let most = MAX_MET_PASSES / alike(0).cost().passes;
    let keys: Vec<_> =
        (0..most).map(|number| join(&mut audiences, &[alike(number)]).unwrap()).collect();
    let bytes = audiences.bytes();
    let refused = join(&mut audiences, &[alike(most)]);
    assert_eq!(refused, Err(NoPlace::Selectors(TooManySelectors::BeginAlike)));
    assert_eq!(audiences.bytes(), bytes);
    // What is there already costs nothing more, and a name none of this.
    assert!(join(&mut audiences, &[alike(7)]).is_ok());
    assert!(join(&mut audiences, &[selector("a")]).is_ok());
    audiences.leave(keys[0]);
    assert!(join(&mut audiences, &[alike(most)]).is_ok());
}

#[test]
fn those_that_begin_otherwise_do_not_count_but_all_are_bounded_in_number() {
    let mut audiences = Audiences::default();
    for number in 0..MAX_BROAD_SELECTORS {
        let own = selector(&format!("https://example.com/{number:05}/{{n}}"));
        join(&mut audiences, &[own]).unwrap();
    }
    let refused = join(&mut audiences, &[selector("https://example.com/x/{n}")]);
    assert_eq!(refused, Err(NoPlace::Selectors(TooManySelectors::InAll)));
}

#[test]
fn expressions_that_begin_alike_have_a_smaller_bound() {
    let mut audiences = Audiences::default();
    let alike = |number: usize| selector(&format!("~/c/(\\d+)/{number:03}"));
    let most = MAX_MET_REGEXP_BYTES / alike(0).cost().regexp_bytes;
    for number in 0..most {
        join(&mut audiences, &[alike(number)]).unwrap();
    }
    let refused = join(&mut audiences, &[alike(most)]);
    assert_eq!(refused, Err(NoPlace::Selectors(TooManySelectors::BeginAlike)));
}

/// Joins with numbered selectors until one is refused; says how many were not.
fn fill(
    audiences: &mut Audiences,
    address: Option<&Arc<str>>,
    text: impl Fn(usize) -> String,
) -> (Vec<AudienceKey>, TooManySelectors) {
    let mut keys = Vec::new();
    loop {
        let own = of_all(&[selector(&text(keys.len()))]);
        match audiences.join(&own, address, usize::MAX) {
            Ok(key) => keys.push(key),
            Err(NoPlace::Selectors(many)) => return (keys, many),
            Err(NoPlace::Memory) => panic!("there is no bound of memory"),
        }
    }
}

type Numbered = fn(usize) -> String;
const ORDINARY: [&str; 5] =
    ["https://example.com/books/{id}", "/books/{id}", "books/{id}", "*", "~/books/:id"];

#[test]
fn a_stranger_who_fills_what_begins_with_little_keeps_no_other_beginning_out() {
    for weapon in ["", "h", "http", "https://", "/", "urn:", "~"] {
        let mut audiences = Audiences::default();
        let text = |number: usize| match weapon {
            "~" => format!("~http{{s}}?://*/:n{number}"),
            _ => format!("{weapon}{{n{number}}}"),
        };
        assert_eq!(fill(&mut audiences, None, text).1, TooManySelectors::BeginAlike);
        for ordinary in ORDINARY {
            assert!(join(&mut audiences, &[selector(ordinary)]).is_ok(), "{weapon}: {ordinary}");
        }
    }
}

#[test]
fn what_no_topic_meets_together_does_not_count_together() {
    let mut audiences = Audiences::default();
    for weapon in ["", "zzzz", "book", "books/of/", "https://evil.example/", "~/zzzz/"] {
        let variable = if weapon.starts_with('~') { ":n" } else { "{n}" };
        let text = |number: usize| format!("{weapon}{variable}{number}");
        assert_eq!(fill(&mut audiences, None, text).1, TooManySelectors::BeginAlike, "{weapon}");
    }
    for ordinary in ["https://example.com/books/{id}", "/books/{id}", "~/books/:id"] {
        assert!(join(&mut audiences, &[selector(ordinary)]).is_ok(), "{ordinary}");
    }
    // A topic may begin as both.
    let refused = join(&mut audiences, &[selector("books/{id}")]);
    assert_eq!(refused, Err(NoPlace::Selectors(TooManySelectors::BeginAlike)));
}

#[test]
fn an_address_at_its_share_keeps_no_other_address_out() {
    let weapons: [(&str, Numbered); 5] = [
        ("nothing", |number| format!("{{n{number}}}")),
        ("a site", |number| format!("https://example.com/{{n{number}}}")),
        ("a page", |number| format!("https://example.com/books/{{n{number}}}")),
        ("patterns", |number| format!("~/books/:n{number}")),
        ("many", |number| format!("https://example.com/{number:05}/{{n}}")),
    ];
    for (name, weapon) in weapons {
        let mut audiences = Audiences::default();
        let addresses: Vec<Arc<str>> =
            (0..MIN_ADDRESSES_TO_FILL).map(|at| format!("192.0.2.{at}").into()).collect();
        let (keys, refused) = fill(&mut audiences, Some(&addresses[0]), weapon);
        assert_eq!(refused, TooManySelectors::OfAddress, "{name}");
        for ordinary in ORDINARY.iter().chain(&["{+any}", "~*"]) {
            let own = of_all(&[selector(ordinary)]);
            assert!(audiences.join(&own, Some(&addresses[1]), usize::MAX).is_ok(), "{ordinary}");
        }
        // What others have brought costs nothing, and what has gone is given back.
        let known = of_all(&[selector("https://example.com/books/{id}")]);
        assert!(audiences.join(&known, Some(&addresses[0]), usize::MAX).is_ok(), "{name}");
        let next = of_all(&[selector(&weapon(keys.len()))]);
        assert!(audiences.join(&next, Some(&addresses[0]), usize::MAX).is_err(), "{name}");
        audiences.leave(keys[0]);
        assert!(audiences.join(&next, Some(&addresses[0]), usize::MAX).is_ok(), "{name}");
    }
}

#[test]
fn a_subscription_that_fits_no_hub_is_told_so() {
    let mut audiences = Audiences::default();
    let many: Vec<_> = (0..1_000).map(|number| selector(&format!("{{n{number}}}"))).collect();
    let refused = |audiences: &mut Audiences, selection: &Selection| {
        audiences.join(selection, None, usize::MAX).unwrap_err()
    };
    let alone = refused(&mut audiences, &of_all(&many));
    assert_eq!(alone, NoPlace::Selectors(TooManySelectors::Alone));
    assert!(audiences.join(&of_all(&many[..400]), None, usize::MAX).is_ok());
    let beside = refused(&mut audiences, &of_all(&many[400..800]));
    assert_eq!(beside, NoPlace::Selectors(TooManySelectors::BeginAlike));
}

#[test]
fn a_thousand_ordinary_clients_behind_one_address_have_their_own_templates() {
    let mut audiences = Audiences::default();
    let office: Arc<str> = "192.0.2.1".into();
    for user in 0..1_000 {
        let kind = selector(&format!("https://example.com/users/{user}/{{kind}}{{?page,size}}"));
        let files = selector(&format!("~https://example.com/users/{user}/files/*"));
        let own = of_all(&[kind, files, selector("/news/{+path}")]);
        assert!(audiences.join(&own, Some(&office), usize::MAX).is_ok(), "{user}");
    }
}

#[test]
fn the_same_selectors_are_in_memory_once_whoever_holds_them() {
    let mut audiences = Audiences::default();
    let shared: Vec<_> = (0..100).map(|at| selector(&format!("{at}{{a,b,c*}}"))).collect();
    join(&mut audiences, &shared).unwrap();
    let first = audiences.bytes();
    let again: Vec<_> = shared.iter().map(|shared| selector(shared.as_str())).collect();
    join(&mut audiences, &[&again[..], &[selector("x")]].concat()).unwrap();
    assert!(audiences.bytes() < first * 3 / 2, "{first}, {}", audiences.bytes());
    let granted = |at: usize| Selection::new(&[selector(&format!("own{at}"))], &again);
    audiences.join(&granted(0), None, usize::MAX).unwrap();
    let (first, own) = (audiences.bytes(), 2_000);
    audiences.join(&granted(1), None, usize::MAX).unwrap();
    assert!(audiences.bytes() < first + own, "{first}, {}", audiences.bytes());
}

#[test]
fn a_private_update_costs_no_more_however_many_connections_share_a_token_or_hold_none() {
    let granted: Vec<_> = (0..100).map(|at| selector(&format!("{{a{at}}}!"))).collect();
    let hostile = selector("{+a}{b*}{c*}");
    let update = encoded(&["c{n}"], true);
    let cost = |others: usize| {
        let mut audiences = Audiences::default();
        for number in 0..others {
            let own = selector(&format!("own{number}"));
            audiences.join(&Selection::new(&[own], &granted), None, usize::MAX).unwrap();
        }
        audiences.join(&of_all(std::slice::from_ref(&hostile)), None, usize::MAX).unwrap();
        steps::of(|| audiences.reach(&update, &urls()))
    };
    assert!(cost(1) > 0);
    assert_eq!(cost(200), cost(1));
    assert_eq!(cost(0), 0);
}
