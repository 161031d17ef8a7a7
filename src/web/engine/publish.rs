//! Writes to the log: appends updates, commits them, and shows them to readers.

use std::{error::Error as StdError, time::Duration};

use crate::{
    base::sequence::Sequence,
    event_stream::event_id::EventId,
    hub::close_reason::CloseReason,
    log::{closing::Closing, log::AppendError, update::Update},
    publishing::{idempotency::OutcomesFailed, published::Published},
    settings::level::Level,
    web::{
        engine::{
            closing::Asked,
            commits::{Commits, Durable},
            engine::Engine,
            journal::{Appended, Journal},
            publish_error::PublishError,
        },
        host::{clock, storage::Storage, task},
        streams::{hooks::Hooks, record::Record},
    },
};

impl<K: Hooks, S: Storage> Engine<K, S> {
    /// Appends an update in its turn, and makes it durable.
    pub(crate) async fn publish(&self, update: &Update) -> Result<EventId, PublishError> {
        self.turn_to_append().await;
        let Appended { sequence, published } = self.append(update)?;
        self.commit(sequence).await?;
        Ok(published.id)
    }

    /// Publishes what a request holds, in its turn. Its outcome is remembered in its transaction.
    pub(crate) async fn publish_and(
        &self,
        asked: Asked,
        remember: &dyn Fn(&Published) -> Result<(), OutcomesFailed>,
    ) -> Result<Published, PublishError> {
        self.turn_to_append().await;
        let Appended { sequence, published } = self.append_all(asked)?;
        // The update without its outcome could be published twice.
        remember(&published).map_err(|failed| self.unconfirmed(&failed))?;
        self.commit(sequence).await?;
        Ok(published)
    }

    /// Closes a topic in its turn, and makes that durable. Gives the id of the event that tells of it.
    pub(crate) async fn close_topic(&self, closing: &Closing) -> Result<EventId, PublishError> {
        self.turn_to_append().await;
        let Appended { sequence, published } = self.append_closing(closing)?;
        self.commit(sequence).await?;
        Ok(published.id)
    }

    pub(crate) async fn turn_to_append(&self) {
        self.group_commit().turn_to_append().await;
    }

    /// Waits while more is durable than the next flush has use for.
    pub(crate) async fn not_ahead(&self) {
        self.delivery().not_ahead().await;
    }

    /// Makes all updates up to and with `until` durable, then shows them to waiting connections.
    pub(crate) async fn commit(&self, until: Sequence) -> Result<(), PublishError> {
        match self.shared() {
            Some(engine) => Commits::commit(engine, until).await,
            None => Err(PublishError::History("the hub is gone".to_owned())),
        }
    }

    /// The same for a caller that does not wait.
    pub(super) fn commit_later(&self, until: Option<Sequence>) {
        let (Some(until), Some(engine)) = (until, self.shared()) else { return };
        task::spawn(async move {
            // A failure is in the log, and has ended every connection.
            let _ = Commits::commit(engine, until).await;
        });
    }

    /// Logs why an update was not published.
    pub(crate) fn publish_failed(&self, error: &dyn StdError) -> PublishError {
        self.application().failed("publish failed", &error);
        PublishError::History(error.to_string())
    }

    /// Fails the hub: the stored updates are not known, so that every connection ends here and begins
    /// again over what is stored.
    pub(super) fn unconfirmed(&self, error: &dyn StdError) -> PublishError {
        self.end_all(CloseReason::Failed);
        self.failure().happened();
        self.publish_failed(error)
    }

    /// Removes some old updates; returns whether there are more.
    pub(crate) fn prune_some(&self) -> Result<bool, S::Error> {
        self.hub_mut().prune(clock::now())
    }

    /// Adds the closing of a topic, of which no reader learns before it is committed.
    pub(crate) fn append_closing(&self, closing: &Closing) -> Result<Appended, PublishError> {
        self.make_ready()?;
        let (connections, closed) = {
            let mut hub = self.hub_mut();
            (hub.reach_of_closing(closing), hub.close_topic(closing, clock::now()))
        };
        let sequence = closed.map_err(|error| self.not_appended(error))?;
        let id = self.hub().closing_id(sequence);
        Ok(Appended { sequence, published: Published { id, connections } })
    }

    /// Before an entry is appended.
    fn make_ready(&self) -> Result<(), PublishError> {
        if self.failure().has_happened() {
            return Err(PublishError::History("an earlier write was not confirmed".to_owned()));
        }
        self.make_place_key()
    }

    pub(super) fn not_appended(&self, error: AppendError<S::Error>) -> PublishError {
        match error {
            AppendError::Closed(topic) => PublishError::Closed(topic),
            AppendError::TooManyClosed => PublishError::TooManyClosed,
            AppendError::History(error) => self.publish_failed(&error),
        }
    }

    /// Keeps the key of the hub's places together with the first update.
    fn make_place_key(&self) -> Result<(), PublishError> {
        if self.hub().has_place_key() {
            return Ok(());
        }
        let key = clock::place_key()
            .map_err(|_| PublishError::History("the host gave no random key".to_owned()))?;
        self.take_place_key(key)
    }
}

impl<K: Hooks, S: Storage> Journal for Engine<K, S> {
    fn append(&self, update: &Update) -> Result<Appended, PublishError> {
        let encoded = update.encode()?;
        self.make_ready()?;
        let (connections, appended) = {
            let mut hub = self.hub_mut();
            (hub.reach(&encoded), hub.append(encoded, clock::now()))
        };
        let sequence = appended.map_err(|error| self.not_appended(error))?;
        if self.application().logs(Level::Debug) {
            self.application().log(Record::of_update("update appended", update));
        }
        Ok(Appended { sequence, published: Published { id: update.id().clone(), connections } })
    }

    fn prune(&self) {
        if let Err(error) = self.prune_some() {
            self.application().failed("prune failed", &error);
        }
    }

    fn is_open(&self) -> bool {
        self.weak().strong_count() > 0 && !self.failure().has_happened()
    }

    fn log(&self, record: Record) {
        self.application().log(record);
    }
}

impl<K: Hooks, S: Storage> Durable for Engine<K, S> {
    fn commits(&self) -> &Commits {
        self.group_commit()
    }

    async fn sync(&self) -> Result<(), PublishError> {
        let synced = self.hub().log().history().sync();
        synced.await.map_err(|error| self.unconfirmed(&error))
    }

    fn show(&self, until: Sequence) {
        let flush = self.hub_mut().commit(until, clock::now());
        self.flushed(flush);
    }

    fn lingers(&self) -> Duration {
        self.hub().lingers(clock::now())
    }
}
