//! The settings of a hub, as types.

use std::time::Duration;

use crate::{
    base::{hub_name::OwnPath, rate::Rate},
    hub::{admission::ConnectionLimits, delivery::Delivery, heartbeat::Heartbeat},
    log::{gap::GapEvents, history::Retention, place::PlaceEvents},
    settings::{
        compression::Compression, hub_names::HubNames, level::Level, methods::Methods,
        operator_key::OperatorKey, stream_holder::StreamHolder,
    },
    tokens::{authorization::Authorization, origins::Origins},
};

/// The configuration of a deployment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// The path of the hub.
    pub(crate) hub_path: OwnPath,
    /// Who may do what.
    pub(crate) authorization: Authorization,
    /// How old a connection may become: `CONNECTION_AGE`.
    pub(crate) connection_age: ConnectionAge,
    /// How updates are delivered to connections.
    pub(crate) delivery: Delivery,
    /// Which streams are compressed: `COMPRESSION`.
    pub(crate) compression: Compression,
    /// The origins whose pages may read the hub's answers: `CORS_ORIGINS`.
    pub(crate) cors_origins: Origins,
    /// The heartbeat: `HEARTBEAT`.
    pub(crate) heartbeat: Heartbeat,
    /// Which hubs there may be: `HUB_NAMES`.
    pub(crate) hub_names: HubNames,
    /// How much history is kept: `HISTORY_UPDATES`, `HISTORY_BYTES`, `HISTORY_AGE`.
    pub(crate) retention: Retention,
    /// The lowest level of the log records that are written: `LOG_LEVEL`.
    pub(crate) log_level: Level,
    /// How many connections are taken: `MAX_CONNECTIONS`, `MAX_CONNECTIONS_PER_ADDRESS`.
    pub(crate) connection_limits: ConnectionLimits,
    /// Which halves of the hub are switched on: `PUBLISHING`, `SUBSCRIBING`.
    pub(crate) methods: Methods,
    /// How many updates a second are taken, if there is a limit: `PUBLISH_RATE`.
    pub(crate) publish_rate: Option<Rate>,
    /// Whether subscribers are told of gaps: `GAP_EVENTS`.
    pub(crate) gap_events: GapEvents,
    /// Which clients get an event with the place where their stream begins: `PLACE_EVENTS`.
    pub(crate) place_events: PlaceEvents,
    /// Whether the hub tells which subscriptions are active: `SUBSCRIPTIONS`.
    pub(crate) subscriptions: bool,
    /// Who holds the streams of live subscriptions: `DELIVERY`.
    pub(crate) stream_holder: StreamHolder,
    /// The operator's secret: `OPERATOR_KEY`.
    pub(crate) operator_key: Option<OperatorKey>,
}

/// How old a connection may become: by default an hour. Few networks let a connection live longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ConnectionAge(pub Option<Duration>);

impl Default for ConnectionAge {
    fn default() -> Self {
        Self(Some(Duration::from_hours(1)))
    }
}
