//! Which decoder gives what HTML § 9.2.6 says, on which case of the tests' table.

use std::{
    error::Error,
    fs,
    panic::{self, AssertUnwindSafe, catch_unwind},
    path::Path,
};

use crate::{
    cases::{CASES, Case},
    decoders::{Block, Decode, EventsourceStream, Last, Millstream, SseCodec, SseStream, Sseer},
};

/// Sizes of the chunks that a stream is fed in, after the whole of it.
const SIZES: [usize; 5] = [1, 2, 3, 5, 16];

/// Prints the table, and gives the cases on which millstream is wrong.
pub fn print() -> Result<Vec<&'static str>, Box<dyn Error>> {
    let names =
        [Millstream::NAME, EventsourceStream::NAME, SseCodec::NAME, SseStream::NAME, Sseer::NAME];
    println!("| case | {} |\n|---|{}", names.join(" | "), "---|".repeat(names.len()));
    // One of the decoders panics; its verdict says so.
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let mut right = [0; 5];
    let mut wrong = Vec::new();
    for case in CASES {
        let (name, ..) = case;
        let file = format!("../../tests/data/{name}.stream");
        let stream = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(file))?.leak();
        let verdicts = [
            verdict::<Millstream>(stream, case),
            verdict::<EventsourceStream>(stream, case),
            verdict::<SseCodec>(stream, case),
            verdict::<SseStream>(stream, case),
            verdict::<Sseer>(stream, case),
        ];
        for (right, verdict) in right.iter_mut().zip(verdicts) {
            *right += usize::from(verdict == RIGHT);
        }
        if verdicts[0] != RIGHT {
            wrong.push(*name);
        }
        println!("| `{name}` | {} |", verdicts.join(" | "));
    }
    panic::set_hook(hook);
    println!(
        "| right, of {} | {} |\n",
        CASES.len(),
        right.map(|count| count.to_string()).join(" | ")
    );
    Ok(wrong)
}

const RIGHT: &str = "yes";

/// In one word: what is wrong first, in the whole stream or else when it is cut.
fn verdict<D: Decode>(stream: &'static [u8], case: &Case) -> &'static str {
    let whole = difference::<D>(&[stream], case);
    if whole != RIGHT {
        return whole;
    }
    let cut = SIZES.iter().map(|size| {
        let chunks: Vec<_> = stream.chunks(*size).collect();
        difference::<D>(&chunks, case)
    });
    match cut.into_iter().find(|difference| *difference != RIGHT) {
        None => RIGHT,
        Some(_) => "wrong when cut",
    }
}

fn difference<D: Decode>(chunks: &[&'static [u8]], case: &Case) -> &'static str {
    let (_, events, last_event_id, reconnection_millis) = case;
    let mut dispatched = Vec::new();
    let mut seen: Last = (String::new(), None);
    let decoded = catch_unwind(AssertUnwindSafe(|| {
        D::decode(chunks, |block| dispatched.extend(dispatch(block, &mut seen)))
    }));
    let last = match decoded {
        Ok(Ok(last)) => last,
        Ok(Err(_)) => return "error",
        Err(_) => return "panic",
    };
    let expected = events.iter().map(|(kind, data, id)| [*kind, *data, *id]);
    let (id, millis) = last.unwrap_or(seen);
    if !expected.eq(dispatched.iter().map(|event| event.each_ref().map(String::as_str))) {
        "wrong events"
    } else if id != *last_event_id {
        "wrong last event ID"
    } else if millis != *reconnection_millis {
        "wrong reconnection time"
    } else {
        RIGHT
    }
}

/// What a client that keeps the standard's state beside its decoder makes of a block: a decoder that
/// leaves this to its caller is not wrong for it.
fn dispatch(block: Block<'_>, last: &mut Last) -> Option<[String; 3]> {
    if let Some(id) = block.id {
        id.clone_into(&mut last.0);
    }
    last.1 = block.reconnection_millis.or(last.1);
    let event_type = block.event_type.filter(|name| !name.is_empty()).unwrap_or("message");
    block.data.map(|data| [event_type.to_owned(), data.to_owned(), last.0.clone()])
}
