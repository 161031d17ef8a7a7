//! The name of a hub, and the paths at which a hub of this name is found.

use crate::base::limits::MAX_HUB_NAME_BYTES;

/// The well-known path of a Mercure hub: draft-dunglas-mercure-07 § 2.
pub(crate) const HUB: &str = "/.well-known/mercure";

/// The name of the hub that the well-known path alone stands for.
pub(crate) const DEFAULT_HUB: &str = "default";

/// The URL of the default hub at this origin.
pub(crate) fn default_at(origin: &str) -> String {
    format!("{origin}{HUB}")
}

/// The path at which a hub is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OwnPath(String);

impl OwnPath {
    /// That of the hub of this name.
    #[must_use]
    pub(crate) fn of_name(hub: &str) -> Self {
        Self(if hub == DEFAULT_HUB { HUB.to_owned() } else { format!("/hubs/{hub}{HUB}") })
    }

    /// The name of the hub.
    #[must_use]
    pub(crate) fn name(&self) -> &str {
        self.0.strip_prefix("/hubs/").and_then(|path| path.strip_suffix(HUB)).unwrap_or(DEFAULT_HUB)
    }

    /// As text.
    #[must_use]
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for OwnPath {
    fn default() -> Self {
        Self::of_name(DEFAULT_HUB)
    }
}

/// All paths at which the hub at this path is found: the default one has two.
#[must_use]
pub(crate) fn same_hub(path: &str) -> Vec<String> {
    let named = format!("/hubs/{DEFAULT_HUB}{HUB}");
    if path == HUB || path == named { vec![HUB.to_owned(), named] } else { vec![path.to_owned()] }
}

/// Whether a hub can have this name.
pub(crate) fn is_hub_name(name: &str) -> bool {
    (1..=MAX_HUB_NAME_BYTES).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hub_has_a_path_of_its_own_unless_it_is_the_default_one() {
        assert_eq!(OwnPath::of_name("news").as_str(), "/hubs/news/.well-known/mercure");
        assert_eq!(OwnPath::of_name("default"), OwnPath::default());
        assert_eq!(OwnPath::of_name("news").name(), "news");
        assert_eq!(OwnPath::default().name(), "default");
    }
}
