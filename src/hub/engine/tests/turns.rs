//! Turns, reveals, pulls, falls behind, ends and steps of the clock in every order.

use std::time::Duration;

use proptest::{collection::vec, prelude::*, sample::select};

use super::{
    Host,
    host::{after, id, live},
    update,
};
use crate::{
    base::timestamp::Timestamp,
    hub::{close_reason::CloseReason, linger::Linger},
};

const MOST: Duration = Duration::from_millis(50);

/// More turns than any test needs.
const ENOUGH: usize = 1_000;

/// What happens to a hub that lingers and turns.
#[derive(Clone, Debug)]
enum Step {
    Connect(u8, &'static [&'static str]),
    Resume(u8, &'static [&'static str]),
    Append(&'static [&'static str]),
    Commit,
    Read(u8),
    Send(u8),
    SendAll,
    Beat,
    Wait(u64),
    SetBack(u64),
    /// One turn of a flush.
    Turn,
    Prune,
    Close(u8),
    Goes(u8),
    Drain,
}

const SELECTIONS: [&[&str]; 4] = [&["a"], &["b"], &["a", "b"], &["*"]];
const TOPICS: [&[&str]; 4] = [&["a"], &["b"], &["b", "a"], &["c"]];

fn any_step() -> impl Strategy<Value = Step> {
    let selection = || select(&SELECTIONS[..]);
    prop_oneof![
        4 => (1..9_u8, selection()).prop_map(|(id, asked)| Step::Connect(id, asked)),
        2 => (1..9_u8, selection()).prop_map(|(id, asked)| Step::Resume(id, asked)),
        8 => select(&TOPICS[..]).prop_map(Step::Append),
        6 => Just(Step::Commit),
        10 => (1..9_u8).prop_map(Step::Read),
        1 => (1..9_u8).prop_map(Step::Send),
        1 => Just(Step::SendAll),
        1 => Just(Step::Beat),
        4 => (0..60_u64).prop_map(Step::Wait),
        1 => (8_000..16_000_u64).prop_map(Step::Wait),
        1 => (0..1_000_u64).prop_map(Step::SetBack),
        8 => Just(Step::Turn),
        1 => Just(Step::Prune),
        1 => (1..9_u8).prop_map(Step::Close),
        1 => (1..9_u8).prop_map(Step::Goes),
        1 => prop_oneof![6 => Just(Step::Turn), 1 => Just(Step::Drain)],
    ]
}

/// What a client has asked for, and the numbers of the update behind which its stream begins, and of the
/// one behind which it ends.
#[derive(Clone, Copy)]
struct Client {
    asked: &'static [&'static str],
    from: usize,
    until: Option<usize>,
}

struct Turns {
    host: Host,
    clients: Vec<Option<Client>>,
    appended: Vec<&'static [&'static str]>,
    committed: usize,
    /// Before this moment no connection is taken.
    drained: Timestamp,
}

impl Turns {
    fn has(&self, connection: u8) -> bool {
        self.host.hub.registry().get(id(connection)).is_ok()
    }

    fn open(&self) -> Vec<u8> {
        (1..9).filter(|connection| self.has(*connection)).collect()
    }

    fn goes(&mut self, connection: u8) {
        let gone = self.host.hub.remove(id(connection), CloseReason::ClientGone);
        self.host.end(gone);
        self.clients[usize::from(connection)] = None;
    }

    fn comes(&mut self, connection: u8, asked: &'static [&'static str], resumes: bool) {
        self.goes(connection);
        if self.host.now < self.drained {
            return;
        }
        let (from, request) = match self.committed {
            committed @ 1.. if resumes => {
                let from = committed / 2 + 1;
                (from.min(committed), after(&from.min(committed).to_string(), asked))
            }
            committed => (committed, live(asked)),
        };
        self.host.connect(connection, &request);
        self.clients[usize::from(connection)] = Some(Client { asked, from, until: None });
    }

    fn ends(&mut self, connection: u8) {
        if let Some(client) = &mut self.clients[usize::from(connection)] {
            client.until.get_or_insert(self.committed);
        }
    }

    fn step(&mut self, step: &Step) {
        match *step {
            Step::Connect(connection, asked) => self.comes(connection, asked, false),
            Step::Resume(connection, asked) => self.comes(connection, asked, true),
            Step::Append(topics) => {
                self.appended.push(topics);
                self.host.append(update(&self.appended.len().to_string(), topics));
            }
            Step::Commit => {
                self.committed = self.appended.len();
                self.host.begin_commit();
            }
            Step::Read(connection) if self.has(connection) => self.host.read(connection),
            Step::Send(connection) if self.has(connection) => {
                let stopped = self.host.hub.registry().get(id(connection)).unwrap().is_stopped();
                if !stopped {
                    self.host.send_one(connection, "sent");
                }
            }
            Step::SendAll => self.host.send_all("sent"),
            Step::Beat => {
                self.host.beat();
            }
            Step::Wait(millis) => self.host.wait(Duration::from_millis(millis)),
            Step::SetBack(millis) => {
                self.host.now = self.host.now.checked_sub(Duration::from_millis(millis)).unwrap();
            }
            Step::Turn => self.host.turn(),
            Step::Prune => self.host.prune(),
            Step::Close(connection) if self.has(connection) => {
                self.ends(connection);
                self.host.close(connection, CloseReason::Stopped);
            }
            Step::Goes(connection) => self.goes(connection),
            Step::Drain => {
                self.open().into_iter().for_each(|connection| self.ends(connection));
                self.host.drain(Duration::ZERO);
                self.drained = self.host.now;
            }
            Step::Read(_) | Step::Send(_) | Step::Close(_) => {}
        }
    }

    /// Everybody reads until nobody is due.
    fn settle(&mut self) {
        for _ in 0..ENOUGH {
            self.open().into_iter().for_each(|connection| self.host.read(connection));
            match self.host.next_flush() {
                Some(wait) => {
                    self.host.wait(wait);
                    self.host.turn();
                }
                None => return,
            }
        }
        panic!("a flush without end");
    }

    fn expected(&self, client: Client) -> Vec<String> {
        let Client { asked, from, until } = client;
        let admits = |topics: &&[&str]| {
            topics.iter().any(|topic| asked.contains(topic) || asked.contains(&"*"))
        };
        let committed = self.appended.iter().zip(1..).take(until.unwrap_or(self.committed));
        let shown = committed.filter(|(topics, number)| *number > from && admits(topics));
        shown.map(|(_, number)| number.to_string()).collect()
    }
}

proptest! {
    #[test]
    fn everybody_is_given_what_was_committed_since_once_and_in_order(
        steps in vec(any_step(), 0..200),
        window in 0..4_u64,
        turn in 1..4_usize,
        rests: bool,
        lingers: bool,
    ) {
        let mut host = Host::keeping(u64::MAX, window).turning_after(turn);
        if rests {
            host = host.resting();
        }
        if lingers {
            host.hub = host.hub.with_linger(Linger::always(MOST));
        }
        let mut turns =
            Turns { host, clients: vec![None; 9], appended: Vec::new(), committed: 0, drained: Timestamp::default() };
        for step in steps {
            turns.step(&step);
        }
        turns.settle();
        for (connection, client) in (0..).zip(&turns.clients) {
            let Some(client) = client else { continue };
            let mut got = turns.host.got(connection);
            got.retain(|data| data != "sent");
            let expected = turns.expected(*client);
            match turns.host.stream(connection).closed {
                // It took nothing for two heartbeats.
                Some(CloseReason::TooSlow) => prop_assert!(expected.starts_with(&got)),
                closed => {
                    prop_assert_eq!(got, expected, "to {}", connection);
                    prop_assert_eq!(closed.is_some(), client.until.is_some(), "{}", connection);
                }
            }
        }
        prop_assert_eq!(turns.host.hub.registry().held().queues, 0);
    }
}
