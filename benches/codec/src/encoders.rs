//! Two encoders behind one trait: from the parts of an event to the bytes of its block, of which each
//! is a buffer of its own, as what goes to many connections has to be.

use std::{
    convert::Infallible,
    hint::black_box,
    pin::pin,
    task::{Context, Poll, Waker},
};

use axum::{
    body::HttpBody,
    response::{IntoResponse, Sse, sse},
};
use futures_util::stream;

pub trait Encode {
    const NAME: &str;

    /// Encodes the event so many times.
    fn encode(id: &'static str, data: &'static str, times: usize, visit: impl FnMut(&[u8]));
}

pub struct Millstream;
pub struct Axum;

impl Encode for Millstream {
    const NAME: &str = "millstream";

    fn encode(id: &'static str, data: &'static str, times: usize, mut visit: impl FnMut(&[u8])) {
        use millstream::{encoder, event::Event};
        for _ in 0..times {
            let Ok(id) = black_box(id).parse() else { return };
            visit(&encoder::encoded(&Event::new(black_box(data)).with_id(id)));
        }
    }
}

impl Encode for Axum {
    const NAME: &str = "axum";

    /// An event gives its bytes to the body of a response alone.
    fn encode(id: &'static str, data: &'static str, times: usize, mut visit: impl FnMut(&[u8])) {
        let events = (0..times).map(move |_| {
            Ok::<_, Infallible>(sse::Event::default().id(black_box(id)).data(black_box(data)))
        });
        let mut body = pin!(Sse::new(stream::iter(events)).into_response().into_body());
        let mut context = Context::from_waker(Waker::noop());
        while let Poll::Ready(Some(Ok(frame))) = body.as_mut().poll_frame(&mut context) {
            if let Some(block) = frame.data_ref() {
                visit(block);
            }
        }
    }
}
