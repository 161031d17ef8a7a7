//! The paths of a deployment.

use crate::{
    base::hub_name::{DEFAULT_HUB, HUB, is_hub_name},
    http::{error::Error, operator_call::OperatorCall},
    presence::subscription_document::SUBSCRIPTIONS,
    tokens::resource_metadata,
};

/// Splits a path into that of a hub and the part behind [`SUBSCRIPTIONS`], if the path leads there.
#[must_use]
pub(crate) fn split_subscriptions(path: &str) -> (&str, Option<&str>) {
    let end = path.find(&format!("{HUB}{SUBSCRIPTIONS}")).map(|at| at + HUB.len());
    let split = end.and_then(|end| path.split_at_checked(end));
    match split.and_then(|(hub, below)| Some((hub, below.strip_prefix(SUBSCRIPTIONS)?))) {
        Some((hub, rest)) if rest.is_empty() || rest.starts_with('/') => (hub, Some(rest)),
        _ => (path, None),
    }
}

/// The meaning of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HubPath<'a> {
    /// The health of the deployment: `/healthz`.
    Health,
    /// The hub of this name: publishing and subscribing.
    Hub(&'a str),
    /// The health of the hub of this name.
    HubHealth(&'a str),
    /// A call of the operator to the hub of this name, or to all hubs.
    Operator(Option<&'a str>, OperatorCall),
    /// The subscriptions of the hub of this name.
    Subscriptions(&'a str),
    /// The metadata of the hub at this path as a protected resource.
    Metadata(&'a str),
}

impl<'a> HubPath<'a> {
    /// Reads a path.
    ///
    /// # Errors
    /// [`Error::NotFound`], or [`Error::HubName`] when only the name is wrong.
    pub(crate) fn parse(path: &'a str) -> Result<Self, Error> {
        if let (hub, Some(below)) = split_subscriptions(path) {
            return match Self::parse(hub)? {
                Self::Hub(name) if !has_dot_segment(below) => Ok(Self::Subscriptions(name)),
                _ => Err(Error::NotFound),
            };
        }
        match path {
            HUB => return Ok(Self::Hub(DEFAULT_HUB)),
            "/healthz" => return Ok(Self::Health),
            _ => {}
        }
        if let Some(hub) = path.strip_prefix(resource_metadata::WELL_KNOWN) {
            return match Self::parse(hub) {
                Ok(Self::Hub(_)) => Ok(Self::Metadata(hub)),
                _ => Err(Error::NotFound),
            };
        }
        if let Some(call) = OperatorCall::of_all(path) {
            return Ok(Self::Operator(None, call));
        }
        let (name, rest) = path
            .strip_prefix("/hubs/")
            .filter(|named| !named.is_empty())
            .and_then(|named| named.split_at_checked(named.find('/').unwrap_or(named.len())))
            .ok_or(Error::NotFound)?;
        let found = match rest {
            HUB => Self::Hub(name),
            "/healthz" => Self::HubHealth(name),
            _ => match OperatorCall::of_hub(rest) {
                Some(call) => Self::Operator(Some(name), call),
                None => return Err(Error::NotFound),
            },
        };
        if is_hub_name(name) { Ok(found) } else { Err(Error::HubName) }
    }

    /// The name of the hub, if the hub's object is asked by a request to this path.
    #[must_use]
    pub(crate) fn hub(&self) -> Option<&'a str> {
        match self {
            Self::Hub(name) | Self::HubHealth(name) | Self::Subscriptions(name) => Some(name),
            Self::Operator(hub, _) => *hub,
            Self::Health | Self::Metadata(_) => None,
        }
    }
}

/// Whether a path has a segment `.` or `..`, in one of the spellings of WHATWG's URL standard. Some
/// hosts pass on such a path as it was sent, and others resolve it. So the door could judge one path,
/// and the hub serve another.
fn has_dot_segment(path: &str) -> bool {
    path.split(['/', '\\']).any(|segment| {
        let behind = behind_dot(segment);
        behind.is_some_and(|rest| rest.is_empty() || behind_dot(rest) == Some(""))
    })
}

/// The rest of the text behind a dot, which may be percent-encoded.
fn behind_dot(text: &str) -> Option<&str> {
    [".", "%2e", "%2E"].into_iter().find_map(|dot| text.strip_prefix(dot))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_the_subscriptions_is_split_from_that_of_the_hub() {
        let hub = "/.well-known/mercure";
        assert_eq!(split_subscriptions("/.well-known/mercure/subscriptions/a"), (hub, Some("/a")));
        assert_eq!(split_subscriptions(hub), (hub, None));
    }

    #[test]
    fn a_path_names_its_hub() {
        assert_eq!(HubPath::parse("/.well-known/mercure"), Ok(HubPath::Hub("default")));
        assert_eq!(HubPath::parse("/hubs/news/.well-known/mercure"), Ok(HubPath::Hub("news")));
    }

    #[test]
    fn a_path_that_is_handed_to_one_hub_names_it() {
        let hub = |path: &str| HubPath::parse(path).unwrap().hub().map(str::to_owned);
        for rest in [HUB, "/healthz", "/.well-known/mercure/subscriptions", "/stats", "/import", ""]
        {
            assert_eq!(hub(&format!("/hubs/news{rest}")).as_deref(), Some("news"), "{rest}");
        }
        assert_eq!(hub(HUB).as_deref(), Some("default"));
        assert_eq!((hub("/healthz"), hub("/metrics"), hub("/hubs")), (None, None, None));
        assert_eq!(hub("/.well-known/oauth-protected-resource/.well-known/mercure"), None);
    }

    #[test]
    fn the_default_hub_has_two_paths() {
        assert_eq!(HubPath::parse(HUB), HubPath::parse("/hubs/default/.well-known/mercure"));
    }

    #[test]
    fn the_metadata_of_a_hub_stand_ahead_of_its_path() {
        for hub in [HUB, "/hubs/news/.well-known/mercure"] {
            let path = format!("/.well-known/oauth-protected-resource{hub}");
            assert_eq!(HubPath::parse(&path), Ok(HubPath::Metadata(hub)));
        }
        for rest in ["", "/", "/healthz", "/hubs/a.b/.well-known/mercure"] {
            let path = format!("/.well-known/oauth-protected-resource{rest}");
            assert_eq!(HubPath::parse(&path), Err(Error::NotFound));
        }
    }

    #[test]
    fn the_subscriptions_of_a_hub_lie_below_it() {
        for rest in ["", "/a", "/exact/a%2Fb/urn%3Auuid%3Ax", "/"] {
            let path = format!("{HUB}/subscriptions{rest}");
            assert_eq!(HubPath::parse(&path), Ok(HubPath::Subscriptions("default")));
            let path = format!("/hubs/news{path}");
            assert_eq!(HubPath::parse(&path), Ok(HubPath::Subscriptions("news")));
        }
        for path in ["/.well-known/mercure/subscriptionsx", "/x/.well-known/mercure/subscriptions"]
        {
            assert_eq!(HubPath::parse(path), Err(Error::NotFound), "{path}");
        }
    }

    #[test]
    fn a_path_that_a_host_could_read_as_another_is_not_found() {
        for below in
            ["..", "../../mercure", "a/..", "./a", "%2e%2E/a", "a/.%2e/b", "a\\..\\b", "%2E"]
        {
            let path = format!("{HUB}/subscriptions/{below}");
            assert_eq!(HubPath::parse(&path), Err(Error::NotFound), "{path}");
        }
        for below in ["...", "a.", ".a", "a%2F..", "..a/b"] {
            let path = format!("{HUB}/subscriptions/{below}");
            assert_eq!(HubPath::parse(&path), Ok(HubPath::Subscriptions("default")), "{path}");
        }
    }

    #[test]
    fn health_is_asked_of_the_deployment_or_of_a_hub() {
        assert_eq!(HubPath::parse("/healthz"), Ok(HubPath::Health));
        assert_eq!(HubPath::parse("/hubs/a_B-9/healthz"), Ok(HubPath::HubHealth("a_B-9")));
    }

    #[test]
    fn an_operator_calls_one_hub_or_all() {
        let called = |path| match HubPath::parse(path) {
            Ok(HubPath::Operator(hub, call)) => Ok((hub, call.name)),
            other => Err(other),
        };
        for (path, hub, name) in [
            ("/metrics", None, "metrics"),
            ("/hubs", None, "hubs"),
            ("/hubs/news", Some("news"), "delete"),
            ("/hubs/news/metrics", Some("news"), "metrics"),
            ("/hubs/news/stats", Some("news"), "stats"),
            ("/hubs/news/drain", Some("news"), "drain"),
            ("/hubs/news/history", Some("news"), "clear"),
            ("/hubs/news/export", Some("news"), "export"),
            ("/hubs/news/import", Some("news"), "import"),
        ] {
            assert_eq!(called(path), Ok((hub, name)), "{path}");
        }
        assert_eq!(HubPath::parse("/hubs/a.b/stats"), Err(Error::HubName));
        assert_eq!(HubPath::parse("/hubs/.index"), Err(Error::HubName));
    }

    #[test]
    fn a_name_outside_the_allowed_characters_or_length_is_refused() {
        let long = "x".repeat(65);
        for name in ["", "a.b", "a%20b", "ü", long.as_str()] {
            let path = format!("/hubs/{name}{HUB}");
            assert_eq!(HubPath::parse(&path), Err(Error::HubName), "{path}");
        }
        assert!(HubPath::parse(&format!("/hubs/{}{HUB}", "x".repeat(64))).is_ok());
    }

    #[test]
    fn anything_else_is_not_found() {
        for path in [
            "/",
            "",
            "/hubs/",
            "/hubs/a/",
            "/hubs/a/b",
            "/hubs/a/drain/",
            "/stats",
            "/metrics/",
            "/healthz/",
            "/hubs/a/b/.well-known/mercure",
        ] {
            assert_eq!(HubPath::parse(path), Err(Error::NotFound), "{path}");
        }
    }
}
