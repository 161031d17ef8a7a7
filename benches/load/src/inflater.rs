//! A body compressed with gzip, inflated as it comes ([RFC 1952](https://www.rfc-editor.org/rfc/rfc1952)).
//!
//! ```text
//! member = 1f 8b 08 00 <mtime: 4 bytes> <xfl> <os> *deflate-block crc32 isize
//! ```

use flate2::{Decompress, FlushDecompress, Status};
use thiserror::Error;

/// The bytes of a header without optional fields, and of what follows the last block.
const HEADER: usize = 10;
const TRAILER: usize = 8;

/// What is inflated at once.
const PIECE: usize = 64 * 1024;

/// A body that is not gzip as it has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NoGzip {
    /// The header is another.
    #[error("a compressed stream begins with something else than a plain header of gzip")]
    Header,
    /// A block cannot be inflated.
    #[error("a compressed stream has a block that is no deflate")]
    Block,
    /// There is more behind the trailer.
    #[error("a compressed stream goes on behind its end")]
    Behind,
}

/// Inflates one body, in any pieces.
#[derive(Debug)]
pub struct Inflater {
    header: usize,
    trailer: Option<usize>,
    blocks: Decompress,
    piece: Vec<u8>,
}

impl Default for Inflater {
    fn default() -> Self {
        let blocks = Decompress::new(false);
        Self { header: 0, trailer: None, blocks, piece: Vec::with_capacity(PIECE) }
    }
}

impl Inflater {
    /// The next piece of text in `bytes`, which is moved behind what it took; none when there is no more.
    pub fn next(&mut self, bytes: &mut &[u8]) -> Result<Option<&[u8]>, NoGzip> {
        while let Some((&byte, rest)) = bytes.split_first().filter(|_| self.header < HEADER) {
            let expected = [0x1f, 0x8b, 8, 0].get(self.header);
            if expected.is_some_and(|expected| *expected != byte) {
                return Err(NoGzip::Header);
            }
            self.header += 1;
            *bytes = rest;
        }
        if self.header < HEADER {
            return Ok(None);
        }
        self.piece.clear();
        while self.trailer.is_none() {
            let (input, room) = (self.blocks.total_in(), bytes.len());
            let result = self.blocks.decompress_vec(bytes, &mut self.piece, FlushDecompress::Sync);
            *bytes = &bytes[(self.blocks.total_in() - input) as usize..];
            match result {
                Ok(Status::StreamEnd) => self.trailer = Some(0),
                Ok(Status::Ok | Status::BufError) => {}
                Err(_) => return Err(NoGzip::Block),
            }
            if !self.piece.is_empty() {
                return Ok(Some(&self.piece));
            }
            // What was taken may have been a block without text.
            if bytes.len() == room {
                return Ok(None);
            }
        }
        if let Some(trailer) = &mut self.trailer {
            *trailer += bytes.len();
            *bytes = &[];
            if *trailer > TRAILER {
                return Err(NoGzip::Behind);
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compress, Compression, FlushCompress};

    /// A header and a block of its own for each text; the last one ends the body.
    fn body(texts: &[&[u8]]) -> Vec<u8> {
        let mut body = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
        for (at, text) in texts.iter().enumerate() {
            let mut block = Vec::with_capacity(text.len() + 100);
            let end =
                if at + 1 == texts.len() { FlushCompress::Finish } else { FlushCompress::Sync };
            Compress::new(Compression::fast(), false).compress_vec(text, &mut block, end).unwrap();
            body.extend_from_slice(&block);
        }
        body
    }

    fn inflate(pieces: &[&[u8]]) -> Result<Vec<u8>, NoGzip> {
        let (mut inflater, mut text) = (Inflater::default(), Vec::new());
        for &piece in pieces {
            let mut piece = piece;
            while let Some(some) = inflater.next(&mut piece)? {
                text.extend_from_slice(some);
            }
            assert!(piece.is_empty(), "a piece is taken whole");
        }
        Ok(text)
    }

    #[test]
    fn every_cut_gives_the_same_text() {
        let body = [body(&[b"data: one\n\n", b"", b"data: two\n\n", b":\n"]), vec![7; 8]].concat();
        for cut in 0..body.len() {
            let text = inflate(&[&body[..cut], &body[cut..]]).unwrap();
            assert_eq!(text, b"data: one\n\ndata: two\n\n:\n", "cut at {cut}");
        }
    }

    #[test]
    fn a_long_text_comes_in_several_pieces() {
        let text: Vec<u8> = (0..300_000_u32).map(|at| (at % 251) as u8).collect();
        assert_eq!(inflate(&[&body(&[&text])]).unwrap(), text);
    }

    #[test]
    fn a_text_is_there_before_the_next_block() {
        let all = body(&[b"first", b"second"]);
        let rest = body(&[b"second"]).len() - HEADER;
        assert_eq!(inflate(&[&all[..all.len() - rest]]).unwrap(), b"first");
    }

    #[test]
    fn what_is_no_gzip_is_noticed() {
        assert_eq!(inflate(&[b"data: plain\n"]), Err(NoGzip::Header));
        let broken = [&body(&[b"a"])[..HEADER], &[7, 7, 7]].concat();
        assert_eq!(inflate(&[&broken]), Err(NoGzip::Block));
        let longer = [body(&[b"a"]), vec![0; 9]].concat();
        assert_eq!(inflate(&[&longer]), Err(NoGzip::Behind));
    }
}
