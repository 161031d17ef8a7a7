//! Which connections could see updates about subscriptions: they are told when some are gone.
//!
//! A removed update cannot be compared with a selector any more. So this asks whether a selector could
//! select the topic of any subscription. A connection that could see none is not told that there were
//! some.

use crate::{log::kind::Kind, topics::topic_selector::TopicSelector};

/// How the paths of hubs begin, below which the topics of subscriptions are.
const HUB_PATHS: [&str; 2] = ["/.well-known/mercure/subscriptions/", "/hubs/"];

/// The kinds of updates that a connection with these selectors and grants could be shown.
/// Updates about subscriptions are private and have one topic, which has to be in both.
#[must_use]
pub(crate) fn kinds_read<'a>(
    asked: impl IntoIterator<Item = &'a TopicSelector>,
    granted: impl IntoIterator<Item = &'a TopicSelector>,
) -> &'static [Kind] {
    if granted.into_iter().any(may_select) && asked.into_iter().any(may_select) {
        &Kind::UPDATES
    } else {
        &[Kind::Publication]
    }
}

fn may_select(selector: &TopicSelector) -> bool {
    match selector {
        TopicSelector::All => true,
        TopicSelector::Exact(topic) => topic.as_str().contains("/subscriptions/"),
        TopicSelector::Template(_) => may_begin(literal(selector.as_str(), &['{'])),
        TopicSelector::UrlPattern(_) => path(selector.as_str()).is_none_or(may_begin),
    }
}

/// Whether the topic of a subscription may begin so, and go on in any way.
fn may_begin(beginning: &str) -> bool {
    beginning.contains("/subscriptions")
        || HUB_PATHS.iter().any(|hub| hub.starts_with(beginning) || beginning.starts_with(hub))
}

/// How the path of a URL pattern begins, if that is easily said.
fn path(pattern: &str) -> Option<&str> {
    const SPECIAL: [char; 9] = [':', '*', '{', '(', '\\', '?', '+', '#', '}'];
    let path = match pattern.split_once("://") {
        Some((_, behind)) => {
            let (authority, path) = behind.split_at_checked(behind.find('/')?)?;
            if authority.contains(['{', '(', '\\']) {
                return None;
            }
            path
        }
        None if pattern.starts_with('/') => pattern,
        None => return None,
    };
    Some(literal(path, &SPECIAL))
}

fn literal<'a>(text: &'a str, special: &[char]) -> &'a str {
    text.split(special).next().unwrap_or_default()
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use crate::topics::url_parser::native::NativeUrlParser;

    fn of_0_x(text: &str) -> TopicSelector {
        TopicSelector::of_0_x(text).unwrap()
    }

    fn url_pattern(text: &str) -> TopicSelector {
        let urls = NativeUrlParser::new("https://hub.example/.well-known/mercure");
        TopicSelector::url_pattern(text, &urls).unwrap()
    }

    #[test]
    fn who_may_be_shown_a_subscription_may_be() {
        for selector in [
            of_0_x("*"),
            of_0_x("/.well-known/mercure/subscriptions/a/1"),
            of_0_x("/.well-known/mercure/subscriptions{/topic}{/subscriber}"),
            of_0_x("/.well-known/mercure/{+rest}"),
            of_0_x("/hubs/news/.well-known/mercure/subscriptions/{topic}/{subscriber}"),
            of_0_x("{+anything}"),
            of_0_x("/events/subscriptions/{topic}/{subscriber}"),
            url_pattern("/.well-known/mercure/subscriptions/exact/:match/:subscriber"),
            url_pattern("https://hub.example/.well-known/mercure/*"),
            url_pattern("https://hub.example/*"),
            url_pattern("/:anything*"),
            url_pattern("mercure/subscriptions/*"),
        ] {
            assert_eq!(kinds_read([&selector], [&selector]), Kind::UPDATES, "{selector}");
        }
    }

    #[test]
    fn who_can_be_shown_none_reads_publications_alone() {
        for selector in [
            of_0_x("a"),
            of_0_x("https://example.com/books/{id}"),
            of_0_x("/books/{id}"),
            url_pattern("/books/:id"),
            url_pattern("https://example.com/books/*"),
        ] {
            assert_eq!(kinds_read([&selector], [&of_0_x("*")]), [Kind::Publication], "{selector}");
            assert_eq!(kinds_read([&of_0_x("*")], [&selector]), [Kind::Publication], "{selector}");
        }
        assert_eq!(kinds_read([&of_0_x("*")], []), [Kind::Publication]);
    }
}
