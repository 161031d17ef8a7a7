//! millstream: a server-sent-events hub that runs at the edge.
//!
//! The core, which is everything at the root, has no JavaScript types, no clock, no randomness and
//! no `async`: time and ids are arguments. [`hub::Hub`] is the engine. The shells are built for
//! `wasm32` only: `web` for any host with Fetch and Streams, `worker` for Cloudflare.
//! ARCHITECTURE.md has the map.

// Events and their wire format: HTML § 9.2.
pub mod comment;
pub mod event_id;
pub mod event_type;
pub mod reconnection_time;

pub mod event;

pub mod encoder;

pub mod decoder;

// What is published and what is asked for: Mercure.
pub mod body_kind;
pub mod dialect;
pub mod form;
pub mod mercure_string;
pub mod ndjson;
pub mod newcomers;
pub mod positions;
mod publish_json;
pub mod publish_request;
pub mod publish_rules;
pub mod publish_stream;
pub mod published;
pub mod reserved_topic;
pub mod resolved_topics;
pub mod subscribe_request;
pub mod subscription;
pub mod subscription_document;
pub mod subscription_path;
pub mod told_subscriptions;
pub mod topic;
pub mod topic_selector;
pub mod topics;
pub mod update;
pub mod update_id;
pub mod uri_template;
pub mod url_components;
pub mod url_parser;
pub mod url_pattern;

// Who may do what: JOSE, OAuth 2.0 and Mercure.
pub mod access;
pub mod access_token;
pub mod addressed;
pub mod algorithm;
pub mod application_claims;
pub mod authorization;
pub mod authorization_details;
pub mod bearer;
pub mod cache_control;
pub mod challenge;
pub mod claims;
pub mod deployment;
pub mod der;
pub mod door;
pub mod fetched_keys;
pub mod granted;
pub mod grants;
pub mod head;
pub mod invalid_token;
mod json;
mod jwk;
pub mod jws;
pub mod key;
pub mod key_set;
pub mod key_sets;
pub mod lookalike;
mod numeric_date;
pub mod pem;
pub mod publish_origin;
pub mod publisher;
pub mod resource_metadata;
pub mod trust;
pub mod verifier;

// One log.
pub mod active_subscriptions;
pub mod gap;
pub mod history;
pub mod kind;
pub mod log;
pub mod place;
pub mod place_key;
pub mod selector_cost;
pub mod selector_index;
pub mod selector_totals;
pub mod sequence;
pub mod subscription_readers;
pub mod window;

// Many cursors.
pub mod audience;
pub mod audiences;
pub mod conflation;
pub mod connection;
pub mod connection_id;
mod heap;
pub mod heartbeat;
pub mod hub;
pub mod linger;
pub mod memory;
pub mod queue;
pub mod registry;
pub mod slow_consumers;
pub mod timestamp;

// The edge of the hub: requests, settings, refusals.
pub mod admission;
pub mod bodies;
pub mod config;
pub mod delivery;
pub mod drain_request;
pub mod error;
pub mod excerpts;
pub mod hub_path;
pub mod hub_variables;
pub mod idempotency;
pub mod idempotency_key;
pub mod level;
pub mod limits;
pub mod media_type;
pub mod methods;
pub mod operator_key;
pub mod origins;
pub mod problem;
pub mod publish_grant;
pub mod rate;
pub mod settings;

#[cfg(target_arch = "wasm32")]
pub mod web;
#[cfg(target_arch = "wasm32")]
pub mod worker;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
