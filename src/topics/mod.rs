//! Topics, and the selectors that subscribers compare with them.
//!
//! Enters: how a selector is parsed, compared with topics, and found among many. Of events it knows
//! only the rule of one line. [`url_parser`] is the seam to the URL parser of the host.
//!
//! Invariants:
//! - A comparison takes linear time, whatever the selector and the topic:
//!   `the_cost_of_a_hostile_template_is_linear_in_topic_and_template`,
//!   `the_cost_of_a_hostile_pattern_is_linear_in_pattern_and_topic`.
//! - A template selects exactly the texts that it can expand to:
//!   `short_topics_match_exactly_when_there_are_values_for_them`.
//! - A pattern matches as the standard says: `a_pattern_matches_as_the_crate_has_it`.
//! - No topic holds a line break, so that topics are stored one a line:
//!   `a_line_break_or_nul_is_refused_with_its_place`.
//! - The cost of all selectors that one topic meets is bounded: [`selector_index`].

#![cfg(feature = "hub")]

pub(crate) mod mercure_string;
pub(crate) mod positions;
pub(crate) mod reserved_topic;
pub(crate) mod resolved_topics;
pub(crate) mod selector_cost;
pub(crate) mod selector_index;
pub(crate) mod selectors;
pub(crate) mod subscription;
pub(crate) mod topic;
pub(crate) mod topic_selector;
pub(crate) mod topics;
pub(crate) mod unreserved;
pub(crate) mod uri_template;
pub(crate) mod url_components;
pub(crate) mod url_parser;
pub(crate) mod url_pattern;

pub use mercure_string::ForbiddenCharacter;
pub use resolved_topics::ResolvedTopics;
pub use selector_index::TooManySelectors;
pub use subscription::{MatchType, Subscription};
pub use topic::{InvalidTopic, Topic};
pub use topic_selector::{Compiled, InvalidMatcher, TopicSelector};
pub use topics::{InvalidTopics, Topics};
pub use uri_template::{InvalidUriTemplate, UriTemplate};
pub use url_components::UrlComponents;
pub use url_parser::UrlParser;
pub use url_pattern::{InvalidUrlPattern, UrlPattern, invalid::Unsupported};
