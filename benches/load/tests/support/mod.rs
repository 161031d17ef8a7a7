//! A hub in a few lines that keeps its promises, but for the one that it is told to break.

#![expect(clippy::unwrap_used, reason = "it is part of a test")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

/// What goes wrong, with the update of this number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mischief {
    None,
    Drop,
    Double,
    Swap,
    BreakFraming,
    UnknownField,
    ChangePayload,
    EndStream,
    Reset,
    Gap,
    RefuseUpdate,
    /// Who comes back is sent again what they had, or not all that they did not.
    ReplayTooMuch,
    ReplayTooLittle,
    /// It keeps its promises, and closes the topic behind a body of lines.
    Close,
    /// It keeps its promises, and compresses; or with a block that is none.
    Compress,
    BreakBlock,
}

const AT: usize = 5;

/// The event of a closed topic, and the end of the stream.
const END: &[u8] = b"1b\r\nevent: end\nid: a\ndata: {}\n\n\r\n0\r\n\r\n";

#[derive(Debug)]
struct Hub {
    mischief: Mischief,
    history: Vec<Vec<u8>>,
    subscribers: Vec<TcpStream>,
    held_back: Option<Vec<u8>>,
    is_closed: bool,
}

/// Begins to serve; the threads end with the test.
pub fn serve(mischief: Mischief) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let hub = Hub {
        mischief,
        history: Vec::new(),
        subscribers: Vec::new(),
        held_back: None,
        is_closed: false,
    };
    let hub = Arc::new(Mutex::new(hub));
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, hub) = (stream.unwrap(), Arc::clone(&hub));
            thread::spawn(move || answer(stream, &hub));
        }
    });
    address
}

/// Answers requests until the client goes, which is no error here.
fn answer(stream: TcpStream, hub: &Mutex<Hub>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut stream = stream;
    loop {
        let request = line(&mut reader)?;
        let (mut length, mut from) = (0, None);
        loop {
            let header = line(&mut reader)?;
            let Some((name, value)) = header.split_once(": ") else { break };
            match name {
                "Content-Length" => length = value.parse().unwrap(),
                "Last-Event-ID" => {
                    from = Some(match value.strip_prefix('#') {
                        Some(place) => place.parse::<usize>().unwrap(),
                        None => value.parse::<usize>().unwrap() + 1,
                    });
                }
                _ => {}
            }
        }
        if request.contains("earliest") {
            from = Some(0);
        }
        if request.starts_with("GET ") {
            if from.is_some() {
                // Something is published while nobody is there.
                thread::sleep(Duration::from_millis(50));
            }
            return hub.lock().unwrap().subscribe(stream, from);
        }
        if length == 0 {
            return answer_lines(&mut reader, &mut stream, hub);
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let status = if hub.lock().unwrap().publish(&body) { "200 OK" } else { "503 No" };
        write!(stream, "HTTP/1.1 {status}\r\nContent-Length: 2\r\n\r\nok").ok()?;
    }
}

/// Answers a body of lines, chunk by chunk.
fn answer_lines(
    reader: &mut BufReader<TcpStream>,
    stream: &mut TcpStream,
    hub: &Mutex<Hub>,
) -> Option<()> {
    write!(stream, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").ok()?;
    loop {
        let size = usize::from_str_radix(&line(reader)?, 16).unwrap();
        let mut lines = vec![0; size];
        reader.read_exact(&mut lines).ok()?;
        line(reader)?;
        if size == 0 {
            if hub.lock().unwrap().close() {
                stream.write_all(&chunk(b"{\"closed\":{}}\n")).ok()?;
            }
            return stream.write_all(b"0\r\n\r\n").ok();
        }
        let mut answers = String::new();
        for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let line: serde_json::Value = serde_json::from_slice(line).unwrap();
            let accepted = hub.lock().unwrap().publish(line["data"].as_str().unwrap().as_bytes());
            answers.push_str(if accepted { "{\"id\":\"a\"}\n" } else { "{\"error\":{}}\n" });
        }
        write!(stream, "{:x}\r\n{answers}\r\n", answers.len()).ok()?;
    }
}

fn line(reader: &mut BufReader<TcpStream>) -> Option<String> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
    Some(line.trim_end().to_owned())
}

fn chunk(data: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", data.len()).as_bytes(), data, b"\r\n"].concat()
}

/// A block of its own, as a hub makes it once for all streams.
fn deflated(text: &[u8]) -> Vec<u8> {
    let mut block = Vec::with_capacity(text.len() + 100);
    let mut compress = flate2::Compress::new(flate2::Compression::fast(), false);
    compress.compress_vec(text, &mut block, flate2::FlushCompress::Sync).unwrap();
    block
}

impl Hub {
    /// `from` is the number of the first update to be replayed.
    fn subscribe(&mut self, mut stream: TcpStream, from: Option<usize>) -> Option<()> {
        let head =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n";
        stream.write_all(head.as_bytes()).ok()?;
        if self.compresses() {
            stream.write_all(b"Content-Encoding: gzip\r\n\r\n").ok()?;
            stream.write_all(&chunk(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255])).ok()?;
        } else {
            stream.write_all(b"\r\n").ok()?;
        }
        let place = self.history.len();
        let opening = match from {
            None => format!(":\nevent: place\nid: #{place}\ndata:{{}}\n\n"),
            Some(_) => ":\n".to_owned(),
        };
        stream.write_all(&self.chunk(opening.as_bytes())).ok()?;
        if let Some(from) = from {
            let from = match self.mischief {
                Mischief::ReplayTooMuch => from.saturating_sub(1),
                Mischief::ReplayTooLittle => from + 1,
                _ => from,
            };
            let replay: Vec<u8> = self.history.iter().skip(from).flatten().copied().collect();
            if !replay.is_empty() {
                stream.write_all(&chunk(&replay)).ok()?;
            }
        }
        if self.is_closed {
            stream.write_all(END).ok()?;
        }
        self.subscribers.push(stream);
        Some(())
    }

    fn compresses(&self) -> bool {
        matches!(self.mischief, Mischief::Compress | Mischief::BreakBlock)
    }

    fn chunk(&self, text: &[u8]) -> Vec<u8> {
        if self.compresses() { chunk(&deflated(text)) } else { chunk(text) }
    }

    /// Whether the topic was closed.
    fn close(&mut self) -> bool {
        self.is_closed = self.mischief == Mischief::Close;
        if self.is_closed {
            self.subscribers.retain_mut(|stream| stream.write_all(END).is_ok());
        }
        self.is_closed
    }

    /// Whether the update was accepted.
    fn publish(&mut self, payload: &[u8]) -> bool {
        let id = self.history.len();
        let block = [format!("id: {id}\ndata: ").as_bytes(), payload, b"\n\n"].concat();
        let is_time = id == AT;
        if is_time && self.mischief == Mischief::RefuseUpdate {
            return false;
        }
        self.history.push(block.clone());
        let bytes = match self.mischief {
            Mischief::Swap if id == AT + 1 => {
                let held_back = self.held_back.take().unwrap();
                [chunk(&block), chunk(&held_back)].concat()
            }
            _ if !is_time => self.chunk(&block),
            Mischief::BreakBlock => chunk(&[7, 7, 7]),
            Mischief::Drop => Vec::new(),
            Mischief::Double => [chunk(&block), chunk(&block)].concat(),
            Mischief::Swap => {
                self.held_back = Some(block);
                Vec::new()
            }
            Mischief::BreakFraming => [b"zz\r\n", &block[..]].concat(),
            Mischief::UnknownField => chunk(&[b"dta: oops\n", &block[..]].concat()),
            Mischief::ChangePayload => {
                chunk(&block).iter().map(|b| if *b == b'x' { b'y' } else { *b }).collect()
            }
            Mischief::EndStream => b"0\r\n\r\n".to_vec(),
            Mischief::Reset => {
                self.subscribers.clear();
                Vec::new()
            }
            Mischief::Gap => chunk(&[b"event: gap\ndata: {}\n\n", &block[..]].concat()),
            _ => self.chunk(&block),
        };
        // A client that has gone is not this hub's concern.
        self.subscribers.retain_mut(|stream| stream.write_all(&bytes).is_ok());
        true
    }
}
