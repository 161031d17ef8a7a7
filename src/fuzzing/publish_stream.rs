//! Bodies that publish while they arrive, NDJSON and event streams: any chunking equals the whole.

use crate::fuzzing::inputs::{check_encoded, chunks};
use crate::publishing::stream::PublishStream;

/// Each publication, and what is wrong with the others, in order.
fn read<'a>(mut stream: PublishStream, chunks: impl IntoIterator<Item = &'a [u8]>) -> Vec<String> {
    let mut found = Vec::new();
    let mut ended = Ok(());
    for chunk in chunks {
        ended = stream.read(chunk, |publication| match publication {
            Ok(request) => {
                found.push(format!("{request:?}"));
                check_encoded(request);
            }
            Err(error) => found.push(error.to_string()),
        });
    }
    match ended {
        Ok(()) => stream.end(|publication| found.push(format!("{publication:?}"))),
        Err(error) => found.push(error.to_string()),
    }
    found
}

/// See the module.
pub fn publish_stream(body: &[u8]) {
    let streams = [
        PublishStream::ndjson,
        || PublishStream::event_stream("topic=a&topic=b&private").unwrap(),
        || PublishStream::event_stream("topic=a&keep_ids").unwrap(),
    ];
    for stream in streams {
        let whole = read(stream(), [body]);
        assert_eq!(read(stream(), chunks(body)), whole);
        assert_eq!(read(stream(), body.chunks(1)), whole);
    }
    let query = String::from_utf8_lossy(body);
    let _ = PublishStream::event_stream(&query);
}
