//! Every variable of a deployment, a row each, and the types that the rows set.
//!
//! Enters: a variable, its default, and what would be right. A setting that is wrong never becomes a
//! [`Config`].

pub mod config;
pub mod deployment;
mod draft;
pub mod hub_variables;
pub mod invalid_config;
pub mod level;
pub mod methods;
pub mod near_miss;
pub mod operator_key;
mod read;
mod rows;
pub mod setting;
pub mod table;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

pub use config::Config;
pub use invalid_config::InvalidConfig;
pub use level::Level;
