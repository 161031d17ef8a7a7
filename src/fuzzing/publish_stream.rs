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
        || PublishStream::ndjson("").unwrap(),
        || PublishStream::ndjson("topic=a&close").unwrap(),
        || PublishStream::event_stream("topic=a&topic=b&private").unwrap(),
        || PublishStream::event_stream("topic=a&keep_ids").unwrap(),
    ];
    for stream in streams {
        let whole = read(stream(), [body]);
        assert_eq!(read(stream(), chunks(body)), whole);
        assert_eq!(read(stream(), body.chunks(1)), whole);
    }
    let query = String::from_utf8_lossy(body);
    let (of_lines, of_events) =
        (PublishStream::ndjson(&query), PublishStream::event_stream(&query));
    // A query means the same for both, but that lines may do without it.
    match of_lines {
        Ok(lines) if lines.target().is_none() => {
            assert_eq!(of_events.unwrap_err().field(), "topic");
        }
        Ok(lines) => assert_eq!(lines.target(), of_events.unwrap().target()),
        Err(error) => assert_eq!(error, of_events.unwrap_err()),
    }
}
