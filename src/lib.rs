//! millstream: a server-sent-events hub that runs at the edge.

pub mod comment;
pub mod event_id;
pub mod event_type;
pub mod reconnection_time;

pub mod event;

pub mod encoder;

pub mod decoder;
