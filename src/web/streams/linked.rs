//! What the engine does with links alone.

use crate::{base::sequence::Sequence, link::state::LinkState};

/// A link, as the engine sees it. It is a trait since `link.rs` needs `transport.rs`, which must not need
/// `link.rs`.
pub(crate) trait Linked {
    /// What the hub knows of it.
    fn state(&self) -> &LinkState;

    /// Its socket is closed, and gets nothing more. Its connection falls behind.
    fn lose(&self);

    /// Keeps its state with the socket, and where its connection stands.
    fn keep(&self, behind: Option<Sequence>);

    /// Makes the Worker open another link, unless it has.
    fn give_up(&self, why: &str);
}
