//! Every variable of a deployment, a row each, and the types that the rows set.
//!
//! Enters: a variable, its default, and the form that is right.
//!
//! Invariants:
//! - A wrong variable is named and never becomes a [`Config`]:
//!   `every_variable_is_read_and_named_when_it_is_wrong`.
//! - The default of a row is the default of the type:
//!   `a_default_in_the_table_is_what_an_empty_environment_means`.
//! - The documents are written from the table:
//!   `the_tables_of_variables_in_the_documentation_are_those_of_the_code`.
//! - No error shows a secret:
//!   `a_wrong_value_is_shown_with_what_would_be_right_unless_it_may_be_a_secret`.

#![cfg(feature = "web")]

pub(crate) mod compression;
pub(crate) mod config;
pub(crate) mod deployment;
pub(crate) mod hub_names;
pub(crate) mod hub_variables;
pub(crate) mod invalid_config;
pub(crate) mod level;
pub(crate) mod methods;
pub(crate) mod near_miss;
pub(crate) mod operator_key;
mod read;
mod rows;
pub(crate) mod setting;
pub(crate) mod stream_holder;
pub(crate) mod table;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

pub use config::Config;
pub use invalid_config::InvalidConfig;
pub use level::Level;
pub use operator_key::InvalidOperatorKey;
