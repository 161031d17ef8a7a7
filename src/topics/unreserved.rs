//! The characters of a URI that mean the same with and without percent-encoding.

/// RFC 3986 § 2.3.
pub(crate) fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}
