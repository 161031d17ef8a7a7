//! The open streamed bodies: a stop reaches the answers of those whose queries name its topic.

use std::{
    cell::RefCell,
    rc::{Rc, Weak},
};

use futures::channel::oneshot;

use crate::{
    log::tally::Sight,
    publishing::{stop::Stop, stream_target::StreamTarget},
    topics::topic::Topic,
};

/// The open bodies of one hub. There are no more than bodies on their way.
#[derive(Debug, Default)]
pub(crate) struct Producers {
    open: RefCell<Vec<Weak<Producer>>>,
}

/// The sender of one body, while the body is open.
#[derive(Debug)]
pub(crate) struct Producer {
    /// What the query says, if it names topics.
    target: Option<StreamTarget>,
    /// The stop that is to be told next.
    stop: RefCell<Option<Stop>>,
    waits: RefCell<Option<oneshot::Sender<()>>>,
}

impl Producers {
    /// Enters the sender of a body. It is told of stops until the result is dropped.
    pub(crate) fn enter(&self, target: Option<StreamTarget>) -> Rc<Producer> {
        let (stop, waits) = (RefCell::default(), RefCell::default());
        let producer = Rc::new(Producer { target, stop, waits });
        let mut open = self.open.borrow_mut();
        open.retain(|other| other.strong_count() > 0);
        open.push(Rc::downgrade(&producer));
        producer
    }

    /// Asks the senders of the topic's bodies to stop; returns their number.
    pub(crate) fn stop(&self, stop: &Stop, sight: Sight) -> usize {
        let open: Vec<_> = self.open.borrow().iter().filter_map(Weak::upgrade).collect();
        let meant = open.iter().filter(|producer| producer.is_of(&stop.topic, sight));
        meant.map(|producer| producer.ask(stop)).count()
    }

    /// Whether the topic has an open body.
    pub(crate) fn has(&self, topic: &Topic, sight: Sight) -> bool {
        let open = self.open.borrow();
        open.iter().filter_map(Weak::upgrade).any(|producer| producer.is_of(topic, sight))
    }
}

impl Producer {
    fn is_of(&self, topic: &Topic, sight: Sight) -> bool {
        self.target.as_ref().is_some_and(|StreamTarget { topics, private, .. }| {
            sight.sees(*private) && topics.as_slice().contains(topic)
        })
    }

    /// The stop that is to be told now. One that comes before this one was told is told by it.
    pub(crate) fn take_stop(&self) -> Option<Stop> {
        self.stop.take()
    }

    /// Resolves, to an error, when there is a stop to be told. One task may wait at a time.
    pub(crate) fn stopped(&self) -> oneshot::Receiver<()> {
        let (sender, stopped) = oneshot::channel();
        if self.stop.borrow().is_none() {
            self.waits.replace(Some(sender));
        }
        stopped
    }

    fn ask(&self, stop: &Stop) {
        self.stop.borrow_mut().get_or_insert_with(|| stop.clone());
        // The receiver resolves when its sender is dropped.
        let waiting = self.waits.take();
        drop(waiting);
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    fn producer(producers: &Producers, query: &str) -> Rc<Producer> {
        producers.enter(Some(StreamTarget::of_events(query).unwrap()))
    }

    fn stop(query: &str) -> Stop {
        Stop::parse(query).unwrap()
    }

    #[wasm_bindgen_test]
    async fn each_open_body_of_the_topic_is_told_once() {
        let producers = Producers::default();
        let first = producer(&producers, "topic=a&topic=b&close");
        let second = producer(&producers, "topic=a");
        let other = producer(&producers, "topic=c");
        let waits = first.stopped();
        assert_eq!(producers.stop(&stop("topic=a&stop=1"), Sight::Granted), 2);
        assert!(waits.await.is_err());
        assert_eq!(producers.stop(&stop("topic=b&stop=2"), Sight::Granted), 1);
        assert_eq!(first.take_stop(), Some(stop("topic=a&stop=1")));
        assert_eq!((first.take_stop(), other.take_stop()), (None, None));
        drop(second);
        assert_eq!(producers.stop(&stop("topic=a&stop=3"), Sight::Granted), 1);
        assert!(first.stopped().await.is_err(), "a stop that came before is not waited for");
    }

    #[wasm_bindgen_test]
    fn a_private_body_is_reached_by_who_may_publish_private_updates() {
        let producers = Producers::default();
        let private = producer(&producers, "topic=a&private");
        assert_eq!(producers.stop(&stop("topic=a&stop"), Sight::Public), 0);
        assert_eq!(private.take_stop(), None);
        let topic = "a".parse().unwrap();
        assert!(producers.has(&topic, Sight::Granted) && !producers.has(&topic, Sight::Public));
        assert_eq!(producers.stop(&stop("topic=a&stop"), Sight::Granted), 1);
    }
}
