//! Base64, RFC 4648: § 4 to read what operators write, § 5 without padding for all else. The crate
//! `base64` is 2 kB more of gzipped wasm.

/// The digits of § 5, in the order of their values.
const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// These bytes in base64url without padding.
#[must_use]
pub(crate) fn url_encoded(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = group.iter().fold(0, |bits, byte| bits << 8 | u32::from(*byte));
        let bits = bits << (24 - 8 * group.len());
        for digit in 0..=group.len() {
            let value = bits >> (18 - 6 * digit) & 63;
            text.extend(DIGITS.get(value as usize).map(|digit| char::from(*digit)));
        }
    }
    text
}

/// The bytes that this base64url without padding stands for. Each value has one text.
#[must_use]
pub(crate) fn url_decoded(text: &str) -> Option<Vec<u8>> {
    decoded(text, [b'-', b'_'])
}

/// The bytes that this base64 stands for, padded or not.
#[must_use]
pub(crate) fn standard_decoded(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    let is_padded_within_a_group = text.len() <= digits.len().next_multiple_of(4);
    is_padded_within_a_group.then(|| decoded(digits, [b'+', b'/']))?
}

/// `last` are the digits for 62 and 63.
fn decoded(text: &str, last: [u8; 2]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut length) = (0_u32, 0);
    for digit in text.bytes() {
        bits = bits << 6 | u32::from(value(digit, last)?);
        length += 6;
        if length >= 8 {
            length -= 8;
            bytes.push(u8::try_from(bits >> length).ok()?);
            bits &= (1 << length) - 1;
        }
    }
    // Six bits are a digit too many, and other bits than 0 would be a second text of the same bytes.
    (length < 6 && bits == 0).then_some(bytes)
}

fn value(digit: u8, [plus, slash]: [u8; 2]) -> Option<u8> {
    Some(match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        _ if digit == plus => 62,
        _ if digit == slash => 63,
        _ => return None,
    })
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use base64::{
        Engine,
        alphabet::STANDARD,
        engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
        prelude::BASE64_URL_SAFE_NO_PAD,
    };
    use proptest::prelude::*;

    use super::*;

    /// What is almost base64, so that each reason to refuse it is met.
    fn almost() -> impl Strategy<Value = String> {
        "[AQgwZz09+/_-]{0,9}[AQgwB]{0,3}[= é]{0,3}[AQ=]{0,1}"
    }

    proptest! {
        #[test]
        fn bytes_have_the_text_that_another_encoder_gives_them(
            bytes in proptest::collection::vec(any::<u8>(), 0..40),
        ) {
            let text = url_encoded(&bytes);
            prop_assert_eq!(&text, &BASE64_URL_SAFE_NO_PAD.encode(&bytes));
            prop_assert_eq!(url_decoded(&text), Some(bytes));
        }

        #[test]
        fn a_text_is_read_as_another_decoder_reads_it(text in almost()) {
            prop_assert_eq!(url_decoded(&text), BASE64_URL_SAFE_NO_PAD.decode(&text).ok());
            let config =
                GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
            let standard = GeneralPurpose::new(&STANDARD, config).decode(&text).ok();
            prop_assert_eq!(standard_decoded(&text), standard);
        }
    }
}
