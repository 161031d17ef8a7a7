//! Any order of sleeps, resets, lost links and slow readers: each client is given exactly what is for
//! it, on one stream.

use std::{collections::BTreeMap, time::Duration};

use proptest::{collection::vec, prelude::*};

use super::{
    closings::granted,
    host::{earliest, id, live, uncached},
    link_host::{Asks, DIRECT, LinkHost, Settings},
    link_log::{Entry, Expected, Log, Read},
    update,
};
use crate::{
    event_stream::{encoder, event::Event},
    hub::{slow_consumers::SlowConsumers, subscribe_request::SubscribeRequest},
    log::{
        closing::{Closing, EndReason},
        history::{Bounds, Retention},
        update::EncodedUpdate,
    },
    tokens::access::Access,
};

const CLIENTS: [u8; 4] = [1, 2, 3, DIRECT];
const SELECTIONS: [&[&str]; 4] = [&["a"], &["b"], &["a", "b"], &["*"]];
const TOPICS: [&[&str]; 4] = [&["a"], &["b"], &["a", "b"], &["c"]];
const GRANTS: [&str; 4] = ["", "a", "b", "*"];
const LINGER: Duration = Duration::from_millis(50);
const DRAIN: Duration = Duration::from_secs(4);

/// Something that happens to the hub, a Worker or a client.
#[derive(Clone, Debug)]
enum Step {
    Open(u8, &'static [&'static str], Begins, &'static str),
    Append(&'static [&'static str], usize, bool),
    /// So many updates that a reader without credit is conflated, if that is on.
    Burst,
    Close(&'static str),
    Commit,
    BeginCommit,
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
    /// The client is granted this from now on.
    Reopen(u8, Option<&'static str>),
    Loses(u8),
    /// The hub learns of a link that was closed.
    Notices(u8),
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
    let client = CLIENTS[usize::from(client % 4)];
    let amount = usize::from(amount);
    let [asked, topics] = [SELECTIONS, TOPICS].map(|all| all[usize::from(choice % 4)]);
    let granted = GRANTS[usize::from(choice / 4 % 4)];
    let begins = [Begins::Live, Begins::WithPlace, Begins::Earliest][amount % 3];
    match kind % 104 {
        0..12 => {
            let size = [amount % 80, 100 + amount, 140_000];
            let large = usize::from(amount > 230) + usize::from(amount == 255);
            Step::Append(topics, size[large], choice > 200)
        }
        12..16 => Step::Open(client, asked, begins, granted),
        16..20 => Step::Commit,
        20..24 => Step::BeginCommit,
        24..28 => Step::Wait(amount as u64 / 2),
        28..38 => Step::Arrives(client),
        48..58 => Step::Grants(client),
        58..60 => Step::SendOne(client),
        60 => Step::SendAll,
        61..63 => Step::Prune,
        63..73 => Step::Sleep,
        73..76 => Step::Abort(amount % 4),
        76..84 => Step::Reopen(client, (amount % 5 == 0).then_some(granted)),
        84..86 => Step::Loses(client),
        86 => Step::Goes(client),
        87 => Step::Stop(client),
        88 => Step::Drain,
        89..92 => Step::Notices(client),
        92..95 => Step::Goes(DIRECT),
        95 if amount < 128 => Step::Close(topics[0]),
        96 => Step::Burst,
        98..104 => Step::Wait(0),
        _ => Step::Reads(client),
    }
}

struct Both {
    host: LinkHost,
    log: Log,
    clients: BTreeMap<u8, Expected>,
    events: u32,
}

impl Both {
    fn new(retained: u64, slow_consumers: SlowConsumers) -> Self {
        let publications = Bounds { updates: retained, bytes: u64::MAX };
        let retention = Retention { publications, age: None, ..Settings::default().retention };
        let settings = Settings { retention, linger: LINGER, slow_consumers };
        let log = Log::new(retained, slow_consumers == SlowConsumers::Conflate);
        Self { host: LinkHost::new(settings), log, clients: BTreeMap::new(), events: 0 }
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::Open(id, asked, begins, granted) => self.open(id, asked, begins, granted),
            Step::Append(topics, size, private) => self.append(topics, size, private),
            Step::Burst if self.log.is_conflated() => {
                (0..1_100).for_each(|count| self.append(TOPICS[count % 2], 1, false));
            }
            Step::Burst => {}
            Step::Close(topic) => {
                let (name, reason, private) = (topic.parse().unwrap(), EndReason::Done, false);
                if self.host.close_topic(&Closing { topic: name, reason, private }) {
                    self.log.push(Entry::Closing(topic));
                }
            }
            Step::Commit => self.host.commit(),
            Step::BeginCommit => self.host.begin_commit(),
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
                for id in CLIENTS {
                    self.may_lose(id);
                }
            }
            Step::Reopen(id, granted) => self.reopen(id, granted),
            Step::Loses(id) => {
                self.host.loses(id);
                self.may_lose(id);
            }
            Step::Notices(id) => self.host.notices(id),
            Step::Goes(id) => {
                self.host.goes(id);
                self.clients.remove(&id);
            }
            Step::Stop(id) => self.host.stop(id),
            Step::Drain => self.drain(),
        }
    }

    fn append(&mut self, topics: &'static [&'static str], size: usize, private: bool) {
        let number = (self.log.len() + 1).to_string();
        let event = Event::new(format!("{number} {}", "x".repeat(size)));
        let event = encoder::encoded(&event.with_id(number.parse().unwrap())).into();
        if self.host.append(EncodedUpdate { private, event, ..update(&number, topics) }) {
            self.log.push(Entry::Update { topics, private });
        }
    }

    fn open(
        &mut self,
        number: u8,
        asked: &'static [&'static str],
        begins: Begins,
        granted: &'static str,
    ) {
        self.clients.remove(&number);
        let request = request(asked, begins);
        let begun = self.host.open(number, Asks { request, access: access(granted) });
        if let Some(begun) = begun {
            let places = usize::from(matches!(begins, Begins::WithPlace));
            let granted = vec![(begun.get(), granted)];
            let earliest = matches!(begins, Begins::Earliest).then(|| self.log.len());
            let (sent, drained) = (Vec::new(), None);
            let expected = Expected { asked, places, earliest, granted, sent, drained };
            self.clients.insert(number, expected);
        }
    }

    fn reopen(&mut self, number: u8, granted: Option<&'static str>) {
        let Some(expected) = self.clients.get_mut(&number) else { return };
        let Some(worker) = self.host.workers.get(&number) else { return };
        if worker.ended.is_some() {
            return;
        }
        if let Some(granted) = granted {
            expected.granted.push((worker.cursor.get(), granted));
        }
        let (_, granted) = *expected.granted.last().unwrap();
        self.may_lose(number);
        self.host.reopen(number, &access(granted));
        let worker = &self.host.workers[&number];
        if !worker.has_begun {
            // What was held when it came may be gone, and it begins with what is held now.
            let expected = self.clients.get_mut(&number).unwrap();
            expected.granted[0].0 = worker.cursor.get();
            expected.earliest = expected.earliest.map(|_| self.log.len());
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
            && self.host.workers.get(&number).is_none_or(|worker| worker.is_linked)
        {
            self.clients.get_mut(&number).unwrap().sent.push(self.events);
        }
    }

    /// What is on its way to a client may be lost with its link.
    fn may_lose(&mut self, number: u8) {
        if let Some(expected) = self.clients.get_mut(&number) {
            expected.sent.clear();
        }
    }

    fn drain(&mut self) {
        let tail = self.host.hub().log().tail().get();
        for (number, expected) in &mut self.clients {
            if self.host.has(*number) {
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
            let worker =
                self.host.workers.get(number).map(|worker| (&worker.client, &worker.ended));
            let direct =
                self.host.directs.get(number).map(|direct| (&direct.client, &direct.ended));
            let (read, ended) = worker.or(direct).unwrap();
            self.log.check(*number, expected, &Read::of(read, ended.as_deref()));
        }
    }
}

fn access(granted_topic: &str) -> Access {
    if granted_topic.is_empty() { Access::default() } else { granted(granted_topic) }
}

fn request(asked: &[&str], begins: Begins) -> SubscribeRequest {
    match begins {
        Begins::Live => live(asked),
        Begins::WithPlace => uncached(live(asked)),
        Begins::Earliest => earliest(asked),
    }
}

fn play(steps: &[Step], mut both: Both) {
    for step in steps {
        both.take(step);
        both.host.check();
    }
    both.settle();
    both.check();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn each_client_is_given_exactly_what_is_for_it_on_one_stream(
        steps in vec(any::<[u8; 4]>().prop_map(step), 0..120),
        retained in 1..36_u64,
    ) {
        let all = 1 << 40;
        let retained = if retained < 12 { retained } else { all };
        play(&steps, Both::new(retained, SlowConsumers::Resume));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn a_client_that_is_conflated_is_given_the_newest_of_each_topic_on_one_stream(
        steps in vec(any::<[u8; 4]>().prop_map(step), 0..120),
    ) {
        play(&steps, Both::new(1 << 40, SlowConsumers::Conflate));
    }
}
