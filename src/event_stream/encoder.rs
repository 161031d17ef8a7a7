//! Events to bytes: [HTML § 9.2.5](https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream).
//!
//! ```text
//! block   = *( ":" [ " " line ] LF )       ; the comment
//!           [ "event: " event-type LF ]
//!           [ "retry: " digits LF ]
//!           [ "id: " id LF ]
//!           *( "data: " line LF )
//!           LF                             ; if there is a field
//! ```
//!
//! The order is the one the Mercure reference hub sends. A space always follows the colon of a
//! field, so that a value that begins with a space keeps it.

use memchr::{memchr_iter, memchr2};

use crate::event_stream::{comment::Comment, event::Event, reconnection_time::ReconnectionTime};

/// Appends the event to `stream`.
///
/// This cannot fail, and `stream` grows at most once, to exactly what is needed.
///
/// ```
/// use millstream::{Event, encoder};
///
/// let mut stream = Vec::new();
/// encoder::encode(&Event::new(" led by a space\r\nand another line"), &mut stream);
/// assert_eq!(stream, b"data:  led by a space\ndata: and another line\n\n");
/// ```
pub fn encode(event: &Event, stream: &mut Vec<u8>) {
    let comment = event.comment().map(|comment| Lines::of(comment.as_str()));
    let data = event.data().map(Lines::of);
    stream.reserve(len(event, comment.as_ref(), data.as_ref()));
    if let Some(comment) = comment {
        write_comment(&comment, stream);
    }
    if is_comment(event) {
        return;
    }
    if let Some(event_type) = event.event_type() {
        write_field(b"event: ", event_type.as_str().as_bytes(), stream);
    }
    if let Some(time) = event.reconnection_time() {
        write_field(b"retry: ", time.to_string().as_bytes(), stream);
    }
    if let Some(id) = event.id() {
        write_field(b"id: ", id.as_str().as_bytes(), stream);
    }
    if let Some(data) = data {
        stream.extend_from_slice(b"data: ");
        let last = data.each_ended(|rest, len| {
            write_line(rest, len, stream);
            stream.extend_from_slice(b"\ndata: ");
        });
        stream.extend_from_slice(last);
        stream.push(b'\n');
    }
    stream.push(b'\n');
}

/// The event alone, in a buffer of exactly its size.
#[must_use]
pub fn encoded(event: &Event) -> Vec<u8> {
    let mut stream = Vec::new();
    encode(event, &mut stream);
    stream
}

/// Appends the comment alone to `stream`: `:\n` for an empty one. It belongs between two events.
///
/// No blank line follows it, since widely used clients dispatch an empty message for each one.
pub fn encode_comment(comment: &Comment, stream: &mut Vec<u8>) {
    let comment = Lines::of(comment.as_str());
    stream.reserve(comment.comment_len());
    write_comment(&comment, stream);
}

/// How many bytes [`encode`] appends for the event.
#[must_use]
pub fn encoded_len(event: &Event) -> usize {
    let comment = event.comment().map(|comment| Lines::of(comment.as_str()));
    let data = event.data().map(Lines::of);
    len(event, comment.as_ref(), data.as_ref())
}

fn len(event: &Event, comment: Option<&Lines<'_>>, data: Option<&Lines<'_>>) -> usize {
    let field = |name: &str, value: usize| name.len().saturating_add(value).saturating_add(1);
    [
        comment.map(Lines::comment_len),
        event.event_type().map(|event_type| field("event: ", event_type.as_str().len())),
        event.reconnection_time().map(|time| field("retry: ", digits(time))),
        event.id().map(|id| field("id: ", id.as_str().len())),
        data.map(Lines::data_len),
    ]
    .into_iter()
    .flatten()
    .fold(usize::from(!is_comment(event)), usize::saturating_add)
}

/// Whether there is nothing to dispatch, and so no blank line: [`encode_comment`] says why.
fn is_comment(event: &Event) -> bool {
    event.event_type().is_none()
        && event.reconnection_time().is_none()
        && event.id().is_none()
        && event.data().is_none()
}

fn digits(time: ReconnectionTime) -> usize {
    time.as_millis().checked_ilog10().map_or(1, |log| log as usize + 1)
}

fn write_comment(comment: &Lines<'_>, stream: &mut Vec<u8>) {
    comment.each(|line| {
        let name: &[u8] = if line.is_empty() { b":" } else { b": " };
        write_field(name, line, stream);
    });
}

fn write_field(name: &[u8], value: &[u8], stream: &mut Vec<u8>) {
    stream.extend_from_slice(name);
    stream.extend_from_slice(value);
    stream.push(b'\n');
}

/// Writes the line of this many bytes at the beginning of `rest`.
///
/// A copy of fixed size that is cut afterwards costs less than a copy of any size. There is room:
/// each byte of `rest` takes at least one of the stream.
#[inline]
fn write_line(rest: &[u8], len: usize, stream: &mut Vec<u8>) {
    const SHORT: usize = 64;
    match rest.first_chunk::<SHORT>() {
        Some(chunk) if len <= SHORT => {
            let end = stream.len().saturating_add(len);
            stream.extend_from_slice(chunk);
            stream.truncate(end);
        }
        _ => stream.extend_from_slice(rest.get(..len).unwrap_or_default()),
    }
}

/// A text as the lines that CR, LF and CRLF part it into: at least one, maybe empty.
struct Lines<'a> {
    text: &'a [u8],
    /// Where the first line ends if another follows: a text of one line is searched once only.
    first_end: Option<usize>,
    /// The number of LF.
    lf: usize,
    /// A text without CR is parted and counted faster.
    has_cr: bool,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        let text = text.as_bytes();
        let first_end = memchr2(b'\r', b'\n', text);
        let (mut lf, mut cr) = (0, 0);
        let mut count = |block: &[u8]| {
            let of = |end| block.iter().fold(0_u8, |sum, byte| sum + u8::from(*byte == end));
            lf += usize::from(of(b'\n'));
            cr |= of(b'\r');
        };
        if first_end.is_some() {
            // The blocks have one size and the loop has no exit, so that the compiler looks at many
            // bytes at once.
            let (blocks, rest) = text.as_chunks::<64>();
            for block in blocks {
                count(block);
            }
            count(rest);
        }
        Self { text, first_end, lf, has_cr: cr > 0 }
    }

    fn each(&self, mut visit: impl FnMut(&'a [u8])) {
        let last = self.each_ended(|rest, len| visit(rest.get(..len).unwrap_or_default()));
        visit(last);
    }

    /// Visits each line but the last: the rest of the text that begins with it, and its length.
    /// Returns the last line.
    #[inline]
    fn each_ended(&self, mut visit: impl FnMut(&'a [u8], usize)) -> &'a [u8] {
        let mut rest = self.text;
        if self.lf > 0 && !self.has_cr {
            let mut start = 0;
            for end in memchr_iter(b'\n', rest) {
                visit(rest.get(start..).unwrap_or_default(), end.saturating_sub(start));
                start = end.saturating_add(1);
            }
            return rest.get(start..).unwrap_or_default();
        }
        let mut end = self.first_end;
        while let Some((line, tail)) = end.and_then(|end| rest.split_at_checked(end)) {
            visit(rest, line.len());
            rest = match tail {
                [b'\r', b'\n', rest @ ..] | [_, rest @ ..] => rest,
                [] => tail,
            };
            end = memchr2(b'\r', b'\n', rest);
        }
        rest
    }

    fn data_len(&self) -> usize {
        let field = "data: \n".len();
        if self.has_cr {
            return self.sum(|line| field.saturating_add(line.len()));
        }
        // Each LF is one byte of the text already.
        let fields = field.saturating_add(self.lf.saturating_mul("data: ".len()));
        fields.saturating_add(self.text.len())
    }

    fn comment_len(&self) -> usize {
        self.sum(|line| {
            if line.is_empty() { ":\n".len() } else { ": \n".len().saturating_add(line.len()) }
        })
    }

    fn sum(&self, len: impl Fn(&[u8]) -> usize) -> usize {
        let mut sum = 0_usize;
        self.each(|line| sum = sum.saturating_add(len(line)));
        sum
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use expect_test::{Expect, expect};
    use proptest::prelude::*;

    use super::*;

    fn check(event: &Event, wire: &Expect) {
        let mut stream = Vec::new();
        encode(event, &mut stream);
        // Each line quoted, so that spaces at its end can be seen.
        let mut shown = String::new();
        for line in String::from_utf8_lossy(&stream).split_inclusive('\n') {
            shown.extend(["|", &format!("{line:?}"), "\n"]);
        }
        wire.assert_eq(&shown);
    }

    #[test]
    fn an_event_with_everything_is_sent_in_the_order_of_the_reference_hub() {
        let event = Event::new("one\ntwo")
            .with_id("urn:uuid:1".parse().unwrap())
            .with_reconnection_time(ReconnectionTime::from_millis(2500))
            .with_event_type("chat".parse().unwrap())
            .with_comment("hello".into());
        check(
            &event,
            &expect![[r#"
                |": hello\n"
                |"event: chat\n"
                |"retry: 2500\n"
                |"id: urn:uuid:1\n"
                |"data: one\n"
                |"data: two\n"
                |"\n"
            "#]],
        );
    }

    #[test]
    fn lf_cr_and_crlf_each_begin_a_data_line() {
        check(
            &Event::new("a\nb\rc\r\nd\n\r\n"),
            &expect![[r#"
                |"data: a\n"
                |"data: b\n"
                |"data: c\n"
                |"data: d\n"
                |"data: \n"
                |"data: \n"
                |"\n"
            "#]],
        );
    }

    #[test]
    fn empty_data_is_sent_and_no_data_is_not() {
        check(
            &Event::new(""),
            &expect![[r#"
                |"data: \n"
                |"\n"
            "#]],
        );
        check(
            &Event::default().with_id("".parse().unwrap()),
            &expect![[r#"
                |"id: \n"
                |"\n"
            "#]],
        );
    }

    #[test]
    fn a_comment_cannot_get_out_of_its_lines() {
        check(
            &Event::default().with_comment("a\r\n\rdata: forged\n".into()),
            &expect![[r#"
                |": a\n"
                |":\n"
                |": data: forged\n"
                |":\n"
            "#]],
        );
    }

    #[test]
    fn a_comment_is_followed_by_no_blank_line_for_which_lax_clients_dispatch_a_message() {
        let mut stream = b"before".to_vec();
        encode_comment(&Comment::default(), &mut stream);
        assert_eq!(stream, b"before:\n");
        encode(&Event::default().with_comment("keep-alive".into()), &mut stream);
        assert_eq!(stream, b"before:\n: keep-alive\n");
        encode(&Event::default(), &mut stream);
        assert_eq!(stream, b"before:\n: keep-alive\n");
    }

    proptest! {
        #[test]
        fn encoding_allocates_once_and_exactly(event in crate::event_stream::event::any_event()) {
            let mut stream = Vec::new();
            encode(&event, &mut stream);
            prop_assert_eq!(stream.len(), encoded_len(&event));

            let mut sized = Vec::with_capacity(encoded_len(&event));
            let room = sized.capacity();
            encode(&event, &mut sized);
            prop_assert_eq!(sized.capacity(), room);
        }
    }
}
