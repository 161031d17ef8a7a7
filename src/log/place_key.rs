//! The secret with which a hub tells places in its log, so that they tell nothing else.

use std::{fmt, hash::Hasher};

use siphasher::sip::SipHasher24;

use crate::{
    base::{base64, connection_id::ConnectionId, sequence::Sequence},
    event_stream::event_id::EventId,
    log::place::Place,
};

/// Bytes of the parts of a place as it is told: a mark, the hidden sequence, and a tag.
const PART: usize = 8;

/// The key of a hub's places: 16 random bytes, as old as the first update that the hub has kept.
///
/// A place is told as `#` and three parts in base64url:
///
/// ```text
/// mark   = PRF("n", nonce, sequence)
/// hidden = sequence XOR PRF("s", mark)
/// tag    = PRF("t", mark, hidden)
/// ```
///
/// The PRF is SipHash-2-4 under this key. As the mark is another for each nonce and sequence, nobody
/// who is told two places can compare them: neither whether they are the same one, nor which comes
/// first. The tag makes the places of others, and forged ones, as unknown as any id.
///
/// This is strong enough. Two marks are the same once in some four thousand million
/// places, and then give away how far these two are apart. A tag is guessed once in 2^64 requests, and
/// then gives away nothing: who is shown an update is decided for each of them.
#[derive(Clone, PartialEq, Eq)]
pub struct PlaceKey([u8; 16]);

/// A part of a place that makes it unlike all others. It is random. Places with the same nonce can be
/// compared, so that only readers who may know what lies between them are told such places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nonce([u8; 16]);

impl Nonce {
    /// The nonce of the places behind closings. Every reader of a closing is told the same place, and
    /// two places of different closings cannot be compared, since their sequences differ.
    const OF_CLOSINGS: Self = Self([0xc1; 16]);
}

impl From<ConnectionId> for Nonce {
    fn from(id: ConnectionId) -> Self {
        Self(id.to_bytes())
    }
}

impl PlaceKey {
    /// The key of these random bytes.
    #[must_use]
    pub fn from_random(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The key, to be stored.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The place behind this update, as one client is told it.
    ///
    /// ```
    /// use millstream::{ConnectionId, EventId, PlaceKey, Sequence};
    ///
    /// let key = PlaceKey::from_random([7; 16]);
    /// let told = key.tell(Sequence::new(9), ConnectionId::from_random([1; 16]).into());
    /// let id: EventId = told.as_str().parse()?;
    /// assert_eq!(key.read(&id), Some(Sequence::new(9)));
    /// assert_eq!(PlaceKey::from_random([8; 16]).read(&id), None);
    /// # Ok::<(), millstream::InvalidEventId>(())
    /// ```
    #[must_use]
    pub fn tell(&self, behind: Sequence, nonce: Nonce) -> Place {
        let sequence = behind.get().to_be_bytes();
        let mark = self.prf(b'n', &[&nonce.0, &sequence]);
        let hidden = self.hide(mark, sequence);
        let tag = self.prf(b't', &[&mark, &hidden]);
        let text = format!("#{}", base64::url_encoded(&[mark, hidden, tag].concat()));
        // Nothing of that alphabet is forbidden in an id.
        EventId::try_from(text).map_or(Place::Earliest, Place::After)
    }

    /// The update behind which the place is, if it is one that was told with this key.
    #[must_use]
    pub fn read(&self, told: &EventId) -> Option<Sequence> {
        let told = base64::url_decoded(told.as_str().strip_prefix('#')?)?;
        let ([mark, hidden, tag], []) = told.as_chunks::<PART>() else { return None };
        let sequence = u64::from_be_bytes(self.hide(*mark, *hidden));
        (self.prf(b't', &[mark, hidden]) == *tag).then_some(Sequence::new(sequence))
    }

    /// Hides a sequence, or shows it again.
    fn hide(&self, mark: [u8; PART], sequence: [u8; PART]) -> [u8; PART] {
        let cover = u64::from_be_bytes(self.prf(b's', &[&mark]));
        (u64::from_be_bytes(sequence) ^ cover).to_be_bytes()
    }

    fn prf(&self, purpose: u8, parts: &[&[u8]]) -> [u8; PART] {
        let mut hasher = SipHasher24::new_with_key(&self.0);
        hasher.write(&[purpose]);
        // Of one purpose all have the same lengths.
        for part in parts {
            hasher.write(part);
        }
        hasher.finish().to_be_bytes()
    }
}

/// How a hub tells and reads places: with its key, once it has one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Places {
    /// The key; there is one as soon as an update was kept.
    pub key: Option<PlaceKey>,
}

impl Places {
    /// The place behind this update, as one client is told it. Ahead of all updates that is `earliest`,
    /// for which no key is needed.
    #[must_use]
    pub(crate) fn tell(&self, behind: Sequence, nonce: Nonce) -> Place {
        match &self.key {
            Some(key) if behind > Sequence::START => key.tell(behind, nonce),
            _ => Place::Earliest,
        }
    }

    /// The place behind a closing.
    #[must_use]
    pub(crate) fn tell_closing(&self, closing: Sequence) -> Place {
        self.tell(closing, Nonce::OF_CLOSINGS)
    }

    /// The update behind which the place is, if it is one that this hub has told.
    #[must_use]
    pub(crate) fn read(&self, told: &EventId) -> Option<Sequence> {
        self.key.as_ref()?.read(told)
    }
}

impl fmt::Debug for PlaceKey {
    /// Does not show it.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PlaceKey")
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    const KEY: PlaceKey = PlaceKey([7; 16]);

    fn nonce(byte: u8) -> Nonce {
        ConnectionId::from_random([byte; 16]).into()
    }

    fn read(key: &PlaceKey, text: &str) -> Option<Sequence> {
        key.read(&text.parse().unwrap())
    }

    #[test]
    fn two_places_of_one_tail_are_told_in_different_words() {
        let told: HashSet<_> = (0..=255)
            .map(|byte| KEY.tell(Sequence::new(5), nonce(byte)).as_str().to_owned())
            .collect();
        assert_eq!(told.len(), 256);
    }

    #[test]
    fn no_part_of_a_place_stays_when_its_sequence_or_its_nonce_is_another() {
        let parts = |behind, byte| {
            let told = KEY.tell(Sequence::new(behind), nonce(byte)).as_str().to_owned();
            let text = told.strip_prefix('#').unwrap();
            base64::url_decoded(text).unwrap().as_chunks::<PART>().0.to_vec()
        };
        let (mut seen, mut count) = (HashSet::new(), 0);
        for behind in 1..=64 {
            for byte in 0..16 {
                seen.extend(parts(behind, byte));
                count += 3;
            }
        }
        assert_eq!(seen.len(), count);
    }

    #[test]
    fn an_order_of_places_cannot_be_seen_in_their_text() {
        // Of places in the order of the log as many texts rise as fall.
        let told: Vec<_> = (1..=1_000_u64)
            .map(|behind| KEY.tell(Sequence::new(behind), nonce(1)).as_str().to_owned())
            .collect();
        let rising = told.windows(2).filter(|pair| pair[0] < pair[1]).count();
        assert!((400..600).contains(&rising), "{rising} of 999 rise");
    }

    #[test]
    fn the_place_of_another_key_is_none() {
        let told = KEY.tell(Sequence::new(5), nonce(1));
        assert_eq!(read(&KEY, told.as_str()), Some(Sequence::new(5)));
        assert_eq!(read(&PlaceKey([8; 16]), told.as_str()), None);
    }

    #[test]
    fn a_place_with_one_character_changed_added_or_left_out_is_none() {
        let told = KEY.tell(Sequence::new(5), nonce(1)).as_str().to_owned();
        for at in 0..told.len() {
            let mut changed = told.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(read(&KEY, std::str::from_utf8(&changed).unwrap()), None, "at {at}");
            let left_out = [&told[..at], &told[at + 1..]].concat();
            assert_eq!(read(&KEY, &left_out), None, "without {at}");
        }
        for added in ["A", "=", "AAAAAAAAAAA", " "] {
            assert_eq!(read(&KEY, &format!("{told}{added}")), None, "{added:?}");
        }
    }

    #[test]
    fn the_key_is_not_shown() {
        assert_eq!(format!("{KEY:?}"), "PlaceKey");
    }

    #[test]
    fn ahead_of_all_updates_and_without_a_key_there_is_only_earliest() {
        let (keyed, keyless) = (Places { key: Some(KEY) }, Places::default());
        assert_eq!(keyed.tell(Sequence::START, nonce(1)), Place::Earliest);
        assert_eq!(keyless.tell(Sequence::new(5), nonce(1)), Place::Earliest);
        let told = keyed.tell(Sequence::new(5), nonce(1)).as_str().parse().unwrap();
        assert_eq!((keyed.read(&told), keyless.read(&told)), (Some(Sequence::new(5)), None));
    }

    proptest! {
        #[test]
        fn what_was_told_is_read(key: [u8; 16], behind: u64, random: [u8; 16]) {
            let key = PlaceKey(key);
            let nonce = ConnectionId::from_random(random).into();
            let told = key.tell(Sequence::new(behind), nonce);
            prop_assert_eq!(read(&key, told.as_str()), Some(Sequence::new(behind)));
            prop_assert!(told.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
            prop_assert_eq!(told.as_str().len(), 33);
        }

        #[test]
        fn no_other_text_is_a_place(text in "#?[-_0-9A-Za-z]{0,48}") {
            prop_assert_eq!(read(&KEY, &text), None);
        }
    }
}
