//! Which body an idempotency key came with.

/// The fingerprint of a body. It shows when a key comes again with another body.
///
/// Two bodies of one length have the same fingerprint once in 2⁶⁴. FNV-1a is not a cryptographic hash,
/// so the holder of a key can construct such a pair. The pair then harms that holder alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The fingerprint of a body of this media type.
    #[must_use]
    pub fn new(media_type: &str, body: &[u8]) -> Self {
        const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
        const PRIME: u64 = 0x0100_0000_01b3;
        let bytes = media_type.bytes().chain([0]).chain(body.iter().copied());
        let hash = bytes.fold(BASIS, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME));
        Self(format!("{:x}-{hash:016x}", body.len()))
    }

    /// The fingerprint that a store kept as text.
    #[must_use]
    pub fn stored(text: String) -> Self {
        Self(text)
    }

    /// The text for a store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
