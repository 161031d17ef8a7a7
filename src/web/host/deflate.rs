//! The seam to the host's deflate.

use js_sys::Uint8Array;

/// Compresses the chunks of event streams, if the variable `COMPRESSION` asks for it:
/// [`Handler::with_deflate`](crate::web::Handler::with_deflate).
pub trait Deflate {
    /// The chunk as raw deflate blocks, RFC 1951, made without history. None of them is the last, and they
    /// end at a byte: zlib's `Z_SYNC_FLUSH`. `None` if the host cannot.
    fn deflate(&self, chunk: &Uint8Array) -> Option<Uint8Array>;

    /// The chunk's CRC-32, as in gzip. `None` if the host cannot.
    fn checksum(&self, chunk: &Uint8Array) -> Option<u32>;
}
