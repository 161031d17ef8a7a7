//! The hub as a request addresses it.

use crate::{
    base::{hub_name, url_parts},
    http::hub_path,
    presence::subscription_document::SUBSCRIPTIONS,
    tokens::{authorization::Authorization, resource_metadata::ResourceMetadata},
};

/// The hub that a request is for, and the other parts of the request's URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Addressed {
    /// The public URL of the hub. Without one it is the URL of the request, up to the hub.
    pub url: String,
    /// The paths at which the hub is found.
    pub paths: Vec<String>,
    /// The query, without the question mark.
    pub query: String,
    /// The part of the path that follows `/subscriptions` below the hub, if that is asked for.
    pub subscriptions: Option<String>,
}

impl Addressed {
    /// Reads the absolute URL of a request. `public_url` is the public URL of the hub, if it has one.
    #[must_use]
    pub(crate) fn of(url: &str, public_url: Option<&str>) -> Self {
        let (url, query) = (url_parts::without_query(url), url_parts::query(url));
        let path = url_parts::path(url);
        let (hub, subscriptions) = hub_path::split_subscriptions(path);
        let hub_url = url.len().checked_sub(path.len() - hub.len()).and_then(|end| url.get(..end));
        let hub_url = public_url.unwrap_or(hub_url.unwrap_or(url));
        Self {
            url: hub_url.to_owned(),
            paths: hub_name::same_hub(url_parts::public_path(hub_url, hub)),
            query: query.to_owned(),
            subscriptions: subscriptions.map(str::to_owned),
        }
    }

    /// The paths of the part of the subscription API that is asked for.
    #[must_use]
    pub(crate) fn subscription_paths(&self, below: &str) -> Vec<String> {
        self.paths.iter().map(|hub| format!("{hub}{SUBSCRIPTIONS}{below}")).collect()
    }

    /// The URL of the hub's metadata, which refusals name.
    pub(crate) fn metadata(&self, own: &Authorization) -> String {
        ResourceMetadata::new(&self.url, &own.trust, &own.cookie_names.v1).url()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_addressed_to_a_hub_or_to_its_subscriptions() {
        let url = "https://a.example/hubs/x/.well-known/mercure/subscriptions/y?z";
        let addressed = Addressed::of(url, None);
        assert_eq!(addressed.url, "https://a.example/hubs/x/.well-known/mercure");
        assert_eq!((addressed.subscriptions.as_deref(), &*addressed.query), (Some("/y"), "z"));
    }

    #[test]
    fn the_public_url_goes_before_that_of_the_request() {
        let public = Some("https://hub.example/hub");
        let addressed = Addressed::of("http://10.0.0.1/.well-known/mercure?topic=a#b", public);
        assert_eq!(addressed.url, "https://hub.example/hub");
        assert_eq!((addressed.paths, &*addressed.query), (vec!["/hub".to_owned()], "topic=a"));
        assert_eq!(addressed.subscriptions, None);
    }

    #[test]
    fn the_default_hub_is_found_at_two_paths() {
        let addressed = Addressed::of("http://a.example/.well-known/mercure/subscriptions", None);
        assert_eq!(addressed.paths.len(), 2);
        assert_eq!(addressed.subscriptions.as_deref(), Some(""));
        let below = addressed.subscription_paths("/x");
        assert!(below.contains(&"/.well-known/mercure/subscriptions/x".to_owned()));
    }
}
