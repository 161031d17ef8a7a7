//! A Worker that holds the stream of one client.

use std::collections::VecDeque;

use super::{
    host::id,
    link_host::{Asks, WINDOW},
};
use crate::{
    base::{limits::LINK_WINDOW, sequence::Sequence},
    link::{
        frame::{Frame, HEAD_BYTES},
        opening::{Opening, Reopening},
    },
};

/// A Worker grants what its reader has taken once that is so much.
const QUARTER: u32 = WINDOW / 4;

/// A Worker, and the client whose stream it holds.
pub(super) struct Worker {
    number: u8,
    pub(super) asks: Asks,
    /// Whether it has a link, as far as it knows.
    pub(super) is_linked: bool,
    pub(super) cursor: Sequence,
    /// Frames on their way to it, and grants on their way to the hub.
    frames: VecDeque<Vec<u8>>,
    grants: VecDeque<String>,
    /// Payloads that its reader has not taken.
    unread: VecDeque<Vec<u8>>,
    ungranted: u32,
    /// What the client has read.
    pub(super) client: Vec<u8>,
    /// Why the stream has ended, if it has.
    pub(super) ended: Option<String>,
    pub(super) has_begun: bool,
    /// The longest payload that it was given.
    largest: usize,
    /// Bytes that did not wait for credit.
    beyond: usize,
}

impl Worker {
    pub(super) fn new(number: u8, asks: Asks) -> Self {
        Self {
            number,
            asks,
            is_linked: true,
            cursor: Sequence::START,
            frames: VecDeque::new(),
            grants: VecDeque::new(),
            unread: VecDeque::new(),
            ungranted: 0,
            client: Vec::new(),
            ended: None,
            has_begun: false,
            largest: 0,
            beyond: 0,
        }
    }

    /// Its link is lost, with all that is on its way.
    pub(super) fn loses(&mut self) {
        self.is_linked = false;
        self.frames.clear();
        self.grants.clear();
        self.ungranted = 0;
    }

    /// How it opens its link again.
    pub(super) fn reopening(&self) -> Reopening {
        let unread = u32::try_from(self.unread_bytes()).unwrap();
        let (id, cursor, has_begun) = (id(self.number), self.cursor, self.has_begun);
        let reopens = Some(Reopening { id, cursor, unread, has_begun });
        let opening = Opening::parse(&Opening { reopens, ..Opening::default() }.encode()).unwrap();
        opening.reopens.unwrap()
    }

    /// Its link is open again, and it stands here.
    pub(super) fn is_linked_again(&mut self, cursor: Sequence) {
        (self.is_linked, self.cursor) = (true, cursor);
    }

    /// A frame is on its way to it. Over a link that is half open nothing arrives.
    pub(super) fn sent(&mut self, frame: Frame<'_>) {
        if self.is_linked {
            self.largest = self.largest.max(frame.payload().len());
            self.frames.push_back(frame.encode());
        }
    }

    /// It is sent bytes for its client alone, for which it has no credit.
    pub(super) fn sent_beyond(&mut self, bytes: usize) {
        self.beyond += bytes;
    }

    /// The next frame comes.
    pub(super) fn arrives(&mut self) {
        let Some(frame) = self.frames.pop_front() else { return };
        self.has_begun = true;
        match Frame::decode(&frame).unwrap() {
            Frame::Chunk(cursor, bytes) => {
                assert!(cursor >= self.cursor, "{} goes back", self.number);
                self.cursor = cursor;
                self.unread.push_back(bytes.to_vec());
            }
            Frame::Aside(bytes) => self.unread.push_back(bytes.to_vec()),
            Frame::End(reason) => {
                self.ended = Some(String::from_utf8(reason.to_vec()).unwrap());
                self.is_linked = false;
            }
            Frame::Deflated(..) => panic!("nobody has asked {} to compress", self.number),
        }
    }

    /// The client reads what there is of one frame, and its Worker grants it anew.
    pub(super) fn reads(&mut self) {
        let Some(bytes) = self.unread.pop_front() else { return };
        self.ungranted += u32::try_from(bytes.len()).unwrap();
        self.client.extend(bytes);
        if self.is_linked && self.ungranted >= QUARTER {
            let mut left = std::mem::take(&mut self.ungranted);
            while left > 0 {
                let granted = left.min(LINK_WINDOW);
                self.grants.push_back(format!("+{granted}"));
                left -= granted;
            }
        }
    }

    /// What it says next.
    pub(super) fn says(&mut self) -> Option<String> {
        self.grants.pop_front()
    }

    pub(super) fn is_busy(&self) -> bool {
        !self.frames.is_empty() || !self.unread.is_empty() || !self.grants.is_empty()
    }

    fn unread_bytes(&self) -> usize {
        self.unread.iter().map(Vec::len).sum()
    }

    /// What it holds stays within the window and one chunk, but for events for its client alone.
    pub(super) fn check_bounds(&self) {
        let under_way = self.frames.iter().map(Vec::len).sum::<usize>();
        let held = self.unread_bytes() + under_way;
        let heads = self.frames.len() * HEAD_BYTES + 16;
        let most = WINDOW as usize + self.largest + self.beyond + heads;
        assert!(held <= most, "{} holds {held}", self.number);
    }
}
