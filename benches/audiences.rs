//! What a publication costs, in ratios: `make bench-core` prints them, and fails when the one that
//! has a limit is over it.

#![allow(clippy::print_stdout, reason = "a program that prints figures")]
#![allow(clippy::disallowed_methods, reason = "it measures time, on this machine alone")]

use std::{error::Error, rc::Rc, time::Instant};

use millstream::{
    access::Access,
    connection_id::ConnectionId,
    dialect::Dialect,
    event::Event,
    heartbeat::Heartbeat,
    history::{Bounds, Retention},
    hub::{Hub, Polled},
    log::Log,
    subscribe_request::SubscribeRequest,
    subscription::Subscription,
    timestamp::Timestamp,
    topic::Topic,
    topics::Topics,
    update::{EncodedUpdate, Update},
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
    if to_one > LIMIT {
        return Err(format!("{to_one:.2} is over the limit of {LIMIT}").into());
    }
    Ok(())
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
    let kept = Retention::of_publications(Bounds { updates: 100, bytes: u64::MAX }, None);
    let mut hub = Hub::new(Log::open((), kept, Bounds::NONE)?, Heartbeat::off(), Rc::new(()));
    for number in 0..count {
        let topics = topics(number).into_iter().map(|topic| Subscription::topic(&topic));
        let request = SubscribeRequest::live(Dialect::V0, topics.collect::<Result<_, _>>()?);
        hub.subscribe(id(number), (), &request, &Access::default(), NOW)?;
        hub.start(id(number))?;
        wait(&mut hub, number)?;
    }
    Ok(hub)
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

/// Seconds that it takes to append and to commit.
fn publish(hub: &mut Hub<(), ()>, update: &EncodedUpdate) -> Result<f64, Failure> {
    let update = update.clone();
    let started = Instant::now();
    let sequence = hub.append(update, NOW)?;
    let effects = hub.commit(sequence, NOW).effects;
    let spent = started.elapsed().as_secs_f64();
    if effects.is_empty() {
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
