//! The checksum of a text that grows: CRC-32 as in gzip, RFC 1952 § 8.

/// The polynomial, with its highest power in the lowest bit.
const POLYNOMIAL: u32 = 0xEDB8_8320;

/// The polynomial 1.
const ONE: u32 = 1 << 31;

/// The polynomial x⁸: one byte further.
const BYTE: u32 = 1 << 23;

/// The checksum of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Checksum(u32);

/// The checksum of a part of a text, and what it takes to put it behind another.
///
/// A checksum is a remainder of polynomials. To put a part behind a text is to multiply the text's
/// remainder by x to the number of the part's bits. That power is the same for every text, so it is
/// computed once for a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    checksum: Checksum,
    bytes: u32,
    /// x to the number of its bits.
    shift: u32,
}

impl Checksum {
    pub(crate) fn new(crc: u32) -> Self {
        Self(crc)
    }

    /// The checksum of a text. It is for a few bytes: the host is faster with many.
    pub(crate) fn of(text: &[u8]) -> Self {
        let crc = text.iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
                if crc & 1 == 1 { (crc >> 1) ^ POLYNOMIAL } else { crc >> 1 }
            })
        });
        Self(!crc)
    }

    /// The checksum as gzip writes it.
    pub(crate) fn get(self) -> u32 {
        self.0
    }

    /// The checksum of this text with the part behind it.
    pub(crate) fn with(self, part: &Part) -> Self {
        Self(times(part.shift, self.0) ^ part.checksum.0)
    }
}

impl Part {
    /// A part of this many bytes with this checksum.
    pub(crate) fn new(checksum: Checksum, bytes: u32) -> Self {
        let (mut shift, mut power, mut left) = (ONE, BYTE, bytes);
        while left > 0 {
            if left & 1 == 1 {
                shift = times(power, shift);
            }
            power = times(power, power);
            left >>= 1;
        }
        Self { checksum, bytes, shift }
    }

    pub(crate) fn checksum(&self) -> Checksum {
        self.checksum
    }

    pub(crate) fn bytes(&self) -> u32 {
        self.bytes
    }
}

/// The product of two polynomials.
fn times(one: u32, other: u32) -> u32 {
    let (mut product, mut other) = (0, other);
    for bit in (0..u32::BITS).rev() {
        if one & (1 << bit) != 0 {
            product ^= other;
        }
        let carries = other & 1 == 1;
        other >>= 1;
        if carries {
            other ^= POLYNOMIAL;
        }
    }
    product
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_behind_a_text_leaves_its_checksum() {
        let text = Checksum::of(b"text");
        assert_eq!(text.with(&Part::new(Checksum::default(), 0)), text);
    }

    proptest! {
        #[test]
        fn the_checksum_of_two_parts_is_that_of_the_whole(
            text in proptest::collection::vec(any::<u8>(), 0..5_000),
            part in proptest::collection::vec(any::<u8>(), 0..5_000),
        ) {
            let whole = [&*text, &*part].concat();
            let mut crc = flate2::Crc::new();
            crc.update(&whole);
            prop_assert_eq!(Checksum::of(&whole).get(), crc.sum());
            let bytes = u32::try_from(part.len()).unwrap();
            let behind = Part::new(Checksum::of(&part), bytes);
            prop_assert_eq!(Checksum::of(&text).with(&behind), Checksum::of(&whole));
        }
    }
}
