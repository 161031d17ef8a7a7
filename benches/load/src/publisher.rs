//! Publishing, on threads of its own so that neither the pace nor an answer waits for the subscribers.

mod answer;
mod ndjson;
mod pace;
mod post;

use std::{io, thread};

use thiserror::Error;

pub use self::pace::{Amount, Pace};
use crate::{
    arguments::{Arguments, PublishAs},
    clock,
    head::InvalidHead,
    latency::Latency,
};

/// What is to be published.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How fast.
    pub pace: Pace,
    /// How much.
    pub amount: Amount,
    /// The first sequence of each publisher.
    pub first: Vec<u64>,
}

/// What was published.
#[derive(Debug)]
pub struct Published {
    /// For each publisher, the sequence behind its last update that was accepted.
    pub next: Vec<u64>,
    /// Updates that were accepted.
    pub accepted: u64,
    /// Updates that were to be published, where that is known before.
    pub scheduled: Option<u64>,
    /// When it began.
    pub began: u64,
    /// Publishers that had to give up.
    pub errors: u64,
    /// How long the answers to single POSTs took.
    pub answers: Latency,
    /// Why the first of the publishers did.
    pub first_error: Option<String>,
}

/// Why a publisher gave up.
#[derive(Debug, Error)]
pub enum PublishError {
    /// The connection failed, or was silent for too long.
    #[error("publishing failed: {0}")]
    Io(#[from] io::Error),
    /// The answer is no HTTP.
    #[error("publishing failed: {0}")]
    Head(#[from] InvalidHead),
    /// The answer's framing is wrong.
    #[error("publishing failed: {0}")]
    Framing(#[from] crate::chunked::Broken),
    /// The hub refused.
    #[error("publishing was answered {status}: {body}")]
    Refused {
        /// The status of the answer.
        status: u16,
        /// The beginning of its body.
        body: String,
    },
    /// A line was answered with no id.
    #[error("a line was answered with no id: {0}")]
    Line(String),
    /// There are fewer answers than lines.
    #[error("the answer ended with {answered} of {written} lines answered")]
    Ended {
        /// Lines that were answered.
        answered: u64,
        /// Lines that were written.
        written: u64,
    },
    /// A thread of this program failed.
    #[error("a publisher of this program panicked")]
    Panicked,
}

/// Publishers at work.
#[derive(Debug)]
pub struct Publishing {
    plan: Plan,
    began: u64,
    threads: Vec<thread::JoinHandle<(Accepted, Result<(), PublishError>)>>,
}

/// What one publisher achieved.
#[derive(Debug)]
struct Accepted {
    updates: u64,
    /// How long each answer took, where each update has one of its own.
    answers: Latency,
}

/// The part of one publisher.
#[derive(Clone, Debug)]
struct Part {
    arguments: Arguments,
    plan: Plan,
    publisher: usize,
    began: u64,
}

impl Publishing {
    /// Begins to publish.
    pub fn start(arguments: &Arguments, plan: Plan) -> Self {
        let began = clock::now();
        let part = |publisher| {
            let (arguments, plan) = (arguments.clone(), plan.clone());
            Part { arguments, plan, publisher, began }
        };
        let thread = |publisher| {
            let part = part(publisher);
            thread::spawn(move || match part.arguments.publish_as {
                PublishAs::Ndjson => ndjson::publish(&part),
                PublishAs::Form | PublishAs::Raw => post::publish(&part),
            })
        };
        let threads = (0..arguments.publishers).map(thread).collect();
        Self { plan, began, threads }
    }

    /// Whether all publishers have finished or given up.
    pub fn is_finished(&self) -> bool {
        self.threads.iter().all(thread::JoinHandle::is_finished)
    }

    /// Waits for them, which the deadlines of their connections bound, and sums up.
    pub fn join(self) -> Published {
        let mut published = Published {
            next: self.plan.first.clone(),
            accepted: 0,
            scheduled: self.plan.amount.updates(self.plan.pace),
            began: self.began,
            errors: 0,
            answers: Latency::new(),
            first_error: None,
        };
        for (next, thread) in published.next.iter_mut().zip(self.threads) {
            let panicked = |_| (Accepted::nothing(), Err(PublishError::Panicked));
            let (accepted, result) = thread.join().unwrap_or_else(panicked);
            *next += accepted.updates;
            published.accepted += accepted.updates;
            published.answers.add(&accepted.answers);
            if let Err(error) = result {
                published.errors += 1;
                published.first_error.get_or_insert(error.to_string());
            }
        }
        published
    }
}

impl Accepted {
    fn nothing() -> Self {
        Self { updates: 0, answers: Latency::new() }
    }
}

impl Part {
    /// The sequence of the update that this publisher sends as its `index`-th.
    fn sequence(&self, index: u64) -> u64 {
        self.plan.first[self.publisher] + index
    }

    /// A connection whose every operation has a deadline.
    fn connect(&self) -> io::Result<std::net::TcpStream> {
        let patience = self.arguments.patience;
        let stream = std::net::TcpStream::connect_timeout(&self.arguments.address, patience)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(patience))?;
        stream.set_write_timeout(Some(patience))?;
        Ok(stream)
    }
}
