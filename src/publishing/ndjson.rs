//! Lines of an `application/x-ndjson` body, in any chunking, bounded.
//!
//! A line ends with LF. A CR before it is white space of JSON. Lines of white space alone are
//! skipped.

use std::mem;

use crate::base::limits::MAX_LINE_BYTES;

/// The splitter of one body into lines.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    /// The beginning of a line that is not complete.
    begun: Vec<u8>,
    /// Whether the line is over the limit. Then nothing of it is kept.
    too_long: bool,
}

/// One line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line<'a> {
    /// Its text, without the line break.
    Text(&'a [u8]),
    /// It has more than [`MAX_LINE_BYTES`].
    TooLong,
}

impl Lines {
    /// Gives `on_line` each line that the next chunk completes.
    pub(crate) fn split(&mut self, chunk: &[u8], mut on_line: impl FnMut(Line<'_>)) {
        let mut rest = chunk;
        while let Some((line, tail)) =
            memchr::memchr(b'\n', rest).and_then(|at| rest.split_at_checked(at))
        {
            rest = tail.strip_prefix(b"\n").unwrap_or_default();
            if self.begun.is_empty() && !self.too_long {
                show(line, &mut on_line);
            } else {
                self.keep(line);
                self.end(&mut on_line);
            }
        }
        self.keep(rest);
    }

    /// Ends a body that came whole: its last line needs no line break. A body that broke off is not
    /// ended, since its last line may be half a line.
    pub(crate) fn end(&mut self, mut on_line: impl FnMut(Line<'_>)) {
        let line = mem::take(&mut self.begun);
        if mem::take(&mut self.too_long) {
            on_line(Line::TooLong);
        } else {
            show(&line, &mut on_line);
        }
    }

    /// Bytes that a line takes which is not complete.
    #[must_use]
    pub(crate) fn held_bytes(&self) -> usize {
        self.begun.capacity()
    }

    fn keep(&mut self, part: &[u8]) {
        self.too_long |= self.begun.len() + part.len() > MAX_LINE_BYTES;
        if self.too_long {
            self.begun = Vec::new();
        } else {
            self.begun.extend_from_slice(part);
        }
    }
}

fn show(line: &[u8], on_line: &mut impl FnMut(Line<'_>)) {
    match line.len() {
        _ if line.trim_ascii().is_empty() => {}
        0..=MAX_LINE_BYTES => on_line(Line::Text(line)),
        _ => on_line(Line::TooLong),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found_across_chunks_and_empty_ones_are_left_out() {
        let (mut lines, mut seen) = (Lines::default(), 0);
        for chunk in ["{\"to", "pic\":1}\n\n{}"] {
            lines.split(chunk.as_bytes(), |_| seen += 1);
        }
        lines.end(|_| seen += 1);
        assert_eq!(seen, 2);
    }

    fn lines<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Vec<Option<Vec<u8>>> {
        let (mut lines, mut seen) = (Lines::default(), Vec::new());
        let mut on_line = |line: Line<'_>| match line {
            Line::Text(text) => seen.push(Some(text.to_vec())),
            Line::TooLong => seen.push(None),
        };
        for chunk in chunks {
            lines.split(chunk, &mut on_line);
        }
        lines.end(&mut on_line);
        seen
    }

    fn texts(lines: &[&str]) -> Vec<Option<Vec<u8>>> {
        lines.iter().map(|line| Some(line.as_bytes().to_vec())).collect()
    }

    #[test]
    fn the_last_line_needs_no_line_break() {
        assert_eq!(lines([&b"a\nb"[..]]), texts(&["a", "b"]));
        assert_eq!(lines([&b"a\nb\n"[..]]), texts(&["a", "b"]));
    }

    #[test]
    fn lines_of_white_space_are_passed_over() {
        assert_eq!(lines([&b"\n\r\n  \na\r\n\t"[..]]), texts(&["a\r"]));
    }

    #[test]
    fn a_line_that_is_not_complete_is_not_shown() {
        let (mut lines, mut seen) = (Lines::default(), 0);
        lines.split(b"a\n{\"topic\":\"a\"}", |_| seen += 1);
        assert_eq!(seen, 1);
    }

    #[test]
    fn a_line_over_the_limit_is_told_of_once_and_the_next_one_is_read() {
        let long = [&vec![b'x'; MAX_LINE_BYTES + 1][..], b"\na\n"].concat();
        let told = [None, Some(b"a".to_vec())];
        assert_eq!(lines([&long[..]]), told);
        assert_eq!(lines(long.chunks(1_000)), told);
        assert_eq!(lines([&long[..=MAX_LINE_BYTES]]), [None]);
        assert_eq!(lines([&long[1..=MAX_LINE_BYTES]]), [Some(vec![b'x'; MAX_LINE_BYTES])]);
    }

    #[test]
    fn the_rest_of_a_line_over_the_limit_is_not_held() {
        let (mut lines, chunk) = (Lines::default(), vec![b'x'; 65_536]);
        for _ in 0..100 {
            lines.split(&chunk, |_| panic!("there is no line"));
        }
        assert!(lines.begun.capacity() <= 2 * MAX_LINE_BYTES);
    }

    #[cfg(not(target_arch = "wasm32"))]
    mod properties {
        use super::*;
        use proptest::prelude::*;

        proptest! {
            #[test]
            fn the_chunking_does_not_count(
                body in proptest::collection::vec(
                    proptest::sample::select(b"ab {}\r\n\n".to_vec()),
                    0..60,
                ),
                cuts in proptest::collection::vec(0_usize..60, 0..8),
            ) {
                let whole: Vec<_> = body
                    .split(|byte| *byte == b'\n')
                    .filter(|line| !line.trim_ascii().is_empty())
                    .map(|line| Some(line.to_vec()))
                    .collect();
                let mut cuts: Vec<_> = cuts.iter().map(|cut| cut % (body.len() + 1)).collect();
                cuts.extend([0, body.len()]);
                cuts.sort_unstable();
                let chunks = cuts.windows(2).map(|cut| &body[cut[0]..cut[1]]);
                prop_assert_eq!(lines(chunks), whole);
            }
        }
    }
}
