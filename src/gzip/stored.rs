//! Bytes in deflate blocks that are not compressed: RFC 1951 § 3.2.4.

/// The most bytes of a block.
const BLOCK_BYTES: usize = 0xFFFF;

/// The bytes in blocks of which none is the last of its stream. No bytes are no block.
pub(crate) fn stored(bytes: &[u8]) -> Vec<u8> {
    let mut blocks = Vec::with_capacity(bytes.len() + 5);
    for block in bytes.chunks(BLOCK_BYTES) {
        // It is not longer than the number can say.
        let length = u16::try_from(block.len()).unwrap_or(u16::MAX);
        blocks.push(0);
        blocks.extend(length.to_le_bytes());
        blocks.extend((!length).to_le_bytes());
        blocks.extend(block);
    }
    blocks
}
