//! What may happen to a hub with links, its Workers and its clients.

use super::{
    host::{earliest, live, uncached},
    link_host::DIRECT,
};
use crate::hub::subscribe_request::SubscribeRequest;

pub(super) const CLIENTS: [u8; 4] = [1, 2, 3, DIRECT];
const SELECTIONS: [&[&str]; 4] = [&["a"], &["b"], &["a", "b"], &["*"]];
pub(super) const TOPICS: [&[&str]; 4] = [&["a"], &["b"], &["a", "b"], &["c"]];
const GRANTS: [&str; 4] = ["", "a", "b", "*"];

/// More updates than a reader may be behind before it is conflated.
pub(super) const BURST: usize = 1_100;

/// Something that happens to the hub, a Worker or a client.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Open(u8, &'static [&'static str], Begins, &'static str),
    Append(&'static [&'static str], usize, bool),
    /// Publishes as many updates as make a reader without credit conflated, if that is on.
    Burst,
    Close(&'static str),
    Commit,
    BeginCommit,
    Wait(u64),
    /// The time for Workers to open lost links again is over. It is longer than the patience of a drain.
    Grace,
    Arrives(u8),
    Reads(u8),
    Grants(u8),
    SendOne(u8),
    SendAll,
    Prune,
    Sleep,
    /// Of the frames on their way this many arrive.
    Abort(usize),
    /// The client is granted this from now on.
    Reopen(u8, Option<&'static str>),
    Loses(u8),
    /// The hub learns of a link that was closed.
    Notices(u8),
    Goes(u8),
    Stop(u8),
    Drain,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Begins {
    Live,
    WithPlace,
    Earliest,
}

/// A step, made of one random number. A strategy for each step takes most of the time of this test.
pub(super) fn step([kind, client, choice, amount]: [u8; 4]) -> Step {
    let client = CLIENTS[usize::from(client % 4)];
    let amount = usize::from(amount);
    let [asked, topics] = [SELECTIONS, TOPICS].map(|all| all[usize::from(choice % 4)]);
    let granted = GRANTS[usize::from(choice / 4 % 4)];
    let begins = [Begins::Live, Begins::WithPlace, Begins::Earliest][amount % 3];
    match kind % 104 {
        0..12 => {
            let size = [amount % 80, 100 + amount, 140_000];
            let large = usize::from(amount > 230) + usize::from(amount == 255);
            Step::Append(topics, size[large], choice > 200)
        }
        12..16 => Step::Open(client, asked, begins, granted),
        16..20 => Step::Commit,
        20..24 => Step::BeginCommit,
        24..28 => Step::Wait(amount as u64 / 2),
        28..38 => Step::Arrives(client),
        48..58 => Step::Grants(client),
        58..60 => Step::SendOne(client),
        60 => Step::SendAll,
        61..63 => Step::Prune,
        63..73 => Step::Sleep,
        73..76 => Step::Abort(amount % 4),
        76..84 => Step::Reopen(client, (amount % 5 == 0).then_some(granted)),
        84..86 => Step::Loses(client),
        86 => Step::Goes(client),
        87 => Step::Stop(client),
        88 => Step::Drain,
        89..92 => Step::Notices(client),
        92..95 => Step::Goes(DIRECT),
        95 if amount < 128 => Step::Close(topics[0]),
        96 => Step::Burst,
        97 => Step::Grace,
        98..104 => Step::Wait(0),
        _ => Step::Reads(client),
    }
}

impl Begins {
    /// The request of a client that begins so.
    pub(super) fn request(self, asked: &[&str]) -> SubscribeRequest {
        match self {
            Self::Live => live(asked),
            Self::WithPlace => uncached(live(asked)),
            Self::Earliest => earliest(asked),
        }
    }
}
