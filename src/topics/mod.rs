//! Topics, and the selectors that subscribers compare with them.
//!
//! Enters: how a selector is parsed, matched and found. A match takes linear time, whatever the
//! pattern. [`url_parser`] is the seam to the URL parser of the host.

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
pub(crate) mod uri_template;
pub(crate) mod url_components;
pub(crate) mod url_parser;
pub(crate) mod url_pattern;

pub use subscription::{MatchType, Subscription};
pub use topic::{InvalidTopic, Topic};
pub use topics::{InvalidTopics, Topics};
pub use url_components::UrlComponents;
pub use url_parser::UrlParser;
