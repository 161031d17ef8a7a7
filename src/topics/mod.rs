//! Topics, and the selectors that subscribers compare with them.
//!
//! Enters: how a selector is parsed, matched and found. A match takes linear time, whatever the
//! pattern. [`url_parser`] is the seam to the URL parser of the host.

pub mod mercure_string;
pub mod positions;
pub mod reserved_topic;
pub mod resolved_topics;
pub mod selector_cost;
pub mod selector_index;
pub mod subscription;
pub mod topic;
pub mod topic_selector;
pub mod topics;
pub mod uri_template;
pub mod url_components;
pub mod url_parser;
pub mod url_pattern;

pub use subscription::{MatchType, Subscription};
pub use topic::{InvalidTopic, Topic};
pub use topics::{InvalidTopics, Topics};
pub use url_components::UrlComponents;
pub use url_parser::UrlParser;
