//! What a publication costs, in ratios: `make bench-core` prints them, and fails when the one that
//! has a limit is over it.

#![allow(clippy::print_stdout, reason = "a program that prints figures")]
#![allow(clippy::disallowed_methods, reason = "it measures time, on this machine alone")]

use std::{error::Error, rc::Rc, time::Instant};

use millstream::{
    Access, Bounds, ConnectionId, Dialect, EncodedUpdate, Event, Heartbeat, Hub, Log, Polled,
    Retention, SubscribeRequest, Subscriber, Subscription, Timestamp, Topic, Topics, Update,
    UrlComponents, UrlParser,
};

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const FEW: u32 = 10;
const MANY: u32 = 10_000;
/// What publishing to one of `MANY` subscriptions may cost of what it costs with `FEW`.
const LIMIT: f64 = 1.5;
const SAMPLES: usize = 15;
const ROUNDS: u32 = 5_000;

type Failure = Box<dyn Error>;

fn main() -> Result<(), Failure> {
    let (mut few, mut many) = (subscribed(FEW, own)?, subscribed(MANY, own)?);
    let to_one = ratio(&mut few, &mut many, |_, _| 7)?;
    println!("to one topic, of {MANY} subscriptions against {FEW}: {to_one:.2} times the cost");
    let to_each = ratio(&mut few, &mut many, |round, count| round * 7_919 % count)?;
    println!("to the topics in turn, which no cache holds: {to_each:.2} times the cost");

    let shared = || "shared".to_owned();
    let mut hub = subscribed(MANY, |number| [shared()].into_iter().chain(own(number)))?;
    for count in [1, 1_000] {
        let others = (1..count).map(|number| format!("other/{number}"));
        let update = update(others.chain([shared()]))?;
        let samples = (0..SAMPLES).map(|_| {
            let spent = publish(&mut hub, &update)?;
            (0..MANY).try_for_each(|number| wait(&mut hub, number))?;
            Ok(spent)
        });
        let milliseconds = 1e3 * median(samples.collect::<Result<_, Failure>>()?)?;
        println!("an update of {count} topics to {MANY} audiences: {milliseconds:.1} ms");
    }
    broad()?;
    if to_one > LIMIT {
        return Err(format!("{to_one:.2} is over the limit of {LIMIT}").into());
    }
    Ok(())
}

/// What a publication costs beside many templates and patterns.
fn broad() -> Result<(), Failure> {
    let ordinary = |number: u32| format!("https://example.com/users/{number}/{{kind}}");
    let topic = "https://example.com/users/7/mail".to_owned();
    let (count, milliseconds) = beside(ordinary, &topic)?;
    println!("beside {count} audiences of templates that begin differently: {milliseconds:.3} ms");
    let hostile: [(&str, Template, String); 5] = [
        ("variables", |number| format!("{{a{number}}}{{b}}{{c}}{{d}}!"), "a".repeat(4_096)),
        ("lists", |number| format!("{{+a}},{{b*}}{{;c*}}{{?d{number}}}"), "a=b,".repeat(1_024)),
        ("prefixes", |number| format!("{{a:{}}}{{b:9}}{{+c:9}}!", number + 1), "a".repeat(4_096)),
        ("literals", |number| format!("{{+a}}{}{number}", "a".repeat(60)), "a".repeat(4_096)),
        ("wildcards", |number| format!("~/*a:b*{}{number}", "/a".repeat(30)), "/a".repeat(2_000)),
    ];
    for (kind, template, topic) in hostile {
        let (count, milliseconds) = beside(template, &topic)?;
        println!("4 KB beside {count} audiences of hostile {kind}: {milliseconds:.1} ms");
    }
    let expression: Template = |number| format!("~/((?:a*){{40}}b{number})");
    let (count, milliseconds) = beside(expression, &"a".repeat(1_000))?;
    println!("1 KB beside {count} audiences of hostile expressions: {milliseconds:.1} ms");
    Ok(())
}

type Template = fn(u32) -> String;

/// What the publication of a topic costs beside as many audiences of a selector each as a hub takes.
fn beside(selector: impl Fn(u32) -> String, topic: &str) -> Result<(u32, f64), Failure> {
    let mut hub = hub()?;
    let everything = SubscribeRequest::live(Dialect::V0, vec![Subscription::topic("*")?]);
    hub.subscribe(
        Subscriber {
            id: id(MANY),
            request: &everything,
            access: &Access::default(),
            resumes: None,
        },
        (),
        NOW,
    )?;
    hub.start(id(MANY))?;
    wait(&mut hub, MANY)?;
    let mut count = 0;
    for number in 0..MANY {
        let text = selector(number);
        let subscription = match text.strip_prefix('~') {
            Some(pattern) => Subscription::url_pattern(pattern, &Bare)?,
            None => Subscription::topic(&text)?,
        };
        let request = SubscribeRequest::live(Dialect::V0, vec![subscription]);
        if hub
            .subscribe(
                Subscriber {
                    id: id(number),
                    request: &request,
                    access: &Access::default(),
                    resumes: None,
                },
                (),
                NOW,
            )
            .is_err()
        {
            break;
        }
        hub.start(id(number))?;
        wait(&mut hub, number)?;
        count += 1;
    }
    let update = update([topic.to_owned()])?;
    let samples = (0..3).map(|_| {
        let spent = publish(&mut hub, &update)?;
        (0..count).chain([MANY]).try_for_each(|number| wait(&mut hub, number))?;
        Ok(spent)
    });
    Ok((count, 1e3 * median(samples.collect::<Result<_, Failure>>()?)?))
}

/// A parser for which each topic and each pattern is a path of one host, as it stands.
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

/// The median of the ratios of what publishing costs `many` to what it costs `few`, measured next to
/// each other. `topic` says to which topic, by the round and the number of topics.
fn ratio(
    few: &mut Hub<(), ()>,
    many: &mut Hub<(), ()>,
    topic: fn(u32, u32) -> u32,
) -> Result<f64, Failure> {
    let few_updates = (0..FEW).map(|number| update(own(number))).collect::<Result<Vec<_>, _>>()?;
    let many_updates =
        (0..MANY).map(|number| update(own(number))).collect::<Result<Vec<_>, _>>()?;
    let samples = (0..SAMPLES).map(|_| {
        let cost = |hub: &mut Hub<(), ()>, updates: &[EncodedUpdate]| {
            (0..ROUNDS).try_fold(0.0, |spent, round| {
                let number = topic(round, u32::try_from(updates.len())?);
                let update = updates.get(number as usize).ok_or("no such topic")?;
                let published = publish(hub, update)?;
                wait(hub, number)?;
                Ok::<_, Failure>(spent + published)
            })
        };
        Ok(cost(many, &many_updates)? / cost(few, &few_updates)?)
    });
    median(samples.collect::<Result<_, Failure>>()?)
}

/// A hub with connections that wait, each subscribed to its topics.
fn subscribed<T: IntoIterator<Item = String>>(
    count: u32,
    topics: impl Fn(u32) -> T,
) -> Result<Hub<(), ()>, Failure> {
    let mut hub = hub()?;
    for number in 0..count {
        let topics = topics(number).into_iter().map(|topic| Subscription::topic(&topic));
        let request = SubscribeRequest::live(Dialect::V0, topics.collect::<Result<_, _>>()?);
        hub.subscribe(
            Subscriber {
                id: id(number),
                request: &request,
                access: &Access::default(),
                resumes: None,
            },
            (),
            NOW,
        )?;
        hub.start(id(number))?;
        wait(&mut hub, number)?;
    }
    Ok(hub)
}

fn hub() -> Result<Hub<(), ()>, Failure> {
    let kept = Retention::of_publications(Bounds { updates: 100, bytes: u64::MAX }, None);
    Ok(Hub::new(Log::open((), kept, Bounds::NONE)?, Heartbeat::off(), Rc::new(Bare)))
}

fn id(number: u32) -> ConnectionId {
    let mut bytes = [0; 16];
    bytes[..4].copy_from_slice(&number.to_be_bytes());
    ConnectionId::from_random(bytes)
}

fn own(number: u32) -> [String; 1] {
    [format!("https://example.com/topics/{number}")]
}

fn update(topics: impl IntoIterator<Item = String>) -> Result<EncodedUpdate, Failure> {
    let topics: Vec<Topic> =
        topics.into_iter().map(|topic| topic.parse()).collect::<Result<_, _>>()?;
    let topics = Topics::try_from(topics)?;
    Ok(Update::new(topics, "urn:example:1".parse()?, Event::new("x".repeat(100))).encode()?)
}

/// Seconds that it takes to append, to commit and to flush.
fn publish(hub: &mut Hub<(), ()>, update: &EncodedUpdate) -> Result<f64, Failure> {
    let update = update.clone();
    let started = Instant::now();
    let sequence = hub.append(update, NOW)?;
    let mut flush = hub.commit(sequence, NOW);
    let mut effects = flush.effects.len();
    while flush.next.is_some() {
        flush = hub.flush(NOW);
        effects += flush.effects.len();
    }
    let spent = started.elapsed().as_secs_f64();
    if effects == 0 {
        return Err("nobody was given the update".into());
    }
    hub.prune(NOW)?;
    Ok(spent)
}

/// The stream has taken what there is, and asks for more.
fn wait(hub: &mut Hub<(), ()>, number: u32) -> Result<(), Failure> {
    while !matches!(hub.poll_data(id(number), NOW)?, Polled::Nothing) {}
    Ok(())
}

fn median(mut samples: Vec<f64>) -> Result<f64, Failure> {
    samples.sort_by(f64::total_cmp);
    Ok(*samples.get(samples.len() / 2).ok_or("no sample")?)
}
