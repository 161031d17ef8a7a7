//! A compressed stream that many readers share chunk by chunk: gzip, RFC 1952, of deflate blocks, RFC 1951.
//!
//! Enters: chunks that the host has deflated, each by itself, with their checksums. The host deflates;
//! here is what each stream needs beside that: its head, its checksum over all chunks, and its end.
//!
//! Invariants:
//! - What a stream is given is one whole gzip stream at its end, whichever chunks it was given, and at
//!   each chunk its text so far can be read: `any_chunks_are_a_gzip_stream_that_can_be_read_at_each_of_them`.
//! - A chunk looks back at no other one, so the same bytes go to every stream.

#![cfg(feature = "web")]

pub(crate) mod checksum;
pub(crate) mod coding;
pub(crate) mod deflate_budget;
pub(crate) mod stored;
pub(crate) mod stream;
