//! What all modes do: open, publish, wait until everybody has everything, and add up.

use std::{io, ops::Range, time::Duration};

use serde::Serialize;
use thiserror::Error;

use crate::{
    arguments::Arguments,
    clock,
    fleet::Fleet,
    latency::Summary,
    process::{Processes, Unreadable, total},
    publisher::{Plan, Published, Publishing},
    subscriber::End,
};

/// Connections that are being established at once, so that no listener's backlog overflows.
const OPENING: usize = 128;

/// How long a turn waits when nothing comes.
const TURN: Duration = Duration::from_millis(20);

/// How long what comes twice or unasked may still come when everybody has everything.
const LINGER: Duration = Duration::from_millis(200);

/// Something that keeps the measurement from being made.
#[derive(Debug, Error)]
pub enum SetUpError {
    /// An operation of the system failed.
    #[error("{0}; is the limit of open files (ulimit -n) above the number of connections?")]
    Io(#[from] io::Error),
    /// A process cannot be looked at.
    #[error(transparent)]
    Process(#[from] Unreadable),
    /// A stream did not begin.
    #[error(
        "connection {index} of {connections}: {end}; --subscribe has to be a path that the server answers with an event stream"
    )]
    Subscription {
        /// Which one.
        index: usize,
        /// Of how many.
        connections: usize,
        /// How it ended.
        end: End,
    },
    /// Streams did not begin in time.
    #[error(
        "{confirmed} of {connections} streams had begun when nothing had happened for {patience:?}; a server has to send the head of its answer at once"
    )]
    Opening {
        /// How many had.
        confirmed: usize,
        /// How many were to.
        connections: usize,
        /// How long was waited.
        patience: Duration,
    },
    /// Not even the first update went through.
    #[error("the first update was not accepted: {0}")]
    FirstUpdate(String),
}

/// A measurement.
pub struct Run {
    /// What was asked for.
    pub arguments: Arguments,
    /// The subscribers.
    pub fleet: Fleet,
    /// The server.
    pub server: Processes,
    /// Publications and connections that failed, and why the first of them did.
    pub failures: Failures,
    marks: Marks,
}

/// What failed without being a wrong delivery; the README describes the fields.
#[derive(Clone, Debug, Default, Serialize)]
#[expect(clippy::struct_field_names, reason = "they are the names in the report")]
pub struct Failures {
    pub publish_errors: u64,
    pub connect_failures: u64,
    pub first_error: Option<String>,
}

/// The counters when the measurement began.
#[derive(Clone, Debug, Default)]
struct Marks {
    server: Vec<f64>,
    client: u64,
}

/// What a measurement of deliveries tells; the README describes the fields.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    pub published: u64,
    pub deliveries: u64,
    pub seconds: f64,
    pub deliveries_per_second: f64,
    pub server_cpu_seconds: Option<f64>,
    pub process_cpu_seconds: Vec<f64>,
    pub deliveries_per_cpu_second: Option<f64>,
    pub cpu_micros_per_delivery: Option<f64>,
    pub received_bytes: u64,
    pub bytes_per_delivery: Option<f64>,
    pub server_rss_peak_bytes: Option<u64>,
    pub client_cpu_seconds: f64,
    pub client_nanos_per_delivery: Option<f64>,
    pub chunks_per_connection: f64,
    pub answer_p50_ms: Option<f64>,
    pub answer_p99_ms: Option<f64>,
    #[serde(flatten)]
    pub latency: Summary,
}

impl Failures {
    /// Notes a connection that ended; the end of a stream is among the violations already, if it is one.
    pub fn note(&mut self, end: &End) {
        if matches!(end, End::Closed) {
            return;
        }
        if !matches!(end, End::Stream | End::Framing(_) | End::NoGzip(_)) {
            self.connect_failures += 1;
        }
        self.first_error.get_or_insert(end.to_string());
    }
}

impl Run {
    /// Prepares the subscribers.
    pub fn new(arguments: Arguments) -> Result<Self, SetUpError> {
        let fleet = Fleet::new(&arguments)?;
        let server = Processes::new(arguments.pids.clone())?;
        let (failures, marks) = (Failures::default(), Marks::default());
        Ok(Self { arguments, fleet, server, failures, marks })
    }

    /// Opens these connections, and waits until each has the head of its stream.
    pub fn open(&mut self, which: Range<usize>) -> Result<(), SetUpError> {
        let patience = self.arguments.patience;
        let connections = which.len();
        let (mut begun, mut confirmed, mut progress) = (0, 0, clock::now());
        while begun < connections || self.fleet.opening() > 0 {
            while begun < connections && self.fleet.opening() < OPENING {
                self.fleet.open(which.start + begun)?;
                begun += 1;
            }
            self.turn()?;
            if let Some((index, end)) = self.fleet.take_ended().pop() {
                return Err(SetUpError::Subscription { index, connections, end });
            }
            let now = begun - self.fleet.opening();
            if now > confirmed {
                (confirmed, progress) = (now, clock::now());
            } else if clock::now() > progress + patience.as_nanos() as u64 {
                return Err(SetUpError::Opening { confirmed, connections, patience });
            }
        }
        eprintln!("{connections} streams are open");
        Ok(())
    }

    /// One turn of the subscribers, and a look at the server.
    pub fn turn(&mut self) -> Result<(), SetUpError> {
        self.turn_within(TURN)
    }

    /// The same, that waits no longer than this.
    pub fn turn_within(&mut self, timeout: Duration) -> Result<(), SetUpError> {
        self.fleet.turn(timeout)?;
        self.server.sample()?;
        Ok(())
    }

    /// Turns for a while.
    pub fn settle(&mut self, time: Duration) -> Result<(), SetUpError> {
        let until = clock::now() + time.as_nanos() as u64;
        while clock::now() < until {
            self.turn()?;
        }
        Ok(())
    }

    /// What is measured begins now.
    pub fn begin(&mut self) -> Result<(), SetUpError> {
        self.fleet.tally.begin();
        self.marks =
            Marks { server: self.server.processor_seconds()?, client: clock::processor_time() };
        Ok(())
    }

    /// Publishes while the subscribers turn.
    pub fn publish(&mut self, plan: Plan) -> Result<Published, SetUpError> {
        let publishing = Publishing::start(&self.arguments, plan);
        while !publishing.is_finished() {
            self.turn()?;
        }
        Ok(self.published(publishing))
    }

    /// What was published, with its failures noted.
    pub fn published(&mut self, publishing: Publishing) -> Published {
        let published = publishing.join();
        eprintln!("{} updates are accepted", published.accepted);
        self.failures.publish_errors += published.errors;
        if let Some(error) = &published.first_error {
            self.failures.first_error.get_or_insert(error.clone());
        }
        published
    }

    /// Waits until everybody has everything, or nothing has come for too long.
    pub fn drain(&mut self, published: &Published) -> Result<(), SetUpError> {
        self.fleet.set_goal(published.next.clone());
        let patience = self.arguments.patience.as_nanos() as u64;
        let began = clock::now();
        while self.fleet.remaining() > 0 {
            self.turn()?;
            let progress = began.max(self.fleet.tally.last_delivery);
            // Streams that have ended have nothing to come.
            let listening = self.fleet.confirmed() + self.fleet.opening();
            if clock::now() > progress + patience || listening == 0 {
                eprintln!("{} subscribers miss something", self.fleet.remaining());
                break;
            }
        }
        Ok(())
    }

    /// Waits for what comes twice, and counts what is missing.
    pub fn close_books(&mut self, published: &Published) -> Result<(), SetUpError> {
        self.settle(LINGER)?;
        self.fleet.settle(&published.next);
        Ok(())
    }

    /// Adds up since [`Run::begin`].
    pub fn figures(&self, published: &Published) -> Result<Figures, SetUpError> {
        let tally = &self.fleet.tally;
        let deliveries = tally.deliveries as f64;
        let seconds = clock::seconds(tally.last_delivery.saturating_sub(published.began));
        let now = self.server.processor_seconds()?;
        let spent: Vec<f64> =
            self.marks.server.iter().zip(&now).map(|(before, now)| now - before).collect();
        let server = total(&spent);
        let client = clock::processor_time() - self.marks.client;
        let some = (tally.deliveries > 0).then_some(deliveries);
        let worked = server.filter(|seconds| *seconds > 0.0);
        Ok(Figures {
            published: published.accepted,
            deliveries: tally.deliveries,
            seconds: rounded(seconds, 3),
            deliveries_per_second: if seconds > 0.0 { (deliveries / seconds).round() } else { 0.0 },
            server_cpu_seconds: server.map(|seconds| rounded(seconds, 2)),
            process_cpu_seconds: spent.iter().map(|seconds| rounded(*seconds, 2)).collect(),
            deliveries_per_cpu_second: worked.map(|seconds| (deliveries / seconds).round()),
            cpu_micros_per_delivery: server
                .zip(some)
                .map(|(seconds, some)| rounded(seconds * 1e6 / some, 4)),
            received_bytes: tally.received,
            bytes_per_delivery: some.map(|some| rounded(tally.received as f64 / some, 1)),
            server_rss_peak_bytes: self.server.peak(),
            client_cpu_seconds: rounded(clock::seconds(client), 3),
            client_nanos_per_delivery: some.map(|some| (client as f64 / some).round()),
            chunks_per_connection: rounded(
                tally.chunks as f64 / (self.fleet.len() - self.arguments.stalled) as f64,
                1,
            ),
            answer_p50_ms: published.answers.quantile(0.5),
            answer_p99_ms: published.answers.quantile(0.99),
            latency: tally.latency.summary(),
        })
    }
}

/// To so many digits behind the point.
pub fn rounded(value: f64, digits: i32) -> f64 {
    let factor = 10_f64.powi(digits);
    (value * factor).round() / factor
}
