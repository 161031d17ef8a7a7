use std::borrow::Cow;

/// The bytes as text, by the standard's UTF-8 decode.
#[inline]
pub(super) fn text(bytes: &[u8]) -> Cow<'_, str> {
    valid(bytes).map_or_else(|| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// The bytes as text if they are UTF-8, found out as quickly as can be.
#[inline]
pub(super) fn valid(bytes: &[u8]) -> Option<&str> {
    // From here on the wide check is worth its start.
    const LONG: usize = 256;

    if bytes.len() < LONG {
        str::from_utf8(bytes).ok()
    } else {
        simdutf8::basic::from_utf8(bytes).ok()
    }
}
