//! One POST for each update, one at a time on a connection that stays.

use std::{io::Write as _, thread, time::Duration};

use super::{Accepted, Part, PublishError, answer::Answer, pace::Schedule};
use crate::{arguments::PublishAs, clock, payload::Stamp};

/// Publishes this publisher's part; returns what was accepted.
pub(super) fn publish(part: &Part) -> (Accepted, Result<(), PublishError>) {
    let mut accepted = Accepted::nothing();
    let result = publish_all(part, &mut accepted);
    (accepted, result)
}

fn publish_all(part: &Part, accepted: &mut Accepted) -> Result<(), PublishError> {
    let schedule = Schedule::new(part);
    let request = Request::new(part);
    let mut stream = None;
    let (mut bytes, mut buffer) = (Vec::new(), vec![0; 16 * 1024]);
    loop {
        let now = clock::now();
        if schedule.is_over(accepted.updates, now) {
            return Ok(());
        }
        let due = schedule.due(accepted.updates);
        if let Some(wait) = due.and_then(|due| due.checked_sub(now)) {
            thread::sleep(Duration::from_nanos(wait));
        }
        let mut open = match stream.take() {
            Some(open) => open,
            None => part.connect()?,
        };
        // What waits for its publisher is late from the time at which it was due.
        let sent = due.unwrap_or_else(clock::now);
        let sequence = part.sequence(accepted.updates);
        request.write(Stamp { publisher: part.publisher as u64, sequence, sent }, &mut bytes);
        let asked = clock::now();
        open.write_all(&bytes)?;
        if Answer::read(&mut open, &mut buffer)? {
            stream = Some(open);
        }
        accepted.answers.record(clock::now() - asked);
        accepted.updates += 1;
    }
}

/// All of a request but the payload.
#[derive(Debug)]
struct Request {
    before: Vec<u8>,
    bytes: usize,
    is_form: bool,
}

impl Request {
    fn new(part: &Part) -> Self {
        let arguments = &part.arguments;
        let is_form = arguments.publish_as == PublishAs::Form;
        let (content_type, field) = if is_form {
            let topic = form_encoded(&arguments.topic);
            ("application/x-www-form-urlencoded", format!("topic={topic}&data="))
        } else {
            ("text/plain", String::new())
        };
        let before = format!(
            "POST {} HTTP/1.1\r\nHost: {}\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\r\n{field}",
            arguments.publish,
            arguments.server,
            field.len() + arguments.bytes,
        );
        Self { before: before.into_bytes(), bytes: arguments.bytes, is_form }
    }

    fn write(&self, stamp: Stamp, out: &mut Vec<u8>) {
        self.before.clone_into(out);
        stamp.write(self.bytes, out);
        if self.is_form {
            // A payload has no other byte that a form writes differently.
            out[self.before.len()..].iter_mut().filter(|byte| **byte == b' ').for_each(|space| {
                *space = b'+';
            });
        }
    }
}

/// [application/x-www-form-urlencoded](https://url.spec.whatwg.org/#concept-urlencoded-byte-serializer).
fn form_encoded(text: &str) -> String {
    let encoded = |byte: u8| match byte {
        b' ' => "+".to_owned(),
        b'*' | b'-' | b'.' | b'_' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encoded).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_as_long_as_its_head_says() {
        let before = b"POST / HTTP/1.1\r\nContent-Length: 113\r\n\r\ntopic=a&data=".to_vec();
        let request = Request { before, bytes: 100, is_form: true };
        let mut bytes = Vec::new();
        request.write(Stamp { publisher: 0, sequence: 1, sent: 2 }, &mut bytes);
        let text = String::from_utf8(bytes).unwrap();
        let (_, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(body.starts_with("topic=a&data=0+1+2+xxx"), "{body}");
        assert_eq!(body.len(), 113);
    }

    #[test]
    fn a_topic_is_encoded() {
        assert_eq!(form_encoded("https://a.example/ö b*"), "https%3A%2F%2Fa.example%2F%C3%B6+b*");
    }
}
