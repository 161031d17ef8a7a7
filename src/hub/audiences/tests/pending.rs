//! The memory of what waiting connections are owed.

use super::*;
use crate::base::limits::MAX_PENDING_BYTES;

#[test]
fn beyond_the_bound_of_what_is_pending_each_reads_for_itself_and_the_memory_is_free() {
    let mut audiences = Audiences::default();
    let selection = of_all(&[selector("a")]).with_fields(Fields::WithTopics);
    let key = audiences.join(&selection, None, usize::MAX).unwrap();
    let mut reveal = |bytes: usize| {
        audiences.waiting(key).unwrap().push(0);
        let event = vec![b'x'; bytes].into();
        let update = EncodedUpdate { event, ..encoded(&["a"], false) };
        assert_eq!(audiences.reveal(&entry(update), &urls()), [key]);
        assert_eq!(audiences.come_due(key, Sequence::START, 1), [0]);
        let pending = audiences.pending_bytes();
        let has_chunk = audiences.chunk(key, Sequence::START, Sequence::START.next()).is_some();
        audiences.pass(key, Sequence::START);
        assert_eq!(audiences.pending_bytes(), 0);
        (pending > 0, has_chunk)
    };
    assert_eq!(reveal(MAX_PENDING_BYTES / 2), (true, true));
    assert_eq!(reveal(MAX_PENDING_BYTES), (false, false));
    assert_eq!(reveal(MAX_PENDING_BYTES / 2), (true, true));
}
