//! One compressed stream: what stands before its chunks, and behind them.

use crate::gzip::checksum::{Checksum, Part};

/// The head: deflate, no name, no time, an unknown system. RFC 1952 § 2.3.
const HEAD: [u8; 10] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF];

/// A last block without bytes, in the fixed code.
const LAST_BLOCK: [u8; 2] = [3, 0];

/// A gzip stream, by what it was given.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct GzipStream {
    has_begun: bool,
    checksum: Checksum,
    /// Bytes of its text, as gzip counts them: modulo 2³².
    bytes: u32,
}

impl GzipStream {
    /// A stream that has taken a text of this checksum and length, modulo 2³².
    pub(crate) fn behind(checksum: Checksum, bytes: u32) -> Self {
        Self { has_begun: true, checksum, bytes }
    }

    /// Takes the next part of its text. The bytes that it returns go ahead of the part's blocks.
    pub(crate) fn take(&mut self, part: &Part) -> &'static [u8] {
        self.checksum = self.checksum.with(part);
        self.bytes = self.bytes.wrapping_add(part.bytes());
        self.begin()
    }

    /// Ends it. The bytes that it returns go behind everything.
    pub(crate) fn end(&mut self) -> Vec<u8> {
        let mut end = self.begin().to_vec();
        end.extend(LAST_BLOCK);
        end.extend(self.checksum.get().to_le_bytes());
        end.extend(self.bytes.to_le_bytes());
        end
    }

    /// The bytes ahead of everything.
    pub(crate) fn head() -> &'static [u8] {
        &HEAD
    }

    fn begin(&mut self) -> &'static [u8] {
        if std::mem::replace(&mut self.has_begun, true) { &[] } else { Self::head() }
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::gzip::stored::stored;
    use flate2::{Compress, Compression, FlushCompress, read::GzDecoder};
    use proptest::prelude::*;

    fn part(text: &[u8]) -> Part {
        let mut crc = flate2::Crc::new();
        crc.update(text);
        Part::new(Checksum::new(crc.sum()), crc.amount())
    }

    /// Blocks as a host makes them.
    fn deflated(text: &[u8]) -> Vec<u8> {
        let mut blocks = Vec::with_capacity(2 * text.len() + 100);
        let mut deflate = Compress::new(Compression::default(), false);
        deflate.compress_vec(text, &mut blocks, FlushCompress::Sync).unwrap();
        blocks
    }

    /// What a reader has of a stream that was cut.
    fn readable(stream: &[u8]) -> Vec<u8> {
        let mut text = Vec::new();
        let mut reader = GzDecoder::new(stream);
        let mut byte = [0];
        while matches!(reader.read(&mut byte), Ok(1)) {
            text.push(byte[0]);
        }
        text
    }

    #[test]
    fn a_stream_without_text_is_an_empty_text() {
        let mut text = String::new();
        GzDecoder::new(&*GzipStream::default().end()).read_to_string(&mut text).unwrap();
        assert_eq!(text, "");
    }

    proptest! {
        #[test]
        fn any_chunks_are_a_gzip_stream_that_can_be_read_at_each_of_them(
            chunks in proptest::collection::vec(
                (proptest::collection::vec(b'a'..b'e', 0..400), any::<bool>()),
                0..10,
            ),
            large in prop_oneof![9 => Just(0_usize), 1 => Just(70_000)],
        ) {
            let chunks = chunks.into_iter().chain([(vec![b'x'; large], false)]);
            let (mut gzip, mut stream, mut text) = (GzipStream::default(), Vec::new(), Vec::new());
            for (chunk, is_deflated) in chunks {
                stream.extend(gzip.take(&part(&chunk)));
                stream.extend(if is_deflated { deflated(&chunk) } else { stored(&chunk) });
                text.extend(chunk);
                prop_assert_eq!(&readable(&stream), &text);
            }
            stream.extend(gzip.end());
            let mut read = Vec::new();
            // It checks the checksum and the length.
            GzDecoder::new(&*stream).read_to_end(&mut read).unwrap();
            prop_assert_eq!(read, text);
        }
    }
}
