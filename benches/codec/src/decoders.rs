//! Five decoders behind one trait, each driven by the quickest of its own entries: a stream that is
//! always ready, polled by hand, whose chunks are of the type that its API copies least of.

use std::{
    convert::Infallible,
    fmt::Debug,
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use futures_util::stream;

/// What a decoder gives for one block; a part that it does not give is missing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Block<'a> {
    pub event_type: Option<&'a str>,
    pub data: Option<&'a str>,
    pub id: Option<&'a str>,
    pub reconnection_millis: Option<u64>,
}

/// The last event ID and the reconnection time in milliseconds.
pub type Last = (String, Option<u64>);

pub trait Decode {
    const NAME: &str;

    /// Feeds the chunks and visits what comes of them. When the decoder keeps them, what is given
    /// back is its last event ID and reconnection time; else they are those of the blocks.
    fn decode(
        chunks: &[&'static [u8]],
        visit: impl FnMut(Block<'_>),
    ) -> Result<Option<Last>, String>;
}

pub struct Millstream;
pub struct EventsourceStream;
pub struct SseCodec;
pub struct SseStream;
pub struct Sseer;

impl Decode for Millstream {
    const NAME: &str = "millstream";

    fn decode(
        chunks: &[&'static [u8]],
        mut visit: impl FnMut(Block<'_>),
    ) -> Result<Option<Last>, String> {
        let mut decoder = millstream::Decoder::new();
        for chunk in chunks {
            let result = decoder.decode(chunk, |event| {
                visit(Block {
                    event_type: Some(event.event_type()),
                    data: Some(event.data()),
                    id: Some(event.last_event_id()),
                    reconnection_millis: event.reconnection_time(),
                });
            });
            result.map_err(|error| error.to_string())?;
        }
        let time = decoder.reconnection_time();
        Ok(Some((decoder.last_event_id().to_owned(), time)))
    }
}

impl Decode for EventsourceStream {
    const NAME: &str = "eventsource-stream";

    fn decode(
        chunks: &[&'static [u8]],
        mut visit: impl FnMut(Block<'_>),
    ) -> Result<Option<Last>, String> {
        drain(eventsource_stream::EventStream::new(ready(chunks)), |event| {
            visit(Block {
                event_type: Some(&event.event),
                data: Some(&event.data),
                id: Some(&event.id),
                reconnection_millis: event.retry.and_then(millis),
            });
        })
    }
}

impl Decode for SseCodec {
    const NAME: &str = "sse-codec";

    fn decode(
        chunks: &[&'static [u8]],
        mut visit: impl FnMut(Block<'_>),
    ) -> Result<Option<Last>, String> {
        let mut codec = sse_codec::SSECodec::default();
        let mut buffer = BytesMut::new();
        for chunk in chunks {
            buffer.extend_from_slice(chunk);
            loop {
                match futures_codec::Decoder::decode(&mut codec, &mut buffer) {
                    Ok(Some(sse_codec::Event::Message { id, event, data })) => visit(Block {
                        event_type: Some(&event),
                        data: Some(&data),
                        id: id.as_deref(),
                        ..Block::default()
                    }),
                    Ok(Some(sse_codec::Event::Retry { retry })) => {
                        visit(Block { reconnection_millis: Some(retry), ..Block::default() });
                    }
                    Ok(None) => break,
                    Err(error) => return Err(error.to_string()),
                }
            }
        }
        Ok(None)
    }
}

impl Decode for SseStream {
    const NAME: &str = "sse-stream";

    fn decode(
        chunks: &[&'static [u8]],
        mut visit: impl FnMut(Block<'_>),
    ) -> Result<Option<Last>, String> {
        drain(sse_stream::SseByteStream::new(ready(chunks)), |event| {
            visit(Block {
                event_type: event.event.as_deref(),
                data: event.data.as_deref(),
                id: event.id.as_deref(),
                reconnection_millis: event.retry,
            });
        })
    }
}

impl Decode for Sseer {
    const NAME: &str = "sseer";

    fn decode(
        chunks: &[&'static [u8]],
        mut visit: impl FnMut(Block<'_>),
    ) -> Result<Option<Last>, String> {
        // Its events are parts of the chunks: of static ones even their count costs nothing.
        let chunks = chunks.iter().map(|chunk| Ok::<_, Infallible>(Bytes::from_static(chunk)));
        drain(sseer::EventStream::new(stream::iter(chunks)), |event| {
            visit(Block {
                event_type: Some(&event.event),
                data: Some(&event.data),
                id: Some(&event.id),
                reconnection_millis: event.retry.and_then(millis),
            });
        })
    }
}

fn ready(chunks: &[&'static [u8]]) -> impl Stream<Item = Result<&'static [u8], Infallible>> {
    stream::iter(chunks.iter().copied().map(Ok))
}

fn millis(time: Duration) -> Option<u64> {
    u64::try_from(time.as_millis()).ok()
}

fn drain<T, E: Debug>(
    stream: impl Stream<Item = Result<T, E>>,
    mut visit: impl FnMut(T),
) -> Result<Option<Last>, String> {
    let mut stream = pin!(stream);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        match stream.as_mut().poll_next(&mut context) {
            Poll::Ready(Some(Ok(event))) => visit(event),
            Poll::Ready(Some(Err(error))) => return Err(format!("{error:?}")),
            Poll::Ready(None) => return Ok(None),
            Poll::Pending => return Err("a ready stream was pending".to_owned()),
        }
    }
}
