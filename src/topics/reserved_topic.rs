//! Topics that only the hub itself publishes to: those of its subscription events.

use crate::{
    base::hub_name::HUB,
    topics::{unreserved::is_unreserved, url_components::UrlComponents},
};

/// Whether the 0.x dialect reserves the topic. By the reference hub's rule, that is the well-known
/// path anywhere in the text.
#[must_use]
pub(crate) fn names_hub(topic: &str) -> bool {
    topic.contains(HUB)
}

/// Whether the 1.0 dialect reserves a topic: draft-dunglas-mercure-08, "publication".
///
/// `url` is the topic, resolved against the URL of the hub. `hub_path` is the path of that URL. The
/// topic is reserved if its path is that of the hub or lies below it, under any scheme and
/// authority, once percent-encoded unreserved characters are decoded. A topic that is no URL
/// reference is not reserved.
#[must_use]
pub(crate) fn addresses_hub(url: &UrlComponents<&str>, hub_path: &str) -> bool {
    let mut path = DecodeUnreserved { rest: url.pathname.as_bytes() };
    hub_path.bytes().all(|byte| path.next() == Some(byte))
        && matches!(path.next(), None | Some(b'/'))
}

/// The bytes of a path as RFC 3986 § 6.2.2.2 normalizes it.
struct DecodeUnreserved<'a> {
    rest: &'a [u8],
}

impl Iterator for DecodeUnreserved<'_> {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        let (first, behind) = self.rest.split_first()?;
        if let [b'%', high, low, behind @ ..] = self.rest
            && let Some(decoded) = decode(*high, *low).filter(|byte| is_unreserved(*byte))
        {
            self.rest = behind;
            return Some(decoded);
        }
        self.rest = behind;
        Some(*first)
    }
}

fn decode(high: u8, low: u8) -> Option<u8> {
    let digit = |byte| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use crate::topics::url_parser::{UrlParser, native::NativeUrlParser};

    #[test]
    fn a_reserved_topic_is_known_by_its_path() {
        assert!(names_hub("https://example.com/.well-known/mercure/subscriptions/foo"));
        assert!(!names_hub("https://example.com/books/1"));
    }

    #[test]
    fn an_escaped_path_addresses_the_hub_as_well() {
        let url = UrlComponents::of_href("https://example.com/.well-known/%6Dercure/x").unwrap();
        assert!(addresses_hub(&url, "/.well-known/mercure"));
        assert!(!addresses_hub(&url, "/hubs/news/.well-known/mercure"));
    }

    #[track_caller]
    fn check(hub_path: &str, topic: &str, expected: bool) {
        let href = NativeUrlParser::new(&format!("https://hub.example{hub_path}")).parse(topic);
        let url = href.as_deref().and_then(UrlComponents::of_href);
        assert_eq!(url.is_some_and(|url| addresses_hub(&url, hub_path)), expected, "{topic}");
    }

    #[test]
    fn in_0_x_the_well_known_path_is_reserved_wherever_it_stands() {
        for topic in [
            "/.well-known/mercure",
            "/.well-known/mercure/subscriptions/foo",
            "https://example.com/.well-known/mercure/subscriptions/foo",
            "foo/.well-known/mercure/bar",
            "/hubs/news/.well-known/mercure/subscriptions/foo",
        ] {
            assert!(names_hub(topic), "{topic}");
        }
        for topic in
            ["", "mercure/subscriptions/foo", "/.well-known/%6Dercure", r"\.well-known\mercure"]
        {
            assert!(!names_hub(topic), "{topic}");
        }
    }

    #[test]
    fn in_1_0_the_path_of_the_hub_and_what_lies_below_are_reserved() {
        for topic in [
            "https://example.com/.well-known/mercure",
            "https://example.com/.well-known/mercure/subscriptions/foo",
            "http://other.example/.well-known/mercure/x",
            "/.well-known/mercure/subscriptions/foo",
            "mercure/subscriptions/foo",
            "https://example.com/.well-known/%6Dercure/subscriptions/x",
            "https://example.com/.well-known/%6dercure",
            "/.well-known/me%72cure/x",
            r"https://example.com\.well-known\mercure\subscriptions\x",
            "",
            "?a",
            "foo:/.well-known/mercure",
            "/x/../.well-known/./mercure",
            "/x/%2e%2E/.well-known/mercure",
            "/%2Ewell%2Dknown/mercure",
            "/.well-known/mercure?a#b",
            "//example.com/.well-known/mercure/",
            " \t/.well-known/merc\nure",
        ] {
            check(HUB, topic, true);
        }
    }

    #[test]
    fn in_1_0_other_paths_are_not_reserved() {
        for topic in [
            "https://example.com/.well-known/mercureXXX",
            "https://example.com/.well-known/mercure-dashboard",
            "https://example.com/foo/.well-known/mercure/bar",
            "subscriptions/foo",
            "bar",
            "../mercure/x",
            "../mercure/subscriptions/x",
            "urn:example:mercure",
            "a topic with spaces",
            "/.well-known%2Fmercure",
            "/.well-known/mercure%2Fx",
            "/.well-known/%256Dercure",
            "/.well-known/Mercure",
            "/.well-known/mercur",
            "//",
            "https://[",
        ] {
            check(HUB, topic, false);
        }
    }

    #[test]
    fn a_named_hub_reserves_its_own_path() {
        const NEWS: &str = "/hubs/news/.well-known/mercure";
        check(NEWS, "https://example.com/hubs/news/.well-known/mercure/subscriptions/x", true);
        check(NEWS, "mercure/subscriptions/x", true);
        check(NEWS, "/hubs/%6Eews/.well-known/mercure", true);
        check(NEWS, "/.well-known/mercure", false);
        check(NEWS, "/hubs/other/.well-known/mercure", false);
    }

    #[test]
    fn a_truncated_or_wrong_triplet_stays_as_it_is() {
        for (path, expected) in [
            ("%", "%"),
            ("%6", "%6"),
            ("%ZZ", "%ZZ"),
            ("%2f%6D", "%2fm"),
            ("a%41%2Fb", "aA%2Fb"),
            ("%7E%5F%2E%2D", "~_.-"),
        ] {
            assert!(DecodeUnreserved { rest: path.as_bytes() }.eq(expected.bytes()), "{path}");
        }
    }
}
