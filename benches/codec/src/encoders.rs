//! Two encoders behind one trait: from the parts of an event, which the program has made and hands
//! over, to the bytes of its block in a buffer of their own, as what goes to many connections has to be.

use std::{
    convert::Infallible,
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

    /// Encodes events of these ids and data.
    fn encode(events: Vec<(String, String)>, visit: impl FnMut(&[u8]));
}

pub struct Millstream;
pub struct Axum;

impl Encode for Millstream {
    const NAME: &str = "millstream";

    fn encode(events: Vec<(String, String)>, mut visit: impl FnMut(&[u8])) {
        use millstream::{Event, encoder};
        for (id, data) in events {
            let Ok(id) = id.try_into() else { return };
            visit(&encoder::encoded(&Event::new(data).with_id(id)));
        }
    }
}

impl Encode for Axum {
    const NAME: &str = "axum";

    /// An event gives its bytes to the body of a response alone.
    fn encode(events: Vec<(String, String)>, mut visit: impl FnMut(&[u8])) {
        let events = events
            .into_iter()
            .map(|(id, data)| Ok::<_, Infallible>(sse::Event::default().id(id).data(data)));
        let mut body = pin!(Sse::new(stream::iter(events)).into_response().into_body());
        let mut context = Context::from_waker(Waker::noop());
        while let Poll::Ready(Some(Ok(frame))) = body.as_mut().poll_frame(&mut context) {
            if let Some(block) = frame.data_ref() {
                visit(block);
            }
        }
    }
}
