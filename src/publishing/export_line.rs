//! A line of an export: an entry that has stood in the log of another hub.

use thiserror::Error;

use crate::{
    log::{kind::Kind, restored::Restored, update::UpdateTooLarge, update_id::IdOrigin},
    publishing::{invalid_request::InvalidPublishRequest, request::PublishRequest},
};

/// Why a line is no entry that a hub could have.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum InvalidLine {
    /// It is no publication.
    #[error(transparent)]
    Request(#[from] InvalidPublishRequest),
    /// It is too large to be kept.
    #[error(transparent)]
    TooLarge(#[from] UpdateTooLarge),
    /// It is an update without an id, or more than one entry.
    #[error("it has to be an update with its id, or the closing of one topic")]
    NotOne,
}

/// The author of an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Author {
    pub(crate) kind: Kind,
    pub(crate) id_origin: IdOrigin,
}

/// Reads a line, which is a publication in JSON.
///
/// # Errors
/// [`InvalidLine`].
pub(crate) fn read(line: &[u8], author: Author) -> Result<Restored, InvalidLine> {
    let request = PublishRequest::from_json(line)?;
    let mut closings = request.closings();
    match (closings.pop(), request.id().cloned()) {
        (Some(closing), _) if closings.is_empty() && !request.has_update() => {
            Ok(Restored::Closing(closing))
        }
        (None, Some(id)) => {
            let mut update = request.into_update(id).encode()?;
            update.kind = author.kind;
            update.id_origin = author.id_origin;
            Ok(Restored::Update(update))
        }
        _ => Err(InvalidLine::NotOne),
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;

    const PUBLISHER: Author = Author { kind: Kind::Publication, id_origin: IdOrigin::Publisher };

    #[track_caller]
    fn refused(line: &str, why: &str) {
        assert_eq!(read(line.as_bytes(), PUBLISHER).unwrap_err().to_string(), why);
    }

    #[test]
    fn an_update_is_encoded_as_it_was_published_and_other_members_are_passed_over() {
        let line = r#"{"sequence":5,"time":9,"id":"1","idOf":"hub","topic":["a","b"],"type":"t",
            "retry":500,"data":" x\ny","private":true}"#;
        for (kind, id_origin) in [
            (Kind::Publication, IdOrigin::Publisher),
            (Kind::Publication, IdOrigin::Hub),
            (Kind::Subscription, IdOrigin::Hub),
        ] {
            let read = read(line.as_bytes(), Author { kind, id_origin });
            let Ok(Restored::Update(update)) = read else { panic!("no update") };
            assert_eq!((update.kind, update.id_origin, update.private), (kind, id_origin, true));
            assert_eq!(update.topics.to_lines(), "a\nb");
            assert_eq!(&*update.event, b"event: t\nretry: 500\nid: 1\ndata:  x\ndata: y\n\n");
        }
    }

    #[test]
    fn a_closing_has_its_topic_its_reason_and_who_may_know_of_it() {
        let line = r#"{"sequence":5,"time":9,"topic":["a"],"close":"broken","private":true}"#;
        let Ok(Restored::Closing(closing)) = read(line.as_bytes(), PUBLISHER) else {
            panic!("no closing")
        };
        assert_eq!(closing.topic.as_str(), "a");
        assert_eq!((closing.reason.as_str(), closing.private), ("broken", true));
    }

    #[test]
    fn what_is_not_one_entry_is_refused() {
        let not_one = "it has to be an update with its id, or the closing of one topic";
        refused(r#"{"topic":"a","data":"x"}"#, not_one);
        refused(r#"{"topic":"a","data":"x","id":""}"#, not_one);
        refused(r#"{"topic":"a","data":"x","id":"1","close":"done"}"#, not_one);
        refused(r#"{"topic":["a","b"],"close":"done"}"#, not_one);
    }

    #[test]
    fn what_could_not_be_published_is_refused() {
        refused(r#"{"id":"1","data":"x"}"#, "Missing \"topic\" parameter: name at least one topic");
        refused(
            r#"{"topic":"a\nb","id":"1"}"#,
            "Invalid \"topic\" parameter: the topic holds '\\n' at byte 1",
        );
        refused(r##"{"topic":"a","id":"#1"}"##, "Invalid \"id\" parameter: \"#1\" is reserved");
        refused(
            r#"{"topic":"a","id":"1","private":1}"#,
            "Invalid \"private\" parameter: it must be true or false",
        );
        let data = "\\n".repeat(300_000);
        let line = format!(r#"{{"topic":"a","id":"1","data":"{data}"}}"#);
        let bytes = 300_001 * 7 + 10;
        let why =
            format!("the update takes {bytes} bytes as an event stream, the limit is 1900000");
        refused(&line, &why);
    }

    /// The lines of exports and their events, which `npm/worker/export/stored_event.test.mjs` reads. With
    /// `UPDATE_EXPECT=1` this writes them.
    #[test]
    fn the_events_of_these_lines_are_those_that_javascript_reads() {
        let members = [
            r#""data":"x""#,
            r#""data":"""#,
            r#""data":" a space first""#,
            r#""data":"one\ntwo""#,
            r#""data":"\n""#,
            r#""data":"\n\nbetween\n\n""#,
            r#""data":"data: not a field\ndata: nor this\nid: forged\n\nevent: forged""#,
            r#""data":"\u2028 \u2029 \u0085 \u000b \u000c \u0000""#,
            r#""data":"\ufeffé😀""#,
            r#""data":"\r""#,
            r#""data":"a\r\nb\rc""#,
            r#""type":"t","data":"x""#,
            r#""type":" led by a space: é\u2028 ","data":"x""#,
            r#""type":"data: x","data":"x""#,
            r#""retry":0,"data":"x""#,
            r#""retry":1,"data":"x""#,
            r#""retry":2147483647,"data":"x""#,
            r#""type":"t","retry":"9000","data":"""#,
        ];
        let mut written = Vec::new();
        for (members, id) in
            members.into_iter().zip(["1", "a b", "id: x", "urn:uuid:1"].iter().cycle())
        {
            let line = format!(r#"{{"topic":["a"],"id":"{id}",{members}}}"#);
            let Ok(Restored::Update(update)) = read(line.as_bytes(), PUBLISHER) else {
                panic!("{line}")
            };
            let event = serde_json::to_string(std::str::from_utf8(&update.event).unwrap()).unwrap();
            written.push(format!("  {{\"line\":{line},\n   \"event\":{event}}}"));
        }
        let written = format!("[\n{}\n]\n", written.join(",\n"));
        expect_test::expect_file!["../../tests/data/stored_events.json"].assert_eq(&written);
    }
}
