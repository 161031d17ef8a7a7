//! The metadata of the hub as a protected resource: RFC 9728 § 2, with the members of
//! draft-dunglas-mercure-08, discovery.

use serde::Serialize;

use crate::tokens::{authorization_details, trust::Trust};

/// The path of the document, which stands before the hub's own path: RFC 9728 § 3.
pub(crate) const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

/// The document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct ResourceMetadata<'a> {
    resource: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authorization_servers: Vec<&'a str>,
    authorization_details_types_supported: [&'static str; 1],
    bearer_methods_supported: [&'static str; 1],
    mercure_cookie: &'a str,
    mercure_matcher_types_supported: [&'static str; 2],
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    mercure_subscriptions: bool,
}

impl<'a> ResourceMetadata<'a> {
    /// The document of a hub with this resource identifier and name of the cookie of 1.0. A hub
    /// that trusts nobody has none: it answers 404.
    #[must_use]
    pub(crate) fn new(resource: &'a str, trust: &'a Trust, cookie: &'a str) -> Self {
        Self {
            resource,
            authorization_servers: trust.authorization_servers().collect(),
            authorization_details_types_supported: [authorization_details::TYPE],
            bearer_methods_supported: ["header"],
            mercure_cookie: cookie,
            mercure_matcher_types_supported: ["exact", "urlpattern"],
            mercure_subscriptions: false,
        }
    }

    /// Says that the hub has the subscription API and its events.
    #[must_use]
    pub(crate) fn with_subscriptions(self) -> Self {
        Self { mercure_subscriptions: true, ..self }
    }

    /// The URL of the document: the well-known part goes between host and path, RFC 9728 § 3.1.
    #[must_use]
    pub(crate) fn url(&self) -> String {
        let host = self.resource.find("://").map_or(0, |at| at + 3);
        let path = self.resource.get(host..).and_then(|rest| rest.find('/'));
        let (origin, path) = path
            .and_then(|at| self.resource.split_at_checked(host + at))
            .unwrap_or((self.resource, ""));
        format!("{origin}{WELL_KNOWN}{}", if path == "/" { "" } else { path })
    }

    /// The document as JSON.
    #[must_use]
    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::config::Config;

    #[test]
    fn the_metadata_stands_ahead_of_the_path_of_the_hub() {
        let trust = Trust::default();
        let metadata =
            ResourceMetadata::new("https://hub.example/.well-known/mercure", &trust, "session");
        assert_eq!(
            metadata.url(),
            "https://hub.example/.well-known/oauth-protected-resource/.well-known/mercure",
        );
    }

    const HUB: &str = "https://hub.example/.well-known/mercure";

    #[test]
    fn every_member_is_there() {
        let issuers = r#"[{"issuer":"https://as.example","authorization_server":true,
            "subscriber":{"key":"0123456789abcdef0123456789abcdef"}},
            {"issuer":"app","publisher":{"key":"fedcba9876543210fedcba9876543210"}}]"#;
        let read = Config::read(|name| match name {
            "ISSUERS" => Some(issuers.to_owned()),
            "RESOURCE_IDENTIFIER" => Some(HUB.to_owned()),
            _ => None,
        });
        let trust = read.unwrap().authorization.trust;
        let metadata = ResourceMetadata::new(HUB, &trust, "__Secure-mercure_access_token");
        assert_eq!(
            metadata.with_subscriptions().to_json(),
            "{\"resource\":\"https://hub.example/.well-known/mercure\",\
             \"authorization_servers\":[\"https://as.example\"],\
             \"authorization_details_types_supported\":[\"https://mercure.rocks/authorization-detail\"],\
             \"bearer_methods_supported\":[\"header\"],\
             \"mercure_cookie\":\"__Secure-mercure_access_token\",\
             \"mercure_matcher_types_supported\":[\"exact\",\"urlpattern\"],\
             \"mercure_subscriptions\":true}"
        );
    }

    #[test]
    fn what_there_is_none_of_is_left_out() {
        let json = ResourceMetadata::new(HUB, &Trust::default(), "session").to_json();
        assert!(!json.contains("authorization_servers") && !json.contains("subscriptions"));
    }

    #[test]
    fn the_url_has_the_well_known_part_between_host_and_path() {
        for (resource, url) in [
            (
                "https://a.example:8443/hub?x",
                "https://a.example:8443/.well-known/oauth-protected-resource/hub?x",
            ),
            ("https://a.example", "https://a.example/.well-known/oauth-protected-resource"),
            ("https://a.example/", "https://a.example/.well-known/oauth-protected-resource"),
        ] {
            assert_eq!(ResourceMetadata::new(resource, &Trust::default(), "").url(), url);
        }
    }
}
