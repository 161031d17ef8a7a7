//! A selector and, behind a line break, a topic: parsed in every way and matched.

use crate::fuzzing::inputs::{LaxUrlParser, lines, pattern_strings};
use crate::topics::{
    resolved_topics::ResolvedTopics, topic::Topic, topic_selector::TopicSelector, topics::Topics,
    uri_template::UriTemplate, url_components::UrlComponents, url_pattern::UrlPattern,
};

/// See the module.
pub fn selectors(input: &str) {
    let [selector, topic] = lines(input);
    if let Ok(template) = selector.parse::<UriTemplate>() {
        assert_eq!(template.to_string(), selector);
        // A literal expands to itself.
        if !template.has_expressions() {
            assert!(template.matches(selector));
        }
        let _ = template.matches(topic);
    }
    let pattern = UrlPattern::compile(&pattern_strings(selector));
    if let (Ok(pattern), Some(url)) = (&pattern, UrlComponents::of_href(topic)) {
        let _ = pattern.matches(&url);
    }
    let Ok(own) = selector.parse::<Topic>() else { return };
    let own = Topics::from(own);
    let own = ResolvedTopics::new(&own, &LaxUrlParser);
    for selector in [TopicSelector::of_0_x(selector).ok(), TopicSelector::exact(selector).ok()] {
        assert!(selector.is_none_or(|selector| selector.selects_any(&own)));
    }
    let Ok(topic) = topic.parse::<Topic>() else { return };
    let topics = Topics::from(topic);
    let topics = ResolvedTopics::new(&topics, &LaxUrlParser);
    let matcher = TopicSelector::url_pattern(selector, &LaxUrlParser);
    let _ = matcher.map(|matcher| matcher.selects_any(&topics));
}
