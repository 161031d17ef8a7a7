//! What the engine does with links alone.

use crate::{
    hub::resumes::Standing,
    link::{credit::Credit, grant::Grant},
};

/// A link, as the engine sees it.
pub(crate) trait Linked {
    /// Which of the links that its connection has had it is.
    fn generation(&self) -> u32;

    /// The key of its selection.
    fn selection(&self) -> u32;

    /// How much it may be given.
    fn credit(&self) -> Credit;

    /// Its socket is closed, and gets nothing more. Its connection falls behind.
    fn lose(&self);

    /// Its reader has taken some.
    fn grant(&self, grant: Grant);

    /// Its socket is to keep its state.
    fn touch(&self);

    /// Keeps its state with the socket, and where its connection stands.
    fn keep(&self, standing: Standing);

    /// Makes the Worker open another link, unless it has.
    fn give_up(&self, why: &str);
}
