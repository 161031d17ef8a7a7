//! What a hub counts for its connections, against what they take of the allocator.

#![cfg(not(target_arch = "wasm32"))]

use std::{error::Error, rc::Rc};

use millstream::{
    Access, Bounds, ConnectionId, Dialect, Grants, Heartbeat, Hub, InvalidToken, Log, Memory,
    Retention, Selector, SubscribeGrant, SubscribeParts, SubscribeRequest, Subscriber, Timestamp,
    UrlComponents, UrlParser,
};
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

/// A parser for which each pattern is a path of one host, as it stands.
struct Bare;

impl UrlParser for Bare {
    fn parse(&self, reference: &str) -> Option<String> {
        Some(format!("https://example.com/{reference}"))
    }

    fn parse_pattern(&self, pattern: &str) -> Option<UrlComponents> {
        let anything = || "*".to_owned();
        Some(UrlComponents {
            protocol: "https".to_owned(),
            username: anything(),
            password: anything(),
            hostname: "example.com".to_owned(),
            port: String::new(),
            pathname: pattern.to_owned(),
            search: anything(),
            hash: anything(),
        })
    }
}

fn id(number: u32) -> ConnectionId {
    let mut bytes = [0; 16];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    ConnectionId::from_random(bytes)
}

fn hub() -> Result<Hub<(), ()>, Box<dyn Error>> {
    let kept = Retention::of_publications(Bounds { updates: 100, bytes: u64::MAX }, None);
    Ok(Hub::new(Log::open((), kept, Bounds::NONE)?, Heartbeat::off(), Rc::new(Bare)))
}

fn fields(name: &str, count: u32, value: impl Fn(u32) -> String) -> String {
    let fields: Vec<_> = (0..count).map(|at| format!("{name}={}", value(at))).collect();
    fields.join("&")
}

fn granting(texts: impl Iterator<Item = String>) -> Result<Access, InvalidToken> {
    let topics = texts.map(Selector::TopicSelector).collect();
    let subscribe = vec![SubscribeGrant { topics, payload: None }];
    let dialect = Dialect::V0;
    let (publish, has_publish_claim, expires) = (Vec::new(), false, None);
    let grants = Grants { dialect, publish, has_publish_claim, subscribe, expires };
    Access::new(grants, &Bare)
}

/// Fills a hub of 4 MiB with the connections of these requests, and holds what that takes against
/// what it counts.
fn check(
    kind: &str,
    request: impl Fn(u32) -> (String, Result<Access, InvalidToken>),
) -> Result<(), Box<dyn Error>> {
    let mut hub = hub()?.with_memory(Memory::of(4 << 20));
    let before = ALLOCATOR.current_usage();
    let mut taken = 0;
    loop {
        let (query, access) = request(taken);
        let request = SubscribeRequest::parse(SubscribeParts::of_query(&query), &Bare)?;
        if hub
            .subscribe(
                Subscriber { id: id(taken), request: &request, access: &access?, resumes: None },
                (),
                NOW,
            )
            .is_err()
        {
            break;
        }
        taken += 1;
    }
    let took = ALLOCATOR.current_usage() - before;
    let counted = hub.registry().held().bytes();
    assert!(taken > 0, "{kind}");
    assert!(took <= counted, "{kind}: {taken} connections took {took}, counted were {counted}");
    assert!(counted <= 4 << 20, "{kind}: {counted}");
    Ok(())
}

/// One test, since the allocator counts for the whole process.
#[test]
fn what_connections_hold_is_counted_at_the_least_and_a_refused_one_leaves_nothing()
-> Result<(), Box<dyn Error>> {
    let open = || Ok(Access::default());
    check("one topic for all", |_| ("topic=a".to_owned(), open()))?;
    check("names", |nth| (fields("topic", 900, |at| format!("{nth}/{at}")), open()))?;
    check("long names", |nth| {
        (fields("topic", 30, |at| format!("{nth}/{at}/{}", "x".repeat(4_000))), open())
    })?;
    check("templates of their own", |nth| {
        (fields("topic", 1, |_| format!("/{nth}/{{a}}")), open())
    })?;
    check("variables", |nth| {
        (fields("topic", 4, |at| format!("/{nth}/{at}/{}", "{a}".repeat(250))), open())
    })?;
    check("literals", |nth| {
        (fields("topic", 4, |at| format!("/{nth}/{at}/{}", "{a}xxxxxxx".repeat(250))), open())
    })?;
    check("wildcards", |nth| {
        let pattern = |at| format!("/{nth}/{at}{}", "/:a".repeat(200));
        (fields("match_urlpattern", 4, pattern), open())
    })?;
    check("expressions", |nth| {
        let pattern = |at| format!("/{nth}/{at}/((?:a|b){{20}}\\d%2b)");
        (fields("match_urlpattern", 3, pattern), open())
    })?;
    check("grants", |nth| {
        let granted = (0..500).map(|at| format!("/{nth}/{at}/{{a}}"));
        (format!("topic=own/{nth}"), granting(granted))
    })
}
