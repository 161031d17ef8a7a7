//! The classes of the bytes of a topic.

use crate::topics::{positions::Positions, unreserved::is_unreserved};

/// The sets of bytes of one topic that the values of variables are made of.
#[derive(Debug)]
pub(super) struct Classes<'a> {
    pub(super) text: &'a [u8],
    /// `unreserved` and whole `pct-encoded` triplets: RFC 6570 § 1.5, the set U of § 3.2.1.
    pub(super) unreserved: Positions,
    /// The same and `reserved`: the set U+R.
    pub(super) any: Positions,
    /// U and the commas that join the members of a list.
    pub(super) list: Positions,
    /// The second and third bytes of triplets: no value ends before one.
    inside: Positions,
}

impl<'a> Classes<'a> {
    pub(super) fn of(text: &'a [u8]) -> Self {
        let (mut first, mut inside) = (Positions::none(text), Positions::none(text));
        for (at, window) in text.windows(3).enumerate() {
            if matches!(window, [b'%', high, low] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit())
            {
                first.insert(at);
                inside.insert(at + 1);
                inside.insert(at + 2);
            }
        }
        let unreserved = Positions::of_bytes(text, is_unreserved).or(&first).or(&inside);
        let any = Positions::of_bytes(text, is_reserved).or(&unreserved);
        let list = Positions::of_bytes(text, |byte| byte == b',').or(&unreserved);
        Self { text, unreserved, any, list, inside }
    }

    /// The places without those within a triplet.
    pub(super) fn between_triplets(&self, places: Positions) -> Positions {
        places.except(&self.inside)
    }

    /// Whether a triplet begins here that continues a character begun before it.
    pub(super) fn is_continuation(&self, at: usize) -> bool {
        // A continuation byte is 10xxxxxx: the first hexadecimal digit is 8, 9, A or B.
        matches!(self.text.get(at..), Some([b'%', b'8' | b'9' | b'a' | b'b' | b'A' | b'B', ..]))
    }

    /// Whether a place is within a triplet.
    pub(super) fn is_inside(&self, at: usize) -> bool {
        self.inside.contains(at)
    }
}

/// RFC 3986 § 2.2: `gen-delims` and `sub-delims`.
fn is_reserved(byte: u8) -> bool {
    b":/?#[]@!$&'()*+,;=".contains(&byte)
}
