//! A subscription: the `Last-Event-ID` header, the query and the form of a QUERY request, one a line.

use crate::fuzzing::inputs::{LaxUrlParser, lines};
use crate::{
    base::{
        connection_id::ConnectionId,
        limits::{MAX_ID_BYTES, MAX_SELECTORS},
        sequence::Sequence,
    },
    hub::{
        last_event_id::LastEventId, subscribe_parts::SubscribeParts,
        subscribe_request::SubscribeRequest,
    },
    log::place_key::PlaceKey,
};

/// See the module.
pub fn last_event_id(input: &str) {
    let [header, query, form] = lines(input);
    for header in [None, Some(header)] {
        for form in [None, Some(form.as_bytes())] {
            let parts = SubscribeParts { query, form, header };
            let request = match SubscribeRequest::parse(parts, &LaxUrlParser) {
                Ok(request) => request,
                Err(error) => {
                    assert!(!error.to_string().is_empty());
                    continue;
                }
            };
            assert_eq!(request.dialect(), parts.dialect());
            assert!(request.subscriptions().len() <= MAX_SELECTORS);
            assert!(request.is_returning() || header.is_none_or(str::is_empty));
            match request.last_event_id() {
                Some(LastEventId::After(id)) => {
                    assert!((1..=MAX_ID_BYTES).contains(&id.as_str().len()));
                    assert!(!id.as_str().contains(|character: char| character.is_ascii_control()));
                    // Without its key no text is a place. The key that tells is another one: libFuzzer
                    // sees what it tells, and puts it into the next input.
                    assert_eq!(PlaceKey::from_random([8; 16]).read(id), None);
                    let key = PlaceKey::from_random([7; 16]);
                    let behind = Sequence::new(id.as_str().len() as u64);
                    let nonce = ConnectionId::from_random([id.as_str().as_bytes()[0]; 16]).into();
                    let told = key.tell(behind, nonce).as_str().parse().unwrap();
                    assert_eq!(key.read(&told), Some(behind));
                }
                Some(LastEventId::Empty | LastEventId::Earliest) => {}
                None => assert_eq!(header, None),
            }
        }
    }
}
