//! Any order of sleeps, resets, lost links and slow readers: each client is given exactly what is for
//! it, on one stream.

use std::{cell::Cell, collections::BTreeMap, time::Duration};

use proptest::{collection::vec, prelude::*, test_runner::TestRunner};

use super::{
    closings::granted,
    host::id,
    link_host::{Asks, LinkHost, Settings},
    link_log::{Entry, Expected, Log, Read},
    link_steps::{BURST, Begins, CLIENTS, Step, TOPICS, step},
    update,
};
use crate::{
    base::limits::REOPEN_GRACE,
    event_stream::{encoder, event::Event},
    hub::slow_consumers::SlowConsumers,
    log::{
        closing::{Closing, EndReason},
        history::{Bounds, Retention},
        update::EncodedUpdate,
    },
    tokens::access::Access,
};

const LINGER: Duration = Duration::from_millis(50);
const DRAIN: Duration = Duration::from_secs(4);

/// The hub, and what its clients are to be given.
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
                (0..BURST).for_each(|count| self.append(TOPICS[count % 2], 1, false));
            }
            Step::Close(topic) => {
                let (name, reason, private) = (topic.parse().unwrap(), EndReason::Done, false);
                if self.host.close_topic(&Closing { topic: name, reason, private }) {
                    self.log.push(Entry::Closing(topic));
                }
            }
            Step::Commit => self.host.commit(),
            Step::BeginCommit => self.host.begin_commit(),
            Step::Wait(millis) => self.host.wait(Duration::from_millis(millis)),
            Step::Grace if self.host.drained_at.is_none() => self.host.wait(REOPEN_GRACE),
            Step::Burst | Step::Grace => {}
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
        let request = begins.request(asked);
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

    /// Checks what each client was given; returns how many updates were left out.
    fn check(&self) -> u64 {
        let mut left_out = 0;
        for (number, expected) in &self.clients {
            let worker =
                self.host.workers.get(number).map(|worker| (&worker.client, &worker.ended));
            let direct =
                self.host.directs.get(number).map(|direct| (&direct.client, &direct.ended));
            let (read, ended) = worker.or(direct).unwrap();
            let read = Read::of(read, ended.as_deref());
            self.log.check(*number, expected, &read);
            left_out += read.left_out;
        }
        left_out
    }
}

fn access(granted_topic: &str) -> Access {
    if granted_topic.is_empty() { Access::default() } else { granted(granted_topic) }
}

/// Returns how many updates were left out.
fn play(steps: &[Step], mut both: Both) -> u64 {
    for step in steps {
        both.take(step);
        both.host.check();
    }
    both.settle();
    both.check()
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
        assert_eq!(play(&steps, Both::new(retained, SlowConsumers::Resume)), 0);
    }
}

#[test]
fn a_client_that_is_conflated_is_given_the_newest_of_each_topic_on_one_stream() {
    let left_out = Cell::new(0);
    let config = ProptestConfig { cases: 100, ..ProptestConfig::with_source_file(file!()) };
    let mut runner = TestRunner::new(config);
    let played = runner.run(&vec(any::<[u8; 4]>().prop_map(step), 0..120), |steps| {
        let conflating = Both::new(1 << 40, SlowConsumers::Conflate);
        left_out.set(left_out.get() + play(&steps, conflating));
        Ok(())
    });
    played.unwrap_or_else(|failed| panic!("{failed}"));
    assert!(left_out.get() > 0, "no client was conflated");
}
