//! The calls that a host and an application make, in any order.

use proptest::{option, prelude::*, sample::select};

use crate::log::update_id::IdOrigin;

/// The topic of a subscription.
pub(super) const SUBSCRIPTION: &str = "/.well-known/mercure/subscriptions/a/1";

const SELECTIONS: [&[&str]; 7] =
    [&["a"], &["b"], &["a", "b"], &["*"], &["c", "*"], &["c"], &["a", SUBSCRIPTION]];
const TOPICS: [&[&str]; 5] = [&["a"], &["b"], &["a", "b"], &["c"], &["b", "c", "b"]];

/// A call; a connection that has ended, or never was, is to answer that it is unknown.
#[derive(Clone, Debug)]
pub(super) enum Call {
    /// Takes the place of the connection that was there, whose client goes away.
    Subscribe(u8, &'static [&'static str], From, Start),
    Start(u8),
    /// A read of one chunk, while which the history fails after so many calls, if it does.
    Pull(u8, Option<usize>),
    PullToTheEnd(u8),
    PullImmediately(u8),
    Append {
        topics: &'static [&'static str],
        private: bool,
        again: bool,
        id_origin: IdOrigin,
    },
    CloseTopic(&'static str),
    /// The hub tells of a subscription.
    Tell,
    Commit,
    Prune,
    /// The operator removes all updates.
    Clear,
    SendOne(u8),
    SendAll,
    Wait(u64),
    Beat,
    Stop(u8),
    Close(u8),
    ClientGone(u8),
    StopAll,
    /// Those of this subscriber end, which has the connections of an odd or an even number.
    DisconnectSubscriber(u8),
    DisconnectTopic(&'static str),
}

/// Where a connection begins: at the tail, with the oldest held (as a stream may
/// have told it), or after this of all updates.
#[derive(Clone, Debug)]
pub(super) enum From {
    Tail,
    Oldest,
    BackToOldest,
    Update(prop::sample::Index),
    /// Behind this many of all updates, as a stream of this connection has told it.
    Place(u8, prop::sample::Index),
    Unknown,
}

/// Whether the host runs the hook of a connection without a replay at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    AtOnce,
    Later,
}

pub(super) fn any_call() -> impl Strategy<Value = Call> {
    let connection = || 1..5_u8;
    let from = prop_oneof![
        2 => Just(From::Tail),
        2 => Just(From::Oldest),
        1 => Just(From::BackToOldest),
        3 => any::<prop::sample::Index>().prop_map(From::Update),
        4 => (connection(), any::<prop::sample::Index>()).prop_map(|(id, at)| From::Place(id, at)),
        1 => Just(From::Unknown),
    ];
    let start = prop_oneof![3 => Just(Start::AtOnce), 1 => Just(Start::Later)];
    prop_oneof![
        5 => (connection(), select(&SELECTIONS[..]), from, start)
            .prop_map(|(id, selectors, from, start)| Call::Subscribe(id, selectors, from, start)),
        2 => connection().prop_map(Call::Start),
        8 => (connection(), option::weighted(0.2, 0..5_usize))
            .prop_map(|(id, fails_after)| Call::Pull(id, fails_after)),
        5 => connection().prop_map(Call::PullToTheEnd),
        2 => connection().prop_map(Call::PullImmediately),
        12 => (select(&TOPICS[..]), prop::bool::weighted(0.2), prop::bool::weighted(0.1),
            select(&[IdOrigin::Publisher, IdOrigin::Hub][..]))
            .prop_map(|(topics, private, again, id_origin)| Call::Append { topics, private, again, id_origin }),
        2 => select(&["a", "b", "c"][..]).prop_map(Call::CloseTopic),
        6 => Just(Call::Tell),
        8 => Just(Call::Commit),
        4 => Just(Call::Prune),
        1 => Just(Call::Clear),
        3 => connection().prop_map(Call::SendOne),
        2 => Just(Call::SendAll),
        3 => (0..20_000_u64).prop_map(Call::Wait),
        3 => Just(Call::Beat),
        1 => connection().prop_map(Call::Stop),
        1 => connection().prop_map(Call::Close),
        1 => connection().prop_map(Call::ClientGone),
        1 => Just(Call::StopAll),
        1 => (0..2_u8).prop_map(Call::DisconnectSubscriber),
        1 => select(&["a", "b", "c", SUBSCRIPTION][..]).prop_map(Call::DisconnectTopic),
    ]
}
