use super::*;
use crate::{
    base::{limits::MAX_CHUNK_BYTES, sequence::Sequence, timestamp::Timestamp},
    hub::{
        progress::{Progress, Waiting},
        reading::Reading,
    },
    topics::topic_selector::TopicSelector,
};

const TAIL: Sequence = Sequence::new(9);

fn id(number: u8) -> ConnectionId {
    ConnectionId::from_random([number; 16])
}

fn newcomer(number: u8) -> Newcomer<u8> {
    Newcomer {
        id: id(number),
        state: number,
        subscriber: None,
        address: None,
        own: 100,
        progress: Progress::new(TAIL, TAIL, Timestamp::default()),
        reading: Reading::default(),
        opening: Vec::new(),
        expires: None,
        keeper: Keeper::Hub,
    }
}

/// A registry of this number of connections that are live and ask for everything.
fn registry(connections: u8) -> Registry<u8> {
    let mut registry = Registry::default();
    let selection = Selection::new(&[TopicSelector::All], &[]);
    for number in 0..connections {
        registry.register(&selection, newcomer(number), Memory::default()).unwrap();
        let key = registry.key(id(number)).unwrap();
        registry.at(key).unwrap().progress_mut().start();
    }
    registry
}

#[test]
fn a_registry_is_empty_before_its_first_connection_and_after_its_last() {
    assert!(registry(0).is_empty());
    let mut registry = registry(2);
    assert_eq!((registry.is_empty(), registry.len()), (false, 2));
    registry.remove(id(0), CloseReason::Stopped);
    assert!(!registry.is_empty());
    registry.remove(id(1), CloseReason::Stopped);
    assert!(registry.is_empty());
    assert_eq!(registry.held(), Held::default());
    assert_eq!(registry.ended(CloseReason::Stopped), 2);
}

#[test]
fn one_that_waits_no_longer_leaves_its_index_to_the_last_of_its_audience() {
    let mut registry = registry(4);
    let keys: Vec<_> = (0..4).map(|number| registry.key(id(number)).unwrap()).collect();
    for key in &keys {
        registry.wait_at(*key, TAIL);
        // Who waits already is not there twice.
        registry.wait_at(*key, TAIL);
    }
    assert_eq!(registry.rouse(keys[1], TAIL), Some(Waiting::AtTail(1)));
    assert_eq!(registry.rouse(keys[1], TAIL), None);
    assert_eq!(registry.rouse(keys[3], TAIL), Some(Waiting::AtTail(1)));
    assert_eq!(registry.rouse(keys[2], TAIL), Some(Waiting::AtTail(1)));
    assert_eq!(registry.rouse(keys[0], TAIL), Some(Waiting::AtTail(0)));
    registry.wait_at(keys[2], TAIL);
    assert_eq!(registry.rouse(keys[2], TAIL), Some(Waiting::AtTail(0)));
}

#[test]
fn a_connection_that_ends_waits_no_longer() {
    let mut registry = registry(2);
    let keys: Vec<_> = (0..2).map(|number| registry.key(id(number)).unwrap()).collect();
    for key in &keys {
        registry.wait_at(*key, TAIL);
    }
    registry.remove(id(0), CloseReason::ClientGone);
    assert_eq!(registry.rouse(keys[1], TAIL), Some(Waiting::AtTail(0)));
}

#[test]
fn bytes_count_while_they_are_in_a_queue_or_in_a_chunk_that_is_begun() {
    let mut registry = registry(1);
    let (key, memory) = (registry.key(id(0)).unwrap(), Memory::default());
    let before = registry.held();
    let queues = |registry: &Registry<u8>| registry.held().queues;
    registry.push_within(memory, key, Arc::from(&b"event"[..])).unwrap();
    assert_eq!((registry.queue_bytes(), queues(&registry)), (5, 5));
    assert_eq!(registry.take_begun(key), b"event");
    assert_eq!(registry.keep_begun(memory, key, b"begun".to_vec()), Ok(()));
    assert_eq!((registry.queue_bytes(), queues(&registry)), (0, 5));
    assert_eq!(registry.take_begun(key), b"begun");
    assert_eq!(registry.held(), before);
}

#[test]
fn a_chunk_that_is_full_or_finds_no_memory_is_not_kept() {
    let mut registry = registry(1);
    let key = registry.key(id(0)).unwrap();
    let all = Memory::of(registry.held().bytes() + 9);
    assert_eq!(registry.keep_begun(all, key, vec![0; 10]), Err(vec![0; 10]));
    let event: Arc<[u8]> = vec![0; 10].into();
    assert_eq!(registry.push_within(all, key, event), Err(SendError::MemoryFull(10)));
    assert_eq!(registry.keep_begun(all, key, vec![0; 9]), Ok(()));
    let mut registry = self::registry(1);
    let full = vec![0; MAX_CHUNK_BYTES];
    assert!(registry.keep_begun(Memory::of(0), key, full).is_err());
    assert!(registry.keep_begun(Memory::of(0), key, vec![0; MAX_CHUNK_BYTES - 1]).is_ok());
}
