//! The application's part: its hooks, and its log.

use std::fmt::Display;

use crate::{
    settings::{config::Config, level::Level},
    web::streams::{hooks::Hooks, record::Record},
};

/// The hooks of a hub, the lowest level of the records that they are given, and the hub that these name.
pub(crate) struct Application<K> {
    hooks: K,
    log_level: Level,
    hub: String,
}

impl<K: Hooks> Application<K> {
    pub(crate) fn new(hooks: K, config: &Config) -> Self {
        Self { hooks, log_level: config.log_level, hub: config.hub_path.name().to_owned() }
    }

    pub(crate) fn hooks(&self) -> &K {
        &self.hooks
    }

    /// Whether records of this level are written.
    pub(crate) fn logs(&self, level: Level) -> bool {
        level >= self.log_level
    }

    pub(crate) fn log(&self, record: Record) {
        if self.logs(record.level) {
            self.hooks.log(&record.with_hub(&self.hub));
        }
    }

    /// Logs an error.
    pub(crate) fn failed(&self, event: &'static str, error: &dyn Display) {
        self.log(Record::new(Level::Error, event).with_detail(error));
    }
}
