//! Every bound of the hub, in one place: its figure, its reason, and the answer beyond it.
//!
//! A bound that a user can meet stands in a `bounds!` table: the test beside it holds docs/limits.md
//! against `all`. A new bound is one entry here and its line in that page, which the test prints.
//! The paces of the engine are in `pace`: nobody is refused because of them.

#![cfg_attr(
    all(feature = "worker", target_arch = "wasm32"),
    expect(unreachable_pub, reason = "one macro makes all limits, and the crate offers a few")
)]

#[cfg(test)]
use std::{fmt, time::Duration};

/// Declares constants, and the table of them that docs/limits.md is held against:
/// the reason as a doc comment, then `NAME: type = value, unit, "what" => "beyond";`.
macro_rules! bounds {
    (@limit number $value:expr) => { $crate::base::limits::Limit::Number($value as u64) };
    (@limit bytes $value:expr) => { $crate::base::limits::Limit::Bytes($value as u64) };
    (@limit time $value:expr) => { $crate::base::limits::Limit::Time($value) };
    ($($(#[doc = $reason:literal])+
       $name:ident: $kind:ty = $value:expr, $unit:ident, $what:literal => $beyond:literal;)+) => {
        $(
            $(#[doc = $reason])+
            ///
            #[doc = concat!("It bounds ", $what, ". Beyond it: ", $beyond, ".")]
            pub const $name: $kind = $value;
        )+
        #[cfg(test)]
        pub(super) const BOUNDS: &[$crate::base::limits::Bound] = &[$(
            $crate::base::limits::Bound {
                name: stringify!($name),
                what: $what,
                limit: bounds!(@limit $unit $name),
                beyond: $beyond,
            },
        )+];
    };
}
mod bodies;
mod connections;
mod history;
mod link;
mod log_records;
mod operator;
mod pace;
mod publishing;
mod requests;
mod tokens;

#[cfg(test)]
mod tests;

pub use bodies::*;
pub use connections::*;
pub use history::*;
pub use link::*;
pub use log_records::*;
pub use operator::*;
pub use pace::*;
pub use publishing::*;
pub use requests::*;
pub use tokens::*;

/// A bound as docs/limits.md shows it.
#[cfg(test)]
#[derive(Clone, Copy, Debug)]
pub struct Bound {
    /// The constant's name.
    pub name: &'static str,
    /// The thing that is bounded.
    pub what: &'static str,
    /// How much of it there may be.
    pub limit: Limit,
    /// The answer to more: a status, or what happens.
    pub beyond: &'static str,
}

/// A bound's figure, in its unit.
#[cfg(test)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// A number of things.
    Number(u64),
    /// Bytes.
    Bytes(u64),
    /// A time.
    Time(Duration),
}

#[cfg(test)]
impl fmt::Display for Limit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Number(number) => formatter.write_str(&grouped(number)),
            Self::Bytes(bytes) if bytes >= 1 << 20 && bytes.trailing_zeros() >= 20 => {
                write!(formatter, "{} MiB", grouped(bytes >> 20))
            }
            Self::Bytes(bytes) if bytes >= 8 << 10 && bytes.trailing_zeros() >= 10 => {
                write!(formatter, "{} KiB", grouped(bytes >> 10))
            }
            Self::Bytes(bytes) => write!(formatter, "{} bytes", grouped(bytes)),
            Self::Time(time) if time.as_secs() >= 60 && time.as_secs().is_multiple_of(60) => {
                write!(formatter, "{} min", time.as_secs() / 60)
            }
            Self::Time(time) if time.subsec_millis() == 0 => {
                write!(formatter, "{} s", time.as_secs())
            }
            Self::Time(time) => {
                write!(
                    formatter,
                    "{} ms",
                    grouped(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
                )
            }
        }
    }
}

/// A number with a comma between each three digits.
#[cfg(test)]
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Every bound that a user can meet, in the order of docs/limits.md.
#[cfg(test)]
pub fn all() -> impl Iterator<Item = &'static Bound> {
    let tables = [
        requests::BOUNDS,
        publishing::BOUNDS,
        bodies::BOUNDS,
        connections::BOUNDS,
        tokens::BOUNDS,
        operator::BOUNDS,
        history::BOUNDS,
    ];
    tables.into_iter().flatten()
}
