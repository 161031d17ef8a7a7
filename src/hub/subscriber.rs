//! A client that asks a hub for updates.

use crate::{
    base::connection_id::ConnectionId,
    hub::{audience::Selection, resumes::Resumes, subscribe_request::SubscribeRequest},
    log::tally::Sight,
    tokens::access::Access,
    topics::{
        resolved_topics::ResolvedTopics, subscription::Subscription, topic::Topic,
        topic_selector::TopicSelector, url_parser::UrlParser,
    },
};

/// The client of one connection, with its request and its rights.
#[derive(Clone, Copy, Debug)]
pub struct Subscriber<'a> {
    /// The id that its connection has.
    pub id: ConnectionId,
    /// Its request.
    pub request: &'a SubscribeRequest,
    /// The private updates that it may see.
    pub access: &'a Access,
    /// Where it goes on, if its stream has begun before.
    pub resumes: Option<Resumes>,
}

impl Subscriber<'_> {
    /// The topic, if it asks for exactly one.
    #[must_use]
    pub fn only_topic(&self) -> Option<&Topic> {
        match self.request.subscriptions() {
            [only] => match only.selector() {
                TopicSelector::Exact(topic) => Some(topic),
                _ => None,
            },
            _ => None,
        }
    }

    /// The updates of a topic that it may know of.
    #[must_use]
    pub fn sight(&self, topic: &Topic, urls: &dyn UrlParser) -> Sight {
        let topics = topic.clone().into();
        let topics = ResolvedTopics::new(&topics, urls);
        let is_granted = self.access.granted().any(|selector| selector.selects(&topics, 0));
        if is_granted { Sight::Granted } else { Sight::Public }
    }

    /// The topics that it asks for and is granted.
    pub(crate) fn selection(&self) -> Selection {
        let asked = self.request.subscriptions().iter().map(Subscription::selector);
        let selection = Selection::new(asked, self.access.granted())
            .with_fields(self.request.fields())
            .with_hub_events(self.request.hub_events());
        match self.request.finite_read() {
            Some(read) => selection.of_finite_reads(read.form),
            None => selection,
        }
    }
}
