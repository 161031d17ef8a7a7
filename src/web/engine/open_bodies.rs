//! Streamed bodies whose end closes their topics.

use std::rc::Rc;

use crate::{
    base::sequence::Sequence,
    log::closing::Closing,
    publishing::open_bodies::{OpenBodies, OpenBody},
    topics::topics::Topics,
    web::{
        engine::{engine::Engine, publish_error::PublishError},
        host::{storage::Storage, task},
        streams::hooks::Hooks,
    },
};

/// The end of a body, and the closings that are due.
pub(crate) struct EndOfBody {
    pub(crate) body: OpenBody,
    pub(crate) closings: Vec<Closing>,
}

impl<K: Hooks, S: Storage> Engine<K, S> {
    /// Closes the topics of the bodies that an earlier object has left behind.
    pub(crate) fn end_left_bodies(self: &Rc<Self>) {
        // The log tells of a failure; the next object tries again.
        if let Ok(closings) =
            self.open_bodies().left().map_err(|failed| self.publish_failed(&failed))
            && !closings.is_empty()
        {
            self.end_body_later(EndOfBody { body: OpenBody::LEFT, closings });
        }
    }

    /// Checks that none of these topics is closed.
    pub(crate) fn check_open(&self, topics: &Topics) -> Result<(), PublishError> {
        let checked = self.hub().log().check_open(topics);
        checked.map_err(|error| self.not_appended(error))
    }

    /// Notes a body, whose topics are closed in the next life of the hub if this one does not see its
    /// end.
    pub(crate) fn begin_body(&self, owed: &[Closing]) -> Result<OpenBody, PublishError> {
        let begun = self.open_bodies().begin(owed);
        begun.map_err(|failed| self.publish_failed(&failed))
    }

    /// Closes the topics of a body that has ended, and makes that durable. Gives the closings that hold for
    /// its topics: one of them may have been closed before.
    pub(crate) async fn end_body(&self, end: EndOfBody) -> Result<Vec<Closing>, PublishError> {
        self.turn_to_append().await;
        let until = self.close_each(&end.closings)?;
        let ended = self.open_bodies().end(end.body);
        ended.map_err(|failed| self.unconfirmed(&failed))?;
        if let Some(until) = until {
            self.commit(until).await?;
        }
        let closed = |closing: Closing| {
            let closed = self.hub().log().closed(&closing.topic).ok().flatten()?;
            Some(Closing { reason: closed.reason, ..closing })
        };
        Ok(end.closings.into_iter().filter_map(closed).collect())
    }

    /// The same for a body whose sender is not told.
    pub(crate) fn end_body_later(self: &Rc<Self>, end: EndOfBody) {
        let engine = Rc::clone(self);
        task::spawn(async move {
            // A failure is in the log.
            let _ = engine.end_body(end).await;
        });
    }

    /// Appends closings. What there is no room for is logged.
    fn close_each(&self, closings: &[Closing]) -> Result<Option<Sequence>, PublishError> {
        let mut until = None;
        for closing in closings {
            match self.append_closing(closing) {
                Ok(appended) => until = until.max(Some(appended.sequence)),
                Err(PublishError::TooManyClosed) => {
                    self.application().failed("topic not closed", &PublishError::TooManyClosed);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(until)
    }

    fn open_bodies(&self) -> Rc<dyn OpenBodies> {
        self.hub().log().history().open_bodies()
    }
}
