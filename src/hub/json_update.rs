//! An update as a member of a JSON document.

use serde::Serialize;

use crate::{
    event_stream::decoder::{DecodedEvent, Decoder},
    log::update::EncodedUpdate,
    topics::topic::Topic,
};

#[derive(Serialize)]
struct JsonUpdate<'a> {
    id: &'a str,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    event_type: Option<&'a str>,
    topics: Vec<&'a str>,
    data: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry: Option<u64>,
}

/// The update with these of its topics, and what a client would read from its event. It is empty for an
/// event without data, of which clients read nothing.
pub(crate) fn encoded<'a>(
    update: &EncodedUpdate,
    topics: impl IntoIterator<Item = &'a Topic>,
) -> Vec<u8> {
    let topics: Vec<_> = topics.into_iter().map(Topic::as_str).collect();
    let mut json = Vec::with_capacity(update.event.len() + 64);
    let write = |event: DecodedEvent<'_>| {
        let shown = JsonUpdate {
            id: update.id.as_str(),
            event_type: event.named_event_type(),
            topics: topics.clone(),
            data: event.data(),
            retry: event.reconnection_time(),
        };
        // Text and numbers always serialise.
        let _ = serde_json::to_writer(&mut json, &shown);
    };
    // A stored event is within the decoder's limit.
    let _ = Decoder::new().decode(&update.event, write);
    json
}
