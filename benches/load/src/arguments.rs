//! The command line.

use std::{
    ffi::OsString,
    net::{SocketAddr, ToSocketAddrs},
    str::FromStr,
    time::Duration,
};

use lexopt::prelude::*;
use serde::Serialize;
use thiserror::Error;

use crate::payload::{self, Shape};

/// What `--help` prints, and what stands below a wrong usage.
pub const USAGE: &str = "\
usage: millstream-load MODE --server HOST:PORT --subscribe PATH --publish PATH --publish-as KIND [OPTION]...

MODE         saturate | paced | idle | stalled | churn | storm | replay
KIND         form | raw | ndjson

--topic T          topic of the updates, in a form or a line (load)
--connections N    subscribers (100)
--bytes B          size of an update's data (100)
--orders           an update's data is an order as JSON, of some 200 bytes; with ndjson
--burst N          with ndjson and a rate: how many updates are due at once (1)
--gzip             subscribers ask for compressed streams, and inflate them
--seconds S        how long to publish (10)
--updates M        storm and replay: updates that are published while nobody is there (1000)
--rate R           updates a second: paced and churn (100); stalled: as fast as accepted when not given
--publishers P     connections that publish, each one update at a time; with ndjson there is one (16)
--stalled K        stalled: subscribers that never read (10)
--megabytes MB     stalled: how much is published (50)
--resume           churn: come back with the last event ID, and miss nothing
--seed X           churn: of the random lives (1)
--patience S       how long a wait goes on without any progress (10)
--pid PID          a process of the server, for its processor time and memory; may be repeated";

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// As much as goes through.
    Saturate,
    /// A given rate.
    Paced,
    /// Connections that receive nothing.
    Idle,
    /// Some subscribers that never read.
    Stalled,
    /// Subscribers that come and go.
    Churn,
    /// Everybody comes back at once.
    Storm,
    /// One new subscriber after the other reads what was published before.
    Replay,
}

/// How an update is put into requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PublishAs {
    /// A form in a POST of its own.
    Form,
    /// The bare payload in a POST of its own.
    Raw,
    /// A line of one POST that goes on.
    Ndjson,
}

/// Everything that was asked for, as [`USAGE`] has it; the report tells all of it again.
#[derive(Clone, Debug, Serialize)]
pub struct Arguments {
    pub mode: Mode,
    pub server: String,
    #[serde(skip)]
    pub address: SocketAddr,
    pub subscribe: String,
    pub publish: String,
    pub publish_as: PublishAs,
    pub topic: String,
    pub connections: usize,
    pub bytes: usize,
    pub orders: bool,
    pub burst: u64,
    pub gzip: bool,
    #[serde(rename = "publish_seconds")]
    pub seconds: f64,
    pub updates: u64,
    pub rate: Option<f64>,
    pub publishers: usize,
    pub stalled: usize,
    pub megabytes: f64,
    pub resume: bool,
    pub seed: u64,
    #[serde(skip)]
    pub patience: Duration,
    pub pids: Vec<u32>,
}

/// A wrong usage, with what would be right.
#[derive(Debug, Error)]
pub enum UsageError {
    /// `--help` was asked for.
    #[error("{USAGE}")]
    Help,
    /// The syntax of options was not kept, or there is no such option.
    #[error("{0}\n\n{USAGE}")]
    Syntax(#[from] lexopt::Error),
    /// A value is none of those that there are.
    #[error("{name} {value:?} is wrong; it is {right}")]
    Value {
        /// The option.
        name: &'static str,
        /// What was given.
        value: String,
        /// What would be right.
        right: String,
    },
    /// Something that has no default was left out.
    #[error("{0} is missing\n\n{USAGE}")]
    Missing(&'static str),
}

impl Arguments {
    /// Reads the arguments behind the program's name.
    pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, UsageError> {
        let mut parser = lexopt::Parser::from_args(arguments);
        let (mut mode, mut server, mut subscribe, mut publish, mut publish_as) =
            (None, None, None, None, None);
        let mut publishers = None;
        let mut given = Self {
            mode: Mode::Saturate,
            server: String::new(),
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            subscribe: String::new(),
            publish: String::new(),
            publish_as: PublishAs::Form,
            topic: "load".to_owned(),
            connections: 100,
            bytes: 100,
            orders: false,
            burst: 1,
            gzip: false,
            seconds: 10.0,
            updates: 1_000,
            rate: None,
            publishers: 1,
            stalled: 10,
            megabytes: 50.0,
            resume: false,
            seed: 1,
            patience: Duration::from_secs(10),
            pids: Vec::new(),
        };
        while let Some(argument) = parser.next()? {
            match argument {
                Value(value) if mode.is_none() => mode = Some(value.string()?.parse()?),
                Short('h') | Long("help") => return Err(UsageError::Help),
                Long("server") => server = Some(parser.value()?.string()?),
                Long("subscribe") => subscribe = Some(path("--subscribe", &mut parser)?),
                Long("publish") => publish = Some(path("--publish", &mut parser)?),
                Long("publish-as") => publish_as = Some(parser.value()?.string()?.parse()?),
                Long("topic") => given.topic = parser.value()?.string()?,
                Long("connections") => given.connections = number("--connections", 1, &mut parser)?,
                Long("bytes") => given.bytes = number("--bytes", payload::LEAST, &mut parser)?,
                Long("orders") => given.orders = true,
                Long("burst") => given.burst = number("--burst", 1, &mut parser)?,
                Long("gzip") => given.gzip = true,
                Long("seconds") => given.seconds = positive("--seconds", &mut parser)?,
                Long("updates") => given.updates = number("--updates", 1, &mut parser)?,
                Long("rate") => given.rate = Some(positive("--rate", &mut parser)?),
                Long("publishers") => publishers = Some(number("--publishers", 1, &mut parser)?),
                Long("stalled") => given.stalled = number("--stalled", 0, &mut parser)?,
                Long("megabytes") => given.megabytes = positive("--megabytes", &mut parser)?,
                Long("resume") => given.resume = true,
                Long("seed") => given.seed = number("--seed", 0, &mut parser)?,
                Long("patience") => {
                    let seconds = positive("--patience", &mut parser)?;
                    given.patience = Duration::from_secs_f64(seconds);
                }
                Long("pid") => given.pids.push(number("--pid", 1, &mut parser)?),
                other => return Err(other.unexpected().into()),
            }
        }
        given.mode = mode.ok_or(UsageError::Missing("MODE"))?;
        given.server = server.ok_or(UsageError::Missing("--server"))?;
        given.subscribe = subscribe.ok_or(UsageError::Missing("--subscribe"))?;
        given.publish = publish.ok_or(UsageError::Missing("--publish"))?;
        given.publish_as = publish_as.ok_or(UsageError::Missing("--publish-as"))?;
        given.publishers = match given.publish_as {
            PublishAs::Ndjson => 1,
            PublishAs::Form | PublishAs::Raw => publishers.unwrap_or(16),
        };
        given.finish()
    }

    /// What the data of an update looks like.
    pub fn shape(&self) -> Shape {
        if self.orders { Shape::Order } else { Shape::Padded(self.bytes) }
    }

    fn finish(mut self) -> Result<Self, UsageError> {
        if self.publish_as != PublishAs::Ndjson && (self.orders || self.burst > 1) {
            let right = "ndjson with --orders and --burst";
            return Err(wrong("--publish-as", format!("{:?}", self.publish_as), right));
        }
        if self.mode != Mode::Stalled {
            self.stalled = 0;
        } else if self.stalled >= self.connections {
            let right = format!("fewer than the {} connections", self.connections);
            return Err(wrong("--stalled", self.stalled, right));
        }
        if matches!(self.mode, Mode::Paced | Mode::Churn) {
            self.rate.get_or_insert(100.0);
        }
        let addresses = self.server.to_socket_addrs().map(Iterator::collect);
        let addresses: Vec<SocketAddr> = addresses.unwrap_or_default();
        let address = addresses.iter().find(|address| address.is_ipv4()).or(addresses.first());
        let right = "a host and a port, such as 127.0.0.1:8787";
        self.address = *address.ok_or_else(|| wrong("--server", &self.server, right))?;
        Ok(self)
    }
}

impl FromStr for Mode {
    type Err = UsageError;

    fn from_str(text: &str) -> Result<Self, UsageError> {
        Ok(match text {
            "saturate" => Self::Saturate,
            "paced" => Self::Paced,
            "idle" => Self::Idle,
            "stalled" => Self::Stalled,
            "churn" => Self::Churn,
            "storm" => Self::Storm,
            "replay" => Self::Replay,
            _ => {
                let right = "one of saturate, paced, idle, stalled, churn, storm and replay";
                return Err(wrong("MODE", text, right));
            }
        })
    }
}

impl FromStr for PublishAs {
    type Err = UsageError;

    fn from_str(text: &str) -> Result<Self, UsageError> {
        Ok(match text {
            "form" => Self::Form,
            "raw" => Self::Raw,
            "ndjson" => Self::Ndjson,
            _ => return Err(wrong("--publish-as", text, "one of form, raw and ndjson")),
        })
    }
}

fn wrong(
    name: &'static str,
    value: impl std::fmt::Display,
    right: impl Into<String>,
) -> UsageError {
    UsageError::Value { name, value: value.to_string(), right: right.into() }
}

/// A request target: it goes verbatim into the request line.
fn path(name: &'static str, parser: &mut lexopt::Parser) -> Result<String, UsageError> {
    let value = parser.value()?.string()?;
    if value.starts_with('/') && value.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(value);
    }
    Err(wrong(name, value, "a path that begins with / and is percent-encoded, with its query"))
}

fn number<T: FromStr + PartialOrd + ToString + Copy>(
    name: &'static str,
    least: T,
    parser: &mut lexopt::Parser,
) -> Result<T, UsageError> {
    let value = parser.value()?.string()?;
    match value.parse() {
        Ok(number) if number >= least => Ok(number),
        _ => Err(wrong(name, value, format!("a whole number from {}", least.to_string()))),
    }
}

fn positive(name: &'static str, parser: &mut lexopt::Parser) -> Result<f64, UsageError> {
    let value = parser.value()?.string()?;
    match value.parse() {
        Ok(number) if number > 0.0 && number < 1e9 => Ok(number),
        _ => Err(wrong(name, value, "a number above 0")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEEDED: &str = "--server 127.0.0.1:80 --subscribe /s --publish /p --publish-as";

    fn parse(text: &str) -> Result<Arguments, UsageError> {
        Arguments::parse(text.split_whitespace().map(OsString::from))
    }

    #[track_caller]
    fn check_refused(text: &str, beginning: &str) {
        let error = parse(text).unwrap_err().to_string();
        assert!(error.starts_with(beginning), "{error}");
    }

    #[test]
    fn what_is_needed_is_enough() {
        let arguments = parse(&format!("paced {NEEDED} form")).unwrap();
        assert_eq!(arguments.mode, Mode::Paced);
        assert_eq!(arguments.rate, Some(100.0));
        assert_eq!(arguments.address.port(), 80);
        assert_eq!(arguments.publishers, 16);
    }

    #[test]
    fn a_stream_of_lines_has_one_publisher() {
        let arguments = parse(&format!("saturate {NEEDED} ndjson --publishers 8")).unwrap();
        assert_eq!(arguments.publishers, 1);
    }

    #[test]
    fn what_is_wrong_is_told_with_what_is_right() {
        check_refused("flood", "MODE \"flood\" is wrong; it is one of saturate,");
        check_refused("storm", "--server is missing");
        check_refused("storm --subscribe s", "--subscribe \"s\" is wrong; it is a path");
        check_refused("storm --bytes 10", "--bytes \"10\" is wrong; it is a whole number from 48");
        check_refused("storm --rate 0", "--rate \"0\" is wrong; it is a number above 0");
        check_refused("storm --what", "invalid option '--what'");
        let many = format!("stalled {NEEDED} raw --connections 5 --stalled 5");
        let orders = format!("paced {NEEDED} raw --orders");
        check_refused(&orders, "--publish-as \"Raw\" is wrong; it is ndjson with --orders");
        check_refused(&many, "--stalled \"5\" is wrong; it is fewer than the 5 connections");
    }
}
