//! An event stream: any chunking equals the whole, and what is decoded can be encoded again.

use crate::event_stream::{
    decoder::{DecodeError, Decoder},
    encoder,
    event::Event,
};
use crate::fuzzing::inputs::chunks;

/// What a decoder makes of a stream.
#[derive(Debug, PartialEq)]
struct Outcome {
    events: Vec<(String, String, String, Option<u64>)>,
    last_event_id: String,
    reconnection_time: Option<u64>,
    ended: Result<(), DecodeError>,
}

fn decode<'a>(mut decoder: Decoder, chunks: impl IntoIterator<Item = &'a [u8]>) -> Outcome {
    let (mut events, mut ended) = (Vec::new(), Ok(()));
    for chunk in chunks {
        ended = decoder.decode(chunk, |event| {
            let time = event.reconnection_time();
            events.push((
                event.event_type().into(),
                event.data().into(),
                event.last_event_id().into(),
                time,
            ));
        });
    }
    Outcome {
        events,
        last_event_id: decoder.last_event_id().to_owned(),
        reconnection_time: decoder.reconnection_time(),
        ended,
    }
}

/// See the module.
pub fn decoder(stream: &[u8]) {
    for max in [16, 1 << 20] {
        let decoder = || Decoder::with_max_event_bytes(max);
        let whole = decode(decoder(), [stream]);
        assert_eq!(decode(decoder(), chunks(stream)), whole);
        assert_eq!(decode(decoder(), stream.chunks(1)), whole);
    }
    let mut events = Vec::new();
    let _ = Decoder::new().decode(stream, |event| events.extend(Event::try_from(event)));
    for event in events {
        let mut again = Vec::new();
        let mut encoded = Vec::new();
        encoder::encode(&event, &mut encoded);
        Decoder::new()
            .decode(&encoded, |event| again.push(Event::try_from(event).unwrap()))
            .unwrap();
        assert_eq!(again, [event]);
    }
}
