//! What is kept of a link while the hub sleeps.

use std::{num::NonZeroU32, sync::Arc};

use crate::{
    base::{
        connection_id::ConnectionId, limits::MAX_ATTACHED_ADDRESS, sequence::Sequence,
        timestamp::Timestamp,
    },
    link::{VERSION, credit::Credit},
};

/// What a later life of the hub must know of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attachment {
    /// The id of its connection.
    pub(crate) id: ConnectionId,
    /// Which of the links that this connection has had it is.
    pub(crate) generation: u32,
    /// The key under which its selection is stored, if it is.
    pub(crate) selection: Option<NonZeroU32>,
    /// The update up to which its connection was given everything; `None` if it waits at the end of the log.
    /// That its topics are closed is found again.
    pub(crate) behind: Option<Sequence>,
    /// How much more it may be given.
    pub(crate) credit: Credit,
    /// When what allows it runs out.
    pub(crate) expires: Option<Timestamp>,
    /// The address of its client, if that is known.
    pub(crate) address: Option<Arc<str>>,
    /// Whether its client's stream is compressed.
    pub(crate) is_compressed: bool,
}

/// Beside the version, if the stream is compressed.
const COMPRESSED: u8 = 0x80;

/// In the place of a number that is not there.
const NONE: u64 = u64::MAX;

impl Attachment {
    /// The attachment as bytes. An address that is none is left out.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let address = self.address.as_deref().unwrap_or_default().as_bytes();
        let address = if address.len() > MAX_ATTACHED_ADDRESS { &[] } else { address };
        let behind = self.behind.map_or(NONE, Sequence::get);
        let expires = self.expires.map_or(NONE, Timestamp::as_millis);
        let selection = self.selection.map_or(0, NonZeroU32::get);
        let mut bytes = vec![if self.is_compressed { VERSION | COMPRESSED } else { VERSION }];
        bytes.extend_from_slice(&self.id.to_bytes());
        bytes.extend_from_slice(&self.generation.to_be_bytes());
        bytes.extend_from_slice(&selection.to_be_bytes());
        bytes.extend_from_slice(&self.credit.left().to_be_bytes());
        for number in [behind, expires] {
            bytes.extend_from_slice(&number.to_be_bytes());
        }
        bytes.extend_from_slice(address);
        bytes
    }

    /// Reads an attachment; `None` if this is none, or one of another version.
    pub(crate) fn decode(mut bytes: &[u8]) -> Option<Self> {
        let [first] = *take(&mut bytes)?;
        if first & !COMPRESSED != VERSION {
            return None;
        }
        let id = ConnectionId::from_bytes(*take(&mut bytes)?);
        let generation = u32::from_be_bytes(*take(&mut bytes)?);
        let selection = NonZeroU32::new(u32::from_be_bytes(*take(&mut bytes)?));
        let credit = Credit::of(i32::from_be_bytes(*take(&mut bytes)?))?;
        let mut number = || Some(u64::from_be_bytes(*take(&mut bytes)?));
        let (behind, expires) = (number()?, number()?);
        if bytes.len() > MAX_ATTACHED_ADDRESS {
            return None;
        }
        let address = std::str::from_utf8(bytes).ok()?;
        Some(Self {
            id,
            generation,
            selection,
            behind: (behind != NONE).then(|| Sequence::new(behind)),
            credit,
            expires: (expires != NONE).then(|| Timestamp::from_millis(expires)),
            address: (!address.is_empty()).then(|| address.into()),
            is_compressed: first & COMPRESSED != 0,
        })
    }
}

/// Takes the first bytes.
fn take<'a, const N: usize>(bytes: &mut &'a [u8]) -> Option<&'a [u8; N]> {
    let (first, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attachment() -> Attachment {
        let mut credit = Credit::beside(0);
        credit.spend(100_000);
        Attachment {
            id: ConnectionId::from_random([7; 16]),
            generation: 3,
            selection: NonZeroU32::new(9),
            behind: Some(Sequence::new(41)),
            credit,
            expires: Some(Timestamp::from_millis(1_790_000_000_000)),
            address: Some("2001:db8::1".into()),
            is_compressed: false,
        }
    }

    #[test]
    fn what_was_kept_is_read_as_it_was() {
        let full = attachment();
        for kept in [
            Attachment { selection: None, ..full.clone() },
            Attachment { is_compressed: true, ..full.clone() },
            Attachment { behind: None, expires: None, address: None, ..full.clone() },
            full,
        ] {
            assert_eq!(Attachment::decode(&kept.encode()), Some(kept));
        }
    }

    #[test]
    fn an_attachment_is_small() {
        let address = Some("x".repeat(MAX_ATTACHED_ADDRESS).into());
        assert!(Attachment { address, ..attachment() }.encode().len() <= 128);
    }

    #[test]
    fn what_is_no_attachment_is_refused() {
        let kept = attachment().encode();
        let changed = |at: usize, byte: u8| {
            let mut bytes = kept.clone();
            bytes[at] = byte;
            bytes
        };
        let too_long = [&kept[..], &[b'x'; MAX_ATTACHED_ADDRESS]].concat();
        let cut = kept[..40].to_vec();
        let other_version = changed(0, 2);
        let too_much_credit = changed(25, 0x7f);
        let no_text = changed(kept.len() - 1, 0xff);
        for bytes in [vec![], cut, too_long, other_version, too_much_credit, no_text] {
            assert_eq!(Attachment::decode(&bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn an_address_that_is_none_is_left_out() {
        let address = Some("x".repeat(MAX_ATTACHED_ADDRESS + 1).into());
        let kept = Attachment { address, ..attachment() };
        let read = Attachment::decode(&kept.encode());
        assert_eq!(read, Some(Attachment { address: None, ..kept }));
    }
}
