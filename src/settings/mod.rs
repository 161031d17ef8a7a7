//! Every variable of a deployment, a row each, and the types that the rows set.
//!
//! Enters: a variable, its default, and what would be right. A setting that is wrong never becomes a
//! [`Config`].

#![cfg(feature = "web")]

pub(crate) mod config;
pub(crate) mod deployment;
mod draft;
pub(crate) mod hub_variables;
pub(crate) mod invalid_config;
pub(crate) mod level;
pub(crate) mod methods;
pub(crate) mod near_miss;
pub(crate) mod operator_key;
mod read;
mod rows;
pub(crate) mod setting;
pub(crate) mod table;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

pub use config::Config;
pub use invalid_config::InvalidConfig;
pub use level::Level;
