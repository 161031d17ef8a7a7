//! Who holds the streams of a hub: `DELIVERY`.

/// Who holds the streams of live subscriptions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum StreamHolder {
    /// The hub's object, which stays awake as long as one is open: `direct`.
    #[default]
    Hub,
    /// The Worker that took the request, over a link to the object, which can hibernate: `hibernate`.
    Worker,
}

impl StreamHolder {
    /// The holder that a value of `DELIVERY` stands for.
    #[must_use]
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "direct" => Some(Self::Hub),
            "hibernate" => Some(Self::Worker),
            _ => None,
        }
    }
}
