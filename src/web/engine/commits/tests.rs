//! Group commit over a log that counts its writes.

use std::cell::RefCell;

use futures::future::{join, join_all};
use wasm_bindgen_test::wasm_bindgen_test;

use super::*;
use crate::{
    log::update::Update,
    web::{engine::journal::Appended, streams::record::Record},
};

/// A log whose writes take a few turns.
#[derive(Default)]
struct Counted {
    commits: Commits,
    appended: Cell<u64>,
    synced: Cell<u64>,
    /// The number of updates that were appended before each write.
    writes: RefCell<Vec<u64>>,
    fails: Cell<bool>,
    shown: Cell<u64>,
}

impl Journal for Counted {
    fn append(&self, _: &Update) -> Result<Appended, PublishError> {
        Err(PublishError::History("no update is made here".to_owned()))
    }

    fn prune(&self) {}

    fn is_open(&self) -> bool {
        true
    }

    fn log(&self, _: Record) {}
}

impl Durable for Counted {
    fn commits(&self) -> &Commits {
        &self.commits
    }

    async fn sync(&self) -> Result<(), PublishError> {
        let appended = self.appended.get();
        self.writes.borrow_mut().push(appended);
        clock::next_turn().await;
        assert_eq!(appended, self.appended.get(), "nothing is appended during a write");
        if self.fails.get() {
            return Err(PublishError::History("the disk is full".to_owned()));
        }
        self.synced.set(appended);
        Ok(())
    }

    fn show(&self, until: Sequence) {
        self.shown.set(until.get());
    }

    fn lingers(&self) -> Duration {
        Duration::ZERO
    }
}

async fn publish(log: Rc<Counted>) -> Result<(), PublishError> {
    log.commits.turn_to_append().await;
    log.appended.set(log.appended.get() + 1);
    let own = log.appended.get();
    Commits::commit(Rc::clone(&log), Sequence::new(own)).await?;
    assert!(log.synced.get() >= own, "an update is durable when its publisher is told");
    Ok(())
}

#[wasm_bindgen_test]
async fn publishers_that_come_during_a_write_share_the_next() {
    let log = Rc::<Counted>::default();
    let published = join_all((0..3).map(|_| publish(Rc::clone(&log))));
    let later = async {
        clock::next_turn().await;
        join_all((0..5).map(|_| publish(Rc::clone(&log)))).await
    };
    let (first, second) = join(published, later).await;
    assert!(first.iter().chain(&second).all(Result::is_ok));
    assert_eq!(*log.writes.borrow(), [3, 8], "two writes for eight updates");
    assert_eq!(log.shown.get(), 8);
}

#[wasm_bindgen_test]
async fn a_write_that_fails_is_shown_to_nobody_and_told_to_each_publisher() {
    let log = Rc::<Counted>::default();
    log.fails.set(true);
    let published = join_all((0..3).map(|_| publish(Rc::clone(&log)))).await;
    assert!(published.iter().all(Result::is_err));
    assert_eq!((log.writes.borrow().len(), log.shown.get()), (1, 0));
}
