//! The questions that the hub has about media types: RFC 9110 §§ 8.3.1 and 12.5.1.

use crate::base::http_token::is_token;

/// The media type of a `Content-Type` header without its parameters, in lower case. `None` when
/// the header is not a media type, or when a parameter of it is not one.
#[must_use]
pub(crate) fn essence(content_type: &str) -> Option<String> {
    let mut parts = content_type.split(';').map(str::trim);
    let (main, sub) = parts.next()?.split_once('/')?;
    let is_parameter = |part: &str| {
        part.split_once('=')
            .is_some_and(|(name, value)| is_token(name) && (is_token(value) || is_quoted(value)))
    };
    let valid =
        is_token(main) && is_token(sub) && parts.filter(|part| !part.is_empty()).all(is_parameter);
    valid.then(|| format!("{main}/{sub}").to_ascii_lowercase())
}

/// Whether an `Accept` header allows an event stream; the most specific range decides. A header
/// that is missing, empty or unreadable excludes nothing.
#[must_use]
pub(crate) fn accepts_event_stream(accept: &str) -> bool {
    range_for(accept, EVENT_STREAM).is_none_or(|(_, accepted)| accepted)
}

/// Whether an `Accept` header asks for an event stream by name, as every `EventSource` does.
#[must_use]
pub(crate) fn names_event_stream(accept: &str) -> bool {
    range_for(accept, EVENT_STREAM) == Some((3, true))
}

/// Whether an `Accept` header asks for JSON where there is an event stream too: by name, or by a range
/// where it excludes event streams. An event stream that is named as well comes first.
#[must_use]
pub(crate) fn asks_for_json(accept: &str) -> bool {
    match range_for(accept, JSON) {
        Some((3, true)) => !names_event_stream(accept),
        Some((_, true)) => !accepts_event_stream(accept),
        _ => false,
    }
}

const EVENT_STREAM: [&str; 3] = ["*/*", "text/*", "text/event-stream"];
const JSON: [&str; 3] = ["*/*", "application/*", "application/json"];

/// The range that decides on a type, which these ranges cover: how specific it is, from 1 to 3, and
/// whether it accepts the type.
fn range_for(accept: &str, covering: [&str; 3]) -> Option<(usize, bool)> {
    let ranges = accept.split(',').filter_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let range = parts.next()?.to_ascii_lowercase();
        let Some(at) = covering.iter().position(|own| *own == range) else {
            return is_range(&range).then_some((0, false));
        };
        let quality = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
        // A weight is 0 or 1 with up to three digits behind a point: only zeros refuse.
        let refused = quality.is_some_and(|weight| {
            !weight.is_empty() && weight.bytes().all(|byte| b"0.".contains(&byte))
        });
        Some((at + 1, !refused))
    });
    ranges.max()
}

fn is_range(text: &str) -> bool {
    text.split_once('/').is_some_and(|(main, sub)| is_token(main) && is_token(sub))
}

/// Whether the text is one quoted text. With a second header behind a comma it is not.
fn is_quoted(text: &str) -> bool {
    let inside = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    inside.is_some_and(|inside| !inside.contains('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_essence_of_a_media_type_is_in_lower_case() {
        assert_eq!(essence("Text/HTML; charset=utf-8").as_deref(), Some("text/html"));
        assert_eq!(essence("text/plain; boundary="), None);
    }

    #[test]
    fn an_event_stream_is_accepted_by_name() {
        assert!(accepts_event_stream("text/event-stream"));
        assert!(!accepts_event_stream("text/html, application/json"));
    }

    #[test]
    fn a_wildcard_does_not_name_an_event_stream() {
        assert!(names_event_stream("text/event-stream"));
        assert!(!names_event_stream("*/*"));
    }

    #[test]
    fn parameters_and_case_do_not_count() {
        for text in ["a/b", "A/B", "a/b;", "a/b; charset=utf-8", " a/b ;x=\"y z\""] {
            assert_eq!(essence(text).as_deref(), Some("a/b"), "{text}");
        }
    }

    #[test]
    fn what_is_no_media_type_has_no_essence() {
        for text in
            ["", "a", "a/", "/b", "a b/c", "a/b; x", "a/b; x=", "a/b; x=\"", "a/b; x=1, a/b"]
        {
            assert_eq!(essence(text), None, "{text}");
        }
    }

    #[test]
    fn a_range_that_covers_event_streams_accepts_them() {
        for accept in [
            "",
            "*/*",
            "text/*",
            "text/html, */*;q=0.1",
            "text/event-stream;q=",
            "Text/Event-Stream; q=0.5",
        ] {
            assert!(accepts_event_stream(accept), "{accept}");
        }
    }

    #[test]
    fn the_most_specific_range_decides() {
        assert!(!accepts_event_stream("*/*, text/event-stream;q=0"));
        assert!(accepts_event_stream("text/*;q=0, text/event-stream"));
        assert!(!accepts_event_stream("text/*;q=0.0, */*"));
    }

    #[test]
    fn other_types_alone_exclude_them() {
        for accept in ["text/html", "application/json, image/*"] {
            assert!(!accepts_event_stream(accept), "{accept}");
        }
    }

    #[test]
    fn json_is_asked_for_by_name_or_where_an_event_stream_is_excluded() {
        for accept in [
            "application/json",
            "Application/JSON; q=0.5, */*",
            "application/json, text/plain, */*",
            "application/*",
            "*/*, text/event-stream;q=0",
            "application/json, text/event-stream;q=0",
        ] {
            assert!(asks_for_json(accept), "{accept}");
        }
        for accept in [
            "",
            "*/*",
            "text/event-stream",
            "text/event-stream, application/json",
            "application/*, text/*",
            "application/json;q=0, application/*",
            "text/html",
            "application/ld+json",
        ] {
            assert!(!asks_for_json(accept), "{accept}");
        }
    }
}
