//! All subscribers, on one thread and one epoll instance.

use std::{
    io::{self, Read as _},
    time::Duration,
};

use rustix::{
    buffer::spare_capacity,
    event::{
        Timespec,
        epoll::{self, CreateFlags, Event, EventData, EventFlags},
    },
    fd::OwnedFd,
};

use crate::{
    arguments::Arguments,
    clock,
    subscriber::{End, Subscriber},
    tally::Tally,
};

/// What one read may bring; shared by all, since everything is taken in place.
const READ: usize = 256 * 1024;

/// How many connections are heard of at once.
const EVENTS: usize = 1_024;

/// The subscribers, and what they have received.
pub struct Fleet {
    arguments: Arguments,
    epoll: OwnedFd,
    events: Vec<Event>,
    buffer: Vec<u8>,
    subscribers: Vec<Subscriber>,
    /// Counts over all of them.
    pub tally: Tally,
    /// Whether connections ask for what followed their last event ID.
    pub resume: bool,
    goal: Option<Goal>,
    ended: Vec<(usize, End)>,
    opening: usize,
}

/// What everybody is to have.
#[derive(Debug)]
struct Goal {
    sequences: Vec<u64>,
    /// When each subscriber had it.
    reached: Vec<Option<u64>>,
    remaining: usize,
}

impl Fleet {
    /// Subscribers without connections.
    pub fn new(arguments: &Arguments) -> io::Result<Self> {
        let subscriber = |index| Subscriber::new(arguments.publishers, index < arguments.stalled);
        Ok(Self {
            epoll: epoll::create(CreateFlags::CLOEXEC)?,
            events: Vec::with_capacity(EVENTS),
            buffer: vec![0; READ],
            subscribers: (0..arguments.connections).map(subscriber).collect(),
            tally: Tally::new(arguments.shape()),
            resume: false,
            goal: None,
            ended: Vec::new(),
            opening: 0,
            arguments: arguments.clone(),
        })
    }

    /// How many subscribers there are.
    pub fn len(&self) -> usize {
        self.subscribers.len()
    }

    /// How many connections have been begun and not been confirmed or refused.
    pub fn opening(&self) -> usize {
        self.opening
    }

    /// How many streams are open.
    pub fn confirmed(&self) -> usize {
        self.subscribers.iter().filter(|subscriber| subscriber.is_confirmed()).count()
    }

    /// A subscriber.
    pub fn subscriber(&mut self, index: usize) -> &mut Subscriber {
        &mut self.subscribers[index]
    }

    /// Begins to connect a subscriber.
    pub fn open(&mut self, index: usize) -> io::Result<()> {
        let socket = self.subscribers[index].connect(&self.arguments)?;
        let data = EventData::new_u64(index as u64);
        epoll::add(&self.epoll, socket, data, EventFlags::OUT)?;
        self.opening += 1;
        Ok(())
    }

    /// Cuts a subscriber's connection.
    pub fn close(&mut self, index: usize) {
        let subscriber = &mut self.subscribers[index];
        let was_confirmed = subscriber.is_confirmed();
        // Closing it takes it out of the epoll instance.
        if subscriber.disconnect().is_some() && !was_confirmed {
            self.opening -= 1;
        }
    }

    /// The connections that ended by themselves since this was last asked.
    pub fn take_ended(&mut self) -> Vec<(usize, End)> {
        std::mem::take(&mut self.ended)
    }

    /// From now on it is noted who has everything below these sequences.
    pub fn set_goal(&mut self, sequences: Vec<u64>) {
        let reached = vec![None; self.subscribers.len()];
        let mut goal = Goal { sequences, reached, remaining: 0 };
        goal.remaining = self.subscribers.iter().filter(|one| !one.is_stalled).count();
        let now = clock::now();
        for (index, subscriber) in self.subscribers.iter().enumerate() {
            goal.look_at(index, subscriber, now);
        }
        self.goal = Some(goal);
    }

    /// How many subscribers do not have everything yet and still have or get a connection.
    pub fn remaining(&self) -> usize {
        self.goal.as_ref().map_or(0, |goal| goal.remaining)
    }

    /// When each subscriber had reached the goal.
    pub fn reached(&self) -> impl Iterator<Item = Option<u64>> {
        self.goal.iter().flat_map(|goal| goal.reached.iter().copied())
    }

    /// Counts what has not come.
    pub fn settle(&mut self, sequences: &[u64]) {
        let checked = self.subscribers.iter().filter(|subscriber| !subscriber.is_stalled);
        let missing: u64 = checked.map(|subscriber| subscriber.ledger.missing(sequences)).sum();
        self.tally.violations.missing += missing;
    }

    /// Waits until something happens, and takes what there is to take.
    pub fn turn(&mut self, timeout: Duration) -> io::Result<()> {
        let timeout = Timespec {
            tv_sec: timeout.as_secs().cast_signed(),
            tv_nsec: timeout.subsec_nanos().into(),
        };
        let mut events = std::mem::take(&mut self.events);
        events.clear();
        match epoll::wait(&self.epoll, spare_capacity(&mut events), Some(&timeout)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        for event in &events {
            let index = event.data.u64() as usize;
            let was_confirmed = self.subscribers[index].is_confirmed();
            let result = self.happened(index, event.flags);
            if !was_confirmed && self.subscribers[index].is_confirmed() {
                self.opening -= 1;
            }
            if let Err(end) = result {
                self.close(index);
                match end {
                    _ if self.subscribers[index].is_stalled => {}
                    End::Framing(_) | End::NoGzip(_) => self.tally.violations.malformed += 1,
                    End::Stream => self.tally.violations.unexpected_end += 1,
                    _ => {}
                }
                self.ended.push((index, end));
            }
        }
        self.events = events;
        Ok(())
    }

    fn happened(&mut self, index: usize, flags: EventFlags) -> Result<(), End> {
        let subscriber = &mut self.subscribers[index];
        if flags.contains(EventFlags::OUT) {
            subscriber.request(&self.arguments, self.resume)?;
            return self.expect_input(index);
        }
        let Some(mut socket) = subscriber.socket() else { return Ok(()) };
        let length = match socket.read(&mut self.buffer) {
            Ok(length) => length,
            Err(error) if is_temporary(&error) => return Ok(()),
            Err(_) if subscriber.is_confirmed() => return Err(End::Stream),
            Err(error) => return Err(End::Connect(error)),
        };
        let now = clock::now();
        let received = subscriber.receive(&self.buffer[..length], now, &mut self.tally);
        // What ends a stream may come with its last updates.
        if let Some(goal) = &mut self.goal {
            goal.look_at(index, subscriber, now);
        }
        received?;
        if subscriber.is_stalled && subscriber.is_confirmed() {
            let socket = subscriber.socket().ok_or(End::Stream)?;
            return epoll::delete(&self.epoll, socket).map_err(|error| End::Connect(error.into()));
        }
        Ok(())
    }

    fn expect_input(&self, index: usize) -> Result<(), End> {
        let socket = self.subscribers[index].socket().ok_or(End::Stream)?;
        let data = EventData::new_u64(index as u64);
        let modified = epoll::modify(&self.epoll, socket, data, EventFlags::IN);
        modified.map_err(|error| End::Connect(error.into()))
    }
}

impl Goal {
    #[inline]
    fn look_at(&mut self, index: usize, subscriber: &Subscriber, now: u64) {
        let reached = &mut self.reached[index];
        if reached.is_none()
            && !subscriber.is_stalled
            && subscriber.ledger.is_complete(&self.sequences)
        {
            *reached = Some(now);
            self.remaining -= 1;
        }
    }
}

fn is_temporary(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}
