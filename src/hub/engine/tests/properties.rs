//! Any order of calls, from any number of connections, against the model.

use std::time::Duration;

use proptest::{collection::vec, prelude::*};

use super::{
    Host,
    calls::{Call, From, SUBSCRIPTION, Start, any_call},
    host::{self, after, earliest, live, shown_subscriptions, uncached},
    model::{Begin, Model, Subscriber, asks_for_topics, encoded, hub_events},
    update,
};
use crate::{
    base::sequence::Sequence,
    event_stream::event::Event,
    hub::{
        close_reason::CloseReason,
        connection::{Connection, SendError},
        fields::Fields,
        heartbeat::Heartbeat,
        whom::Whom,
    },
    log::{
        closing::{Closing, EndReason},
        history::{Bounds, Retention},
        kind::Kind,
        log::AppendError,
        update::EncodedUpdate,
        update_id::IdOrigin,
    },
    tokens::access::Access,
};

const INTERVAL: Duration = Duration::from_secs(16);

fn subscriber(number: u8) -> String {
    format!("subscriber {number}")
}

/// The hub and the model, which are given the same calls.
struct Both {
    host: Host,
    model: Model,
    sent: usize,
}

impl Both {
    fn is_open(&self, id: u8) -> bool {
        self.model.connections.get(&id).is_some_and(|subscriber| subscriber.closed.is_none())
    }

    fn call(&mut self, call: &Call) {
        match call {
            Call::Subscribe(id, selectors, from, start) => {
                self.client_gone(*id);
                let begin = self.begin(from);
                let request = match &begin {
                    Begin::Live => live(selectors),
                    Begin::Earliest => earliest(selectors),
                    Begin::BackToEarliest => earliest(selectors).returning(),
                    Begin::After(asked) | Begin::Behind(asked, _) => after(asked, selectors),
                };
                let fields = if asks_for_topics(*id) { Fields::WithTopics } else { Fields::Usual };
                let request =
                    uncached(request).with_fields(fields).with_hub_events(hub_events(*id));
                let access = if *id > 2 { shown_subscriptions() } else { Access::default() };
                let access = access.with_subscriber(subscriber(*id % 2).parse().ok());
                self.model.subscribe(*id, selectors.to_vec(), &begin, *id > 2);
                let subscribed = self.host.subscribe_with(*id, &request, &access);
                if subscribed.is_registered && *start == Start::AtOnce {
                    self.start(*id);
                }
            }
            Call::Start(id) => self.start(*id),
            Call::Pull(id, fails_after) => self.pull(*id, *fails_after),
            Call::PullToTheEnd(id) => {
                for _ in 0..4 {
                    self.pull(*id, None);
                }
            }
            Call::PullImmediately(id) => self.pull_immediately(*id),
            Call::Append { topics, private, again, id_origin } => {
                let count = self.model.all.len() + 1;
                let number = if *again { count.div_ceil(2) } else { count };
                let update = update(&number.to_string(), topics);
                // Nobody can guess an id of the hub, so the hub's own is the first with it.
                let id_origin = if *again { IdOrigin::Publisher } else { *id_origin };
                let private = *private;
                let update = EncodedUpdate { private, id_origin, ..update };
                self.append(update);
            }
            Call::CloseTopic(topic) => self.close_topic(topic),
            Call::Tell => {
                let id = format!("subscription {}", self.model.all.len() + 1);
                let update = EncodedUpdate {
                    kind: Kind::Subscription,
                    private: true,
                    ..update(&id, &[SUBSCRIPTION])
                };
                self.host.append(update.clone());
                self.model.append(update);
            }
            Call::Commit => {
                self.host.commit();
                self.model.commit();
            }
            Call::Prune => self.prune(),
            Call::Clear => self.clear(),
            Call::SendOne(id) => self.send_one(*id),
            Call::SendAll => {
                let event = self.event();
                let effects = self.host.hub.send_all(&event, self.host.now).unwrap();
                self.host.carry_out(effects);
                self.model.send(&[1, 2, 3, 4], &encoded(&event));
            }
            Call::Wait(millis) => {
                self.host.wait(Duration::from_millis(*millis));
                self.model.now += Duration::from_millis(*millis);
            }
            Call::Beat => {
                self.host.beat();
                self.model.beat(INTERVAL, b":\n");
            }
            Call::Stop(id) => match self.host.hub.stop_one(host::id(*id)) {
                Ok(closed) => {
                    self.host.end([closed]);
                    self.model.end(*id, CloseReason::Stopped);
                }
                Err(unknown) => self.is_unknown(*id, unknown.0),
            },
            Call::Close(id) => {
                let now = self.host.now;
                match self.host.hub.close(host::id(*id), CloseReason::Expired, now) {
                    Ok(effects) => {
                        self.host.carry_out(effects);
                        self.model.close(*id, CloseReason::Expired);
                    }
                    Err(unknown) => self.is_unknown(*id, unknown.0),
                }
            }
            Call::ClientGone(id) => self.client_gone(*id),
            Call::DisconnectSubscriber(number) => {
                let whom = Whom::Subscriber(subscriber(*number).parse().unwrap());
                self.disconnect(&whom, |id, _| id % 2 == *number);
            }
            Call::DisconnectTopic(topic) => {
                let whom = Whom::Topic(topic.parse().unwrap());
                self.disconnect(&whom, |_, subscriber| subscriber.asks_for(topic));
            }
            Call::StopAll => self.stop_all(),
        }
    }

    fn append(&mut self, update: EncodedUpdate) {
        if let Some(closed) = self.model.closed_of(&update.topics) {
            let refused = self.host.hub.append(update, self.host.now);
            assert_eq!(refused, Err(AppendError::Closed(closed)));
        } else {
            self.host.append(update.clone());
            self.model.append(update);
        }
    }

    fn close_topic(&mut self, topic: &str) {
        let (reason, private) = (EndReason::Done, false);
        let closing = Closing { topic: topic.parse().unwrap(), reason, private };
        self.host.append_closing(&closing);
        self.model.close_topic(&closing);
    }

    fn prune(&mut self) {
        self.host.hub.prune(self.host.now).unwrap();
        self.model.prune();
    }

    fn clear(&mut self) {
        for kind in Kind::UPDATES {
            self.host.hub.remove_all(kind, Sequence::START).unwrap();
        }
        self.model.clear();
    }

    fn stop_all(&mut self) {
        let effects = self.host.hub.stop_all(CloseReason::Stopped);
        self.host.carry_out(effects);
        for id in (1..5).filter(|id| self.is_open(*id)).collect::<Vec<_>>() {
            self.model.end(id, CloseReason::Stopped);
        }
    }

    fn disconnect(&mut self, whom: &Whom, is_meant: impl Fn(u8, &Subscriber) -> bool) {
        let meant = |id: &u8| self.is_open(*id) && is_meant(*id, &self.model.connections[id]);
        let ids: Vec<u8> = (1..5).filter(meant).collect();
        let closed = self.host.hub.disconnect(whom);
        assert_eq!(closed.len(), ids.len(), "{whom:?}");
        self.host.end(closed);
        for id in ids {
            self.model.end(id, CloseReason::Stopped);
        }
    }

    fn begin(&self, from: &From) -> Begin {
        match from {
            From::Tail => Begin::Live,
            From::Oldest => Begin::Earliest,
            From::BackToOldest => Begin::BackToEarliest,
            From::Update(index) if !self.model.all.is_empty() => {
                let at = index.index(self.model.all.len());
                let update = &self.model.all[at];
                match update.kind {
                    Kind::Closing => Begin::Behind(update.id.to_string(), at + 1),
                    _ => Begin::After(update.id.to_string()),
                }
            }
            From::Place(connection, at) => {
                // One more than there are is a place that nobody was told.
                let behind = at.index(self.model.all.len() + 2);
                match host::place(*connection, behind as u64) {
                    earliest if behind == 0 => {
                        assert_eq!(earliest, "earliest");
                        Begin::BackToEarliest
                    }
                    place => Begin::Behind(place, behind),
                }
            }
            From::Update(_) | From::Unknown => Begin::After("unknown".to_owned()),
        }
    }

    fn start(&mut self, id: u8) {
        if self.is_open(id) {
            let before = self.model.connections[&id].times_registered;
            self.model.start(id);
            if self.model.connections[&id].times_registered > before {
                self.host.registered(id);
            } else {
                self.host.hub.start(host::id(id)).unwrap();
            }
        }
    }

    fn pull(&mut self, id: u8, fails_after: Option<usize>) {
        if !self.is_open(id) {
            assert!(self.host.try_pull(id).is_err());
            return;
        }
        if self.model.connections[&id].is_waiting {
            return;
        }
        let chunks = self.host.stream(id).chunks.len();
        if let Some(calls) = fails_after {
            self.host.history.fail_after(calls);
        }
        let pulled = self.host.try_pull(id);
        self.host.history.recover();
        // What the failure kept back comes with the next read, and nothing else does.
        if pulled.is_err() {
            assert_eq!(self.host.stream(id).chunks.len(), chunks, "a failure with a chunk");
            self.host.pull(id);
        }
        self.model.pull(id, true);
        if fails_after.is_some() {
            if self.host.bytes(id).len() < self.model.connections[&id].bytes.len() {
                self.host.pull(id);
            }
            if let Ok(connection) = self.host.hub.registry().get(host::id(id)) {
                self.model.go_back(id, connection.progress().cursor().get());
            }
        }
    }

    fn pull_immediately(&mut self, id: u8) {
        let waits = self.model.connections.get(&id).is_some_and(|subscriber| subscriber.is_waiting);
        if self.is_open(id) && waits {
            self.host.asleep(id);
            self.model.pull(id, false);
        } else if !self.is_open(id) {
            assert!(self.host.hub.poll_data_immediate(host::id(id), self.host.now).is_err());
        }
    }

    fn send_one(&mut self, id: u8) {
        let event = self.event();
        match self.host.hub.send_one(host::id(id), &event, self.host.now) {
            Ok(effect) => {
                assert!(self.is_open(id));
                self.host.carry_out(effect);
                self.model.send(&[id], &encoded(&event));
            }
            Err(SendError::Stopped(stopped)) => {
                assert!(self.is_open(id) && stopped == host::id(id));
                self.model.send(&[id], &encoded(&event));
            }
            Err(SendError::Unknown(unknown)) => self.is_unknown(id, unknown.0),
            Err(full @ (SendError::QueueFull(_) | SendError::MemoryFull(_))) => panic!("{full}"),
        }
    }

    fn client_gone(&mut self, id: u8) {
        let closed = self.host.hub.remove(host::id(id), CloseReason::ClientGone);
        assert_eq!(closed.is_some(), self.is_open(id));
        if closed.is_some() {
            self.model.end(id, CloseReason::ClientGone);
        }
        self.host.end(closed);
    }

    fn is_unknown(&self, id: u8, named: crate::base::connection_id::ConnectionId) {
        assert!(!self.is_open(id) && named == host::id(id));
    }

    fn event(&mut self) -> Event {
        self.sent += 1;
        Event::new(format!("sent {}", self.sent))
    }

    #[track_caller]
    fn agree(&self) {
        for (id, subscriber) in &self.model.connections {
            let stream = self.host.stream(*id);
            let shown = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
            assert_eq!(shown(&self.host.bytes(*id)), shown(&subscriber.bytes), "to {id}");
            assert_eq!(stream.closed, subscriber.closed, "the end of {id}");
            let connection = self.host.hub.registry().get(host::id(*id));
            let waits = connection.is_ok_and(Connection::is_waiting);
            let is_to_wait = subscriber.is_waiting && subscriber.closed.is_none();
            assert_eq!(waits, is_to_wait, "whether {id} waits");
            assert_eq!(stream.times_registered, subscriber.times_registered, "the hook of {id}");
        }
        let open = (1..5).filter(|id| self.is_open(*id)).count();
        assert_eq!(self.host.hub.registry().len(), open);
    }
}

proptest! {
    #[test]
    fn each_connection_is_given_exactly_what_the_model_says(
        calls in vec(any_call(), 0..120),
        retained in [1..10_u64, 1..5_u64],
        window in 0..6_usize,
        age in proptest::option::of(1..60_u64),
    ) {
        let age = age.map(Duration::from_secs);
        let [publications, subscriptions] =
            retained.map(|updates| Bounds { updates, bytes: u64::MAX });
        let retention = Retention { publications, subscriptions, age, ..Retention::default() };
        let mut host = Host::retaining(retention, window as u64);
        host.hub.set_heartbeat(Heartbeat::every(INTERVAL));
        let mut both = Both { host, model: Model::new(retention, window), sent: 0 };
        for call in &calls {
            both.call(call);
            both.agree();
        }
        // Everybody reads to the end, and is then owed nothing.
        both.call(&Call::Commit);
        for id in 1..5 {
            both.call(&Call::Start(id));
            both.call(&Call::PullToTheEnd(id));
        }
        both.agree();
        both.call(&Call::StopAll);
        both.agree();
    }
}
