//! How much more a link may be given.

use crate::{base::limits::LINK_WINDOW, link::grant::Grant};

/// The bytes that a Worker has room for. Below zero it was given more than that: the last chunk goes
/// out whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Credit(i32);

impl Credit {
    /// That of a link whose Worker has this many bytes that its reader has not taken.
    pub(crate) fn beside(unread: u32) -> Self {
        Self(bounded(i64::from(LINK_WINDOW) - i64::from(unread)))
    }

    /// The credit that was kept as this number.
    pub(crate) fn of(left: i32) -> Option<Self> {
        Self(left).within_the_window()
    }

    /// The number to keep it as.
    pub(crate) fn left(self) -> i32 {
        self.0
    }

    /// Whether the link may be given more.
    pub(crate) fn is_left(self) -> bool {
        self.0 > 0
    }

    /// The Worker is given this many bytes.
    pub(crate) fn spend(&mut self, bytes: usize) {
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        self.0 = bounded(i64::from(self.0).saturating_sub(bytes));
    }

    /// The reader has taken some.
    pub(crate) fn grant(&mut self, grant: Grant) {
        let left = i64::from(self.0) + i64::from(grant.bytes());
        self.0 = bounded(left.min(i64::from(LINK_WINDOW)));
    }

    fn within_the_window(self) -> Option<Self> {
        (i64::from(self.0) <= i64::from(LINK_WINDOW)).then_some(self)
    }
}

fn bounded(left: i64) -> i32 {
    i32::try_from(left).unwrap_or(i32::MIN)
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    fn grant(bytes: u32) -> Grant {
        Grant::parse(&format!("+{bytes}")).unwrap()
    }

    #[test]
    fn a_link_that_has_any_credit_is_given_a_whole_chunk() {
        let mut credit = Credit::beside(LINK_WINDOW - 1);
        assert!(credit.is_left());
        credit.spend(1_000_000);
        assert!(!credit.is_left());
        credit.grant(grant(LINK_WINDOW));
        assert!(!credit.is_left(), "the rest of that chunk is not taken");
    }

    #[test]
    fn a_link_whose_worker_has_a_whole_window_unread_is_given_nothing() {
        assert!(!Credit::beside(LINK_WINDOW).is_left());
        assert!(!Credit::beside(u32::MAX).is_left());
    }

    #[test]
    fn a_worker_that_grants_more_than_it_was_given_gets_no_more_than_a_window() {
        let mut credit = Credit::beside(0);
        credit.grant(grant(LINK_WINDOW));
        assert_eq!(credit, Credit::beside(0));
    }

    #[test]
    fn what_was_kept_is_the_same_credit_and_no_more_than_a_window() {
        let mut credit = Credit::beside(0);
        credit.spend(100_000);
        assert_eq!(Credit::of(credit.left()), Some(credit));
        assert_eq!(Credit::of(Credit::beside(0).left() + 1), None);
    }

    #[test]
    fn whatever_is_spent_the_number_stays_one() {
        let mut credit = Credit::beside(0);
        credit.spend(usize::MAX);
        credit.spend(usize::MAX);
        assert!(!credit.is_left());
        assert_eq!(Credit::of(credit.left()), Some(credit));
    }

    proptest! {
        #[test]
        fn what_is_not_taken_stays_below_the_window_and_one_chunk(
            chunks in vec((1..200_000_usize, 0..4_usize), 0..200),
        ) {
            let mut credit = Credit::beside(0);
            let (mut unread, mut largest) = (0, 0);
            for (chunk, grants) in chunks {
                if credit.is_left() {
                    credit.spend(chunk);
                    unread += chunk;
                    largest = largest.max(chunk);
                }
                for _ in 0..grants {
                    let taken = unread.min(16_384);
                    if taken > 0 {
                        credit.grant(grant(u32::try_from(taken).unwrap()));
                        unread -= taken;
                    }
                }
                prop_assert!(unread <= LINK_WINDOW as usize + largest);
                // A reader that takes everything is given more.
                prop_assert!(unread > 0 || credit == Credit::beside(0));
            }
        }
    }
}
