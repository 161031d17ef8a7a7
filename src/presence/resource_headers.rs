//! The headers of a resource of the subscription API: RFC 9110 § 8.8.3 and draft-dunglas-mercure-08,
//! "discovery".

use std::fmt::Write;

use crate::{base::dialect::Dialect, log::place::Place};

/// The entity tag of a resource. In 0.x it is the bare place, in 1.0 it has the form of RFC 9110
/// § 8.8.3.
#[must_use]
pub(crate) fn etag(dialect: Dialect, place: &Place) -> String {
    if dialect == Dialect::V0 {
        return place.as_str().to_owned();
    }
    let mut tag = String::from("\"");
    for byte in place.as_str().bytes() {
        match byte {
            b'"' | b'%' | 0..=b' ' | 0x7f.. => {
                // Writing to a String does not fail.
                let _ = write!(tag, "%{byte:02X}");
            }
            _ => tag.push(char::from(byte)),
        }
    }
    tag.push('"');
    tag
}

/// Whether the `If-None-Match` header names this entity tag: RFC 9110 § 13.1.2. A cache on the way
/// may have weakened it. In 0.x it does not have the form of a tag, and stands alone.
#[must_use]
pub(crate) fn is_held(dialect: Dialect, etag: &str, if_none_match: &str) -> bool {
    if_none_match == etag
        || dialect == Dialect::V1
            && if_none_match.split(',').any(|tag| {
                let tag = tag.trim();
                tag.strip_prefix("W/").unwrap_or(tag) == etag
            })
}

/// The `Link` header of 1.0, by which a client follows the resource from its place on: draft-08,
/// "discovery".
#[must_use]
pub(crate) fn link(hub_url: &str, place: &Place) -> String {
    let id = place.as_str().replace('\\', "\\\\").replace('"', "\\\"");
    format!(
        "<{hub_url}>; rel=\"mercure\"; last-event-id=\"{id}\"; type=\"mercure\"; \
         content-type=\"application/json\""
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(id: &str) -> Place {
        Place::After(id.parse().unwrap())
    }

    #[test]
    fn an_entity_tag_is_raw_in_0_x_and_escaped_in_1_0() {
        let place = after("a \"b\"%é");
        assert_eq!(etag(Dialect::V0, &place), "a \"b\"%é");
        assert_eq!(etag(Dialect::V1, &place), "\"a%20%22b%22%25%C3%A9\"");
    }

    #[test]
    fn an_entity_tag_is_found_among_others_and_weakened() {
        let tag = etag(Dialect::V1, &after("1"));
        for held in ["\"1\"", "W/\"1\"", "\"0\", W/\"1\""] {
            assert!(is_held(Dialect::V1, &tag, held), "{held}");
        }
        assert!(!is_held(Dialect::V1, &tag, "\"0\", 1"));
        assert!(is_held(Dialect::V0, "1", "1") && !is_held(Dialect::V0, "1", "0, 1"));
    }

    #[test]
    fn the_link_of_1_0_tells_from_where_to_follow() {
        assert_eq!(
            link("https://hub.example/.well-known/mercure", &after(r#"a"\b"#)),
            "<https://hub.example/.well-known/mercure>; rel=\"mercure\"; last-event-id=\"a\\\"\\\\b\"; \
             type=\"mercure\"; content-type=\"application/json\""
        );
    }
}
