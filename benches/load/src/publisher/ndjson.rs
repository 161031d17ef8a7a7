//! One POST that goes on: a line for each update out, a line for each answer in.

use std::{
    io::{self, Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use serde::Deserialize;

use super::{Accepted, Part, PublishError, answer::Answer, pace::Schedule};
use crate::{clock, payload::Stamp};

/// Without a pace, no more updates than these are on their way to being accepted.
const WINDOW: u64 = 4_096;

/// Lines of one chunk of the request.
const LINES: u64 = 256;

/// What is due within this time is written together.
const BEAT: u64 = Duration::from_millis(1).as_nanos() as u64;

/// Publishes all; returns what was accepted.
pub(super) fn publish(part: &Part) -> (Accepted, Result<(), PublishError>) {
    let mut accepted = Accepted::nothing();
    let result = Stream::open(part).and_then(|mut stream| stream.run(&mut accepted.updates));
    (accepted, result)
}

#[derive(Debug)]
struct Stream<'a> {
    part: &'a Part,
    schedule: Schedule,
    socket: TcpStream,
    /// What stands before the payload in every line.
    before: Vec<u8>,
    /// What the socket has not taken yet.
    out: Vec<u8>,
    written: u64,
    /// The last chunk has been put into `out`.
    is_finished: bool,
    answer: Answer,
}

/// What a line of the answer says; other members are the hub's own.
#[derive(Debug, Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    id: Option<std::borrow::Cow<'a, str>>,
    error: Option<serde_json::Value>,
    /// The last line of a body that closes its topics.
    closed: Option<serde_json::Value>,
}

impl<'a> Stream<'a> {
    fn open(part: &'a Part) -> Result<Self, PublishError> {
        let arguments = &part.arguments;
        let socket = part.connect()?;
        socket.set_nonblocking(true)?;
        let out = format!(
            "POST {} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n",
            arguments.publish, arguments.server
        );
        let topic = serde_json::Value::from(arguments.topic.as_str());
        Ok(Self {
            part,
            schedule: Schedule::new(part),
            socket,
            before: format!("{{\"topic\":{topic},\"data\":\"").into_bytes(),
            out: out.into_bytes(),
            written: 0,
            is_finished: false,
            answer: Answer::default(),
        })
    }

    fn run(&mut self, accepted: &mut u64) -> Result<(), PublishError> {
        let patience = self.part.arguments.patience.as_nanos() as u64;
        let mut buffer = vec![0; 64 * 1024];
        let mut progress = clock::now();
        let mut beat = 0;
        while !self.answer.has_ended() {
            let now = clock::now();
            if self.out.is_empty() && now >= beat && !self.is_finished {
                self.fill(now, *accepted);
                beat = if self.schedule.due(0).is_some() { now + BEAT } else { 0 };
            }
            let before = (*accepted, self.out.len());
            if self.wait(now, beat)?.contains(PollFlags::IN) {
                self.read(&mut buffer, accepted)?;
            }
            self.write()?;
            let is_waiting_for_the_hub =
                self.written > *accepted || !self.out.is_empty() || self.is_finished;
            if before != (*accepted, self.out.len()) || !is_waiting_for_the_hub {
                progress = now;
            } else if now > progress + patience {
                let silence = format!(
                    "{} of {} lines are answered, and no more come",
                    accepted, self.written
                );
                return Err(io::Error::new(io::ErrorKind::TimedOut, silence).into());
            }
        }
        if *accepted < self.written || !self.is_finished {
            return Err(PublishError::Ended { answered: *accepted, written: self.written });
        }
        Ok(())
    }

    /// Puts what is due into one chunk, or the end behind the last.
    fn fill(&mut self, now: u64, accepted: u64) {
        let is_paced = self.schedule.due(0).is_some();
        let room = if is_paced { LINES } else { WINDOW.saturating_sub(self.written - accepted) };
        let lines = self.schedule.due_now(self.written, now).min(room).min(LINES);
        if lines > 0 {
            let shape = self.part.arguments.shape();
            let mut chunk = Vec::new();
            for _ in 0..lines {
                let sent = self.schedule.due(self.written).unwrap_or(now);
                let sequence = self.part.sequence(self.written);
                chunk.extend_from_slice(&self.before);
                let stamp = Stamp { publisher: self.part.publisher as u64, sequence, sent };
                shape.write_quoted(stamp, &mut chunk);
                chunk.extend_from_slice(b"\"}\n");
                self.written += 1;
            }
            self.out.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
            self.out.extend_from_slice(&chunk);
            self.out.extend_from_slice(b"\r\n");
        }
        if self.schedule.is_over(self.written, now) {
            self.out.extend_from_slice(b"0\r\n\r\n");
            self.is_finished = true;
        }
    }

    /// Until there is an answer, room for what is to be written, or something due.
    fn wait(&self, now: u64, beat: u64) -> io::Result<PollFlags> {
        let mut interest = PollFlags::IN;
        if !self.out.is_empty() {
            interest |= PollFlags::OUT;
        }
        let next = self.schedule.due(self.written).unwrap_or(0).max(beat);
        let wait = match next.checked_sub(now) {
            Some(wait) if !self.is_finished && self.out.is_empty() => wait,
            _ => 100_000_000,
        };
        let wait = wait.min(100_000_000);
        let timeout = Timespec { tv_sec: 0, tv_nsec: wait.cast_signed() };
        let mut polled = [PollFd::new(&self.socket, interest)];
        match poll(&mut polled, Some(&timeout)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(polled[0].revents()),
            Err(error) => Err(error.into()),
        }
    }

    fn write(&mut self) -> io::Result<()> {
        while !self.out.is_empty() {
            match self.socket.write(&self.out) {
                Ok(length) => drop(self.out.drain(..length)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn read(&mut self, buffer: &mut [u8], accepted: &mut u64) -> Result<(), PublishError> {
        let length = match self.socket.read(buffer) {
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        self.answer.feed(&buffer[..length])?;
        let Some(head) = self.answer.head() else { return Ok(()) };
        if !(200..300).contains(&head.status) {
            return if self.answer.has_ended() { self.answer.check() } else { Ok(()) };
        }
        let body = self.answer.body();
        let mut taken = 0;
        while let Some(length) = memchr::memchr(b'\n', &body[taken..]) {
            let line = &body[taken..taken + length];
            taken += length + 1;
            match serde_json::from_slice(line) {
                Ok(Line { id: Some(id), error: None, .. }) if !id.is_empty() => *accepted += 1,
                Ok(Line { closed: Some(_), .. }) if *accepted == self.written => {}
                _ => return Err(PublishError::Line(String::from_utf8_lossy(line).into_owned())),
            }
        }
        body.drain(..taken);
        Ok(())
    }
}
