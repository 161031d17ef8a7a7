//! A queue that holds its first item in place.

use std::collections::VecDeque;

/// A queue that takes memory of its own from the second item on. A hub has one for each audience, and most
/// of them have one item at the most.
#[derive(Debug)]
pub(crate) struct Few<T> {
    first: Option<T>,
    more: VecDeque<T>,
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self { first: None, more: VecDeque::new() }
    }
}

impl<T> Few<T> {
    pub(crate) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    pub(crate) fn push(&mut self, item: T) {
        match &self.first {
            None => self.first = Some(item),
            Some(_) => self.more.push_back(item),
        }
    }

    pub(crate) fn pop(&mut self) -> Option<T> {
        let next = self.more.pop_front();
        std::mem::replace(&mut self.first, next)
    }

    pub(crate) fn front(&self) -> Option<&T> {
        self.first.as_ref()
    }

    pub(crate) fn back(&self) -> Option<&T> {
        self.more.back().or(self.first.as_ref())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.first.iter().chain(&self.more)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_leave_in_the_order_in_which_they_came() {
        let mut few = Few::default();
        assert_eq!((few.is_empty(), few.back()), (true, None));
        for number in 1..4 {
            few.push(number);
            assert_eq!((few.front(), few.back()), (Some(&1), Some(&number)));
        }
        assert_eq!(few.iter().copied().collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!([few.pop(), few.pop()], [Some(1), Some(2)]);
        few.push(4);
        assert_eq!([few.pop(), few.pop(), few.pop()], [Some(3), Some(4), None]);
        assert!(few.is_empty());
    }
}
