//! One subscriber: its connection of the moment, and what it has received over all of them.

use std::io::{self, Write as _};

use rustix::{
    fd::OwnedFd,
    net::{self, AddressFamily, SocketFlags, SocketType, sockopt},
};
use thiserror::Error;

use crate::{
    arguments::Arguments,
    chunked::{Broken, Chunked},
    event_stream::{Decoder, Sink},
    head::{Framing, Head, InvalidHead},
    inflater::{Inflater, NoGzip},
    ledger::{Arrival, Ledger},
    tally::Tally,
};

/// The least that the kernel grants as a receive buffer, doubled by it.
const STALLED_RECEIVE_BUFFER: usize = 4_096;

/// A subscriber, with or without a connection.
#[derive(Debug)]
pub struct Subscriber {
    socket: Option<std::net::TcpStream>,
    phase: Phase,
    decoder: Decoder,
    /// It asks for a compressed stream, and has it as soon as that has begun.
    compression: Compression,
    /// What has come.
    pub ledger: Ledger,
    /// It never reads once its stream has begun, and is not checked.
    pub is_stalled: bool,
    /// The hub has told that its topic is closed, so its stream may end.
    may_end: bool,
}

#[derive(Debug)]
enum Compression {
    No,
    Asked,
    Gzip(Box<Inflater>),
}

#[derive(Debug)]
enum Phase {
    Connecting,
    Head(Vec<u8>),
    Chunks(Chunked),
    UntilClose,
}

/// Why a connection ended that was not to end.
#[derive(Debug, Error)]
pub enum End {
    /// It could not be established.
    #[error("could not connect: {0}")]
    Connect(io::Error),
    /// It ended before its head was complete.
    #[error("the connection ended before it was answered")]
    Unanswered,
    /// The answer is no HTTP.
    #[error(transparent)]
    Head(#[from] InvalidHead),
    /// The answer is another than a stream of events.
    #[error(
        "a subscription was answered {status} with `{content_type}`, not 200 with `text/event-stream`"
    )]
    Refused {
        /// The status of the answer.
        status: u16,
        /// The media type of the answer.
        content_type: String,
    },
    /// The stream came to its end, or was reset.
    #[error("the stream ended")]
    Stream,
    /// The stream came to its end, behind the event that tells of it.
    #[error("the topic is closed")]
    Closed,
    /// The framing of the body was wrong.
    #[error(transparent)]
    Framing(#[from] Broken),
    /// A stream that was to be compressed is not.
    #[error(
        "a subscription with `Accept-Encoding: gzip` was answered without `Content-Encoding: gzip`"
    )]
    Plain,
    /// A compressed stream cannot be inflated.
    #[error(transparent)]
    NoGzip(#[from] NoGzip),
}

impl Subscriber {
    /// A subscriber that expects so many publishers.
    pub fn new(publishers: usize, is_stalled: bool) -> Self {
        Self {
            socket: None,
            phase: Phase::Connecting,
            decoder: Decoder::default(),
            compression: Compression::No,
            ledger: Ledger::new(publishers),
            is_stalled,
            may_end: false,
        }
    }

    /// Its connection.
    pub fn socket(&self) -> Option<&std::net::TcpStream> {
        self.socket.as_ref()
    }

    /// Whether its stream has begun.
    pub fn is_confirmed(&self) -> bool {
        self.socket.is_some() && matches!(self.phase, Phase::Chunks(_) | Phase::UntilClose)
    }

    /// Whether it has asked for a stream that has not begun yet.
    pub fn is_opening(&self) -> bool {
        self.socket.is_some() && !self.is_confirmed()
    }

    /// Whether it has an id to come back with.
    pub fn has_last_event_id(&self) -> bool {
        !self.decoder.last_event_id().is_empty()
    }

    /// Begins to connect, without waiting for it.
    pub fn connect(&mut self, arguments: &Arguments) -> io::Result<&std::net::TcpStream> {
        let family =
            if arguments.address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let socket: OwnedFd = net::socket_with(family, SocketType::STREAM, flags, None)?;
        if self.is_stalled {
            sockopt::set_socket_recv_buffer_size(&socket, STALLED_RECEIVE_BUFFER)?;
        }
        match net::connect(&socket, &arguments.address) {
            Ok(()) | Err(rustix::io::Errno::INPROGRESS) => {}
            Err(error) => return Err(error.into()),
        }
        self.phase = Phase::Connecting;
        self.may_end = false;
        self.decoder.restart();
        Ok(self.socket.insert(socket.into()))
    }

    /// Closes its connection, if it has one, and gives it away to be forgotten.
    pub fn disconnect(&mut self) -> Option<std::net::TcpStream> {
        self.phase = Phase::Connecting;
        self.socket.take()
    }

    /// Its connection is established, or failed: asks for the stream.
    pub fn request(&mut self, arguments: &Arguments, resume: bool) -> Result<(), End> {
        let Some(socket) = &mut self.socket else { return Ok(()) };
        match sockopt::socket_error(&*socket) {
            Ok(Ok(())) => {}
            Ok(Err(error)) | Err(error) => return Err(End::Connect(error.into())),
        }
        let mut request = format!(
            "GET {} HTTP/1.1\r\nHost: {}\r\nAccept: text/event-stream\r\nCache-Control: no-cache\r\n",
            arguments.subscribe, arguments.server
        )
        .into_bytes();
        if arguments.gzip {
            request.extend_from_slice(b"Accept-Encoding: gzip\r\n");
            self.compression = Compression::Asked;
        }
        let id = self.decoder.last_event_id();
        if resume && !id.is_empty() {
            request.extend_from_slice(&[b"Last-Event-ID: ", id, b"\r\n"].concat());
        }
        request.extend_from_slice(b"\r\n");
        // A new connection has room for a request; if not, this is an error like any other.
        socket.write_all(&request).map_err(End::Connect)?;
        self.phase = Phase::Head(Vec::new());
        Ok(())
    }

    /// Takes what was read, at the given time; nothing is the end of the connection.
    pub fn receive(&mut self, mut bytes: &[u8], now: u64, tally: &mut Tally) -> Result<(), End> {
        if let Phase::Head(partial) = &mut self.phase {
            if bytes.is_empty() {
                return Err(End::Unanswered);
            }
            partial.extend_from_slice(bytes);
            let Some(head) = Head::parse(partial)? else { return Ok(()) };
            if head.status != 200 || head.content_type != "text/event-stream" {
                let Head { status, content_type, .. } = head;
                return Err(End::Refused { status, content_type });
            }
            if !matches!(self.compression, Compression::No) {
                if !head.gzip {
                    return Err(End::Plain);
                }
                self.compression = Compression::Gzip(Box::default());
            }
            // Of what was read now, the last bytes are behind the head.
            let behind = partial.len() - head.length;
            bytes = &bytes[bytes.len() - behind..];
            self.phase = match head.framing {
                Framing::Chunked => Phase::Chunks(Chunked::default()),
                Framing::Close => Phase::UntilClose,
                Framing::Length(_) => return Err(End::Stream),
            };
            if bytes.is_empty() {
                return Ok(());
            }
        }
        let may_end = &mut self.may_end;
        tally.received += bytes.len() as u64;
        let mut check = Check { ledger: &mut self.ledger, may_end, tally, now };
        let mut text = Text { compression: &mut self.compression, decoder: &mut self.decoder };
        match &mut self.phase {
            _ if bytes.is_empty() => return Err(End::Stream),
            Phase::Chunks(chunked) => {
                let before = chunked.chunks();
                while let Some(data) = chunked.next(&mut bytes)? {
                    text.feed(data, &mut check)?;
                }
                check.tally.chunks += chunked.chunks() - before;
                if chunked.has_ended() {
                    return Err(if self.may_end { End::Closed } else { End::Stream });
                }
            }
            Phase::UntilClose => {
                check.tally.chunks += 1;
                text.feed(bytes, &mut check)?;
            }
            Phase::Connecting | Phase::Head(_) => {}
        }
        Ok(())
    }
}

/// The text of a stream, compressed or not.
struct Text<'a> {
    compression: &'a mut Compression,
    decoder: &'a mut Decoder,
}

impl Text<'_> {
    #[inline]
    fn feed(&mut self, mut bytes: &[u8], check: &mut Check<'_>) -> Result<(), NoGzip> {
        let Compression::Gzip(inflater) = &mut *self.compression else {
            self.decoder.feed(bytes, check);
            return Ok(());
        };
        while let Some(piece) = inflater.next(&mut bytes)? {
            self.decoder.feed(piece, check);
        }
        Ok(())
    }
}

/// Every event is checked where it was read.
struct Check<'a> {
    ledger: &'a mut Ledger,
    may_end: &'a mut bool,
    tally: &'a mut Tally,
    now: u64,
}

impl Sink for Check<'_> {
    #[inline]
    fn event(&mut self, event_type: &[u8], data: &[u8]) {
        let violations = &mut self.tally.violations;
        if event_type == b"gap" {
            violations.missing += 1;
            self.tally.gap_events += 1;
            return;
        }
        // Where the stream begins, told to who asks like an EventSource.
        if event_type == b"place" {
            return;
        }
        if event_type == b"end" {
            *self.may_end = true;
            return;
        }
        let Some(stamp) = self.tally.shape.parse(data) else {
            violations.malformed += 1;
            return;
        };
        match self.ledger.arrive(stamp.publisher, stamp.sequence) {
            Arrival::New => {}
            Arrival::Late => violations.out_of_order += 1,
            Arrival::Duplicate => {
                violations.duplicate += 1;
                return;
            }
            Arrival::Foreign => {
                violations.malformed += 1;
                return;
            }
        }
        self.tally.deliver(stamp.sent, self.now);
    }

    fn malformed(&mut self) {
        self.tally.violations.malformed += 1;
    }
}
