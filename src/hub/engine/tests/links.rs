//! Any order of sleeps, resets, lost links and slow readers: each client is given exactly what is for
//! it, on one stream.

use std::time::Duration;

use proptest::{collection::vec, prelude::*};

use super::{
    host::{earliest, id, key, live, uncached},
    link_host::{LinkHost, Settings},
    update,
};
use crate::{
    event_stream::{decoder::Decoder, encoder, event::Event},
    hub::subscribe_request::SubscribeRequest,
    log::{
        history::{Bounds, Retention},
        update::EncodedUpdate,
    },
};

const CLIENTS: std::ops::Range<u8> = 1..4;
const SELECTIONS: [&[&str]; 4] = [&["a"], &["b"], &["a", "b"], &["*"]];
const TOPICS: [&[&str]; 4] = [&["a"], &["b"], &["a", "b"], &["c"]];
const LINGER: Duration = Duration::from_millis(50);
const DRAIN: Duration = Duration::from_secs(4);

/// Something that happens to the hub, a Worker or a client.
#[derive(Clone, Debug)]
enum Step {
    Open(u8, &'static [&'static str], Begins),
    Append(&'static [&'static str], usize),
    Commit,
    Wait(u64),
    Arrives(u8),
    Reads(u8),
    Grants(u8),
    SendOne(u8),
    SendAll,
    Prune,
    Sleep,
    /// Of the frames on their way this many arrive.
    Abort(usize),
    /// The client may ask for this from now on.
    Reopen(u8, Option<&'static [&'static str]>),
    Loses(u8),
    Goes(u8),
    Stop(u8),
    Drain,
}

#[derive(Clone, Copy, Debug)]
enum Begins {
    Live,
    WithPlace,
    Earliest,
}

/// A step, made of one random number. A strategy for each step takes most of the time of this test.
fn step([kind, client, choice, amount]: [u8; 4]) -> Step {
    let client = CLIENTS.start + client % (CLIENTS.end - CLIENTS.start);
    let amount = usize::from(amount);
    let [asked, topics] = [SELECTIONS, TOPICS].map(|all| all[usize::from(choice % 4)]);
    let begins = [Begins::Live, Begins::WithPlace, Begins::Earliest][amount % 3];
    match kind % 89 {
        0..12 => {
            let size = [amount % 80, 100 + amount, 140_000];
            let large = usize::from(amount > 230) + usize::from(amount == 255);
            Step::Append(topics, size[large])
        }
        12..16 => Step::Open(client, asked, begins),
        16..24 => Step::Commit,
        24..28 => Step::Wait(amount as u64 / 2),
        28..38 => Step::Arrives(client),
        48..58 => Step::Grants(client),
        58..60 => Step::SendOne(client),
        60 => Step::SendAll,
        61..63 => Step::Prune,
        63..73 => Step::Sleep,
        73..76 => Step::Abort(amount % 4),
        76..84 => Step::Reopen(client, (amount % 5 == 0).then_some(asked)),
        84..86 => Step::Loses(client),
        86 => Step::Goes(client),
        87 => Step::Stop(client),
        88 => Step::Drain,
        _ => Step::Reads(client),
    }
}

/// What is to become of a client.
#[derive(Debug)]
struct Expected {
    begins: Begins,
    /// What it asks for behind each place.
    asked: Vec<(u64, &'static [&'static str])>,
    /// Events for it alone that it was sent and that cannot be lost.
    sent: Vec<u32>,
    /// The tail when the hub was drained.
    drained: Option<u64>,
}

impl Expected {
    fn is_for(&self, number: u64, topics: &[&str]) -> bool {
        let asked = self.asked.iter().rfind(|(behind, _)| *behind < number);
        asked.is_some_and(|(_, asked)| {
            asked.contains(&"*") || asked.iter().any(|topic| topics.contains(topic))
        })
    }
}

struct Both {
    host: LinkHost,
    /// The topics of all updates.
    topics: Vec<&'static [&'static str]>,
    clients: std::collections::BTreeMap<u8, Expected>,
    events: u32,
    retained: u64,
}

impl Both {
    fn new(retained: u64) -> Self {
        let publications = Bounds { updates: retained, bytes: u64::MAX };
        let retention = Retention { publications, age: None, ..Settings::default().retention };
        let host = LinkHost::new(Settings { retention, linger: LINGER, ..Settings::default() });
        let (topics, clients) = Default::default();
        Self { host, topics, clients, events: 0, retained }
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::Open(id, asked, begins) => self.open(id, asked, begins),
            Step::Append(topics, size) => {
                self.topics.push(topics);
                let number = self.topics.len().to_string();
                let event = Event::new(format!("{number} {}", "x".repeat(size)));
                let event = encoder::encoded(&event.with_id(number.parse().unwrap())).into();
                self.host.append(EncodedUpdate { event, ..update(&number, topics) });
            }
            Step::Commit => self.host.commit(),
            Step::Wait(millis) => self.host.wait(Duration::from_millis(millis)),
            Step::Arrives(id) => self.host.arrives(id),
            Step::Reads(id) => self.host.reads(id),
            Step::Grants(id) => self.host.grants(id),
            Step::SendOne(id) => self.send_one(id),
            Step::SendAll => {
                self.events += 1;
                self.host.send_all(&Event::new(format!("sent {}", self.events)));
            }
            Step::Prune => self.host.prune(),
            Step::Sleep => {
                self.host.sleep();
            }
            Step::Abort(arriving) => {
                self.host.abort(arriving);
                CLIENTS.for_each(|id| self.may_lose(id));
            }
            Step::Reopen(id, asked) => self.reopen(id, asked),
            Step::Loses(id) => {
                self.host.loses(id);
                self.may_lose(id);
            }
            Step::Goes(id) => {
                self.host.goes(id);
                self.clients.remove(&id);
            }
            Step::Stop(id) => self.host.stop(id),
            Step::Drain => self.drain(),
        }
    }

    fn open(&mut self, number: u8, asked: &'static [&'static str], begins: Begins) {
        self.host.open(number, &request(asked, begins));
        self.clients.remove(&number);
        if let Some(worker) = self.host.workers.get(&number) {
            let asked = vec![(worker.cursor.get(), asked)];
            let expected = Expected { begins, asked, sent: Vec::new(), drained: None };
            self.clients.insert(number, expected);
        }
    }

    fn reopen(&mut self, number: u8, asked: Option<&'static [&'static str]>) {
        let Some(expected) = self.clients.get_mut(&number) else { return };
        let worker = &self.host.workers[&number];
        if worker.ended.is_some() {
            return;
        }
        if let Some(asked) = asked {
            expected.asked.push((worker.cursor.get(), asked));
        }
        let (_, asked) = *expected.asked.last().unwrap();
        let request = request(asked, expected.begins);
        self.may_lose(number);
        self.host.reopen(number, &request);
        let (worker, expected) = (&self.host.workers[&number], self.clients.get_mut(&number));
        if !worker.has_begun
            && let Some((begins, _)) = expected.unwrap().asked.first_mut()
        {
            // What was held when it came may be gone, and it begins with what is held now.
            *begins = worker.cursor.get();
        }
    }

    fn send_one(&mut self, number: u8) {
        self.events += 1;
        let event = Event::new(format!("sent {}", self.events));
        let is_live = |host: &mut LinkHost| {
            let hub = host.hub();
            hub.registry().get(id(number)).is_ok_and(|found| found.progress().is_live())
        };
        if self.host.send_one(number, &event).is_ok()
            && is_live(&mut self.host)
            && self.host.workers[&number].is_linked
        {
            self.clients.get_mut(&number).unwrap().sent.push(self.events);
        }
    }

    /// What is on its way to a Worker may be lost with its link.
    fn may_lose(&mut self, number: u8) {
        if let Some(expected) = self.clients.get_mut(&number) {
            expected.sent.clear();
        }
    }

    fn drain(&mut self) {
        let tail = self.host.hub().log().tail().get();
        for (number, expected) in &mut self.clients {
            if self.host.hub().registry().get(id(*number)).is_ok() {
                expected.drained.get_or_insert(tail);
            }
        }
        self.host.drain(DRAIN);
    }

    /// Everybody has a link again, and reads to the end.
    fn settle(&mut self) {
        self.host.wait(DRAIN);
        self.host.commit();
        for number in CLIENTS {
            if self.host.workers.get(&number).is_some_and(|worker| !worker.is_linked) {
                self.reopen(number, None);
            }
        }
        self.host.settle();
    }

    fn check(&self) {
        for (number, expected) in &self.clients {
            let worker = &self.host.workers[number];
            let read = Read::of(*number, &worker.client);
            assert_eq!(read.openings, 1, "the openings of {number}");
            let places = usize::from(matches!(expected.begins, Begins::WithPlace));
            assert!(read.places <= places, "{} places to {number}", read.places);
            let (begins, _) = expected.asked[0];
            let mut before = begins;
            for (at, told) in &read.told {
                assert!(*at > before, "{at} behind {before} to {number}");
                for between in before + 1..*at {
                    self.is_right(expected, between, *told == Told::Gap);
                }
                match told {
                    Told::Gap => {
                        let oldest =
                            self.topics.len() as u64 - self.retained.min(self.topics.len() as u64);
                        assert!(before < oldest, "a gap with nothing gone");
                        self.is_right(expected, *at, true);
                    }
                    Told::Update => assert!(expected.is_for(*at, self.topics_of(*at))),
                }
                before = *at;
            }
            let end = match worker.ended.as_deref() {
                None => self.topics.len() as u64,
                Some("drained") => expected.drained.unwrap(),
                Some("stopped") => before,
                Some(other) => panic!("{number} has ended: {other}"),
            };
            for left in before + 1..=end {
                self.is_right(expected, left, false);
            }
            let mut sent = read.sent.iter();
            assert!(read.sent.is_sorted_by(|one, next| one < next), "{:?}", read.sent);
            let stopped = worker.ended.as_deref() == Some("stopped");
            assert!(
                stopped || expected.sent.iter().all(|event| sent.any(|read| read == event)),
                "{number} was sent {:?} and has read {:?}",
                expected.sent,
                read.sent
            );
        }
    }

    fn topics_of(&self, number: u64) -> &'static [&'static str] {
        self.topics[usize::try_from(number).unwrap() - 1]
    }

    /// An update that was not given is not for the client, or is gone and it was told so.
    fn is_right(&self, expected: &Expected, number: u64, is_told: bool) {
        let is_gone = number + self.retained <= self.topics.len() as u64;
        let is_for = expected.is_for(number, self.topics_of(number));
        assert!(!is_for || is_told && is_gone, "{number} is missing");
    }
}

fn request(asked: &[&str], begins: Begins) -> SubscribeRequest {
    match begins {
        Begins::Live => live(asked),
        Begins::WithPlace => uncached(live(asked)),
        Begins::Earliest => earliest(asked),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Update,
    /// A gap, behind which the stream goes on behind this place.
    Gap,
}

/// What a client has read.
#[derive(Debug, Default)]
struct Read {
    told: Vec<(u64, Told)>,
    sent: Vec<u32>,
    places: usize,
    openings: usize,
}

impl Read {
    fn of(number: u8, stream: &[u8]) -> Self {
        let mut read = Self::default();
        let text = std::str::from_utf8(stream).unwrap();
        read.openings = text.lines().filter(|line| *line == ":").count();
        let events = Decoder::with_max_event_bytes(usize::MAX).decode(stream, |event| {
            let place = || key().read(&event.last_event_id().parse().unwrap()).unwrap().get();
            match (event.event_type(), event.data().split_once(' ')) {
                ("place", _) => read.places += 1,
                ("gap", _) => read.told.push((place(), Told::Gap)),
                (_, Some(("sent", count))) => read.sent.push(count.parse().unwrap()),
                (_, Some((update, _))) => read.told.push((update.parse().unwrap(), Told::Update)),
                other => panic!("{number} was given {other:?}"),
            }
        });
        events.unwrap();
        read
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn each_client_is_given_exactly_what_is_for_it_on_one_stream(
        steps in vec(any::<[u8; 4]>().prop_map(step), 0..120),
        retained in 1..36_u64,
    ) {
        let all = 1 << 40;
        let mut both = Both::new(if retained < 12 { retained } else { all });
        for step in &steps {
            both.take(step);
            both.host.check_bounds();
        }
        both.settle();
        both.check();
    }
}
