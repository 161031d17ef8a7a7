//! The methods of a hub, and the halves of it that they belong to.

use thiserror::Error;

/// The value of `Allow` below the subscriptions of a hub, whichever halves are on.
pub(crate) const OF_API: &str = "GET, HEAD, OPTIONS";

/// The methods that ask for a stream.
pub(crate) const OF_STREAMS: [&str; 3] = ["GET", "HEAD", "QUERY"];

/// Why a hub, or a part of it, does not accept a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(crate) enum MethodRefused {
    /// The method is none of these.
    #[error("the method is not one of {0}")]
    NotAllowed(&'static str),
    /// The method belongs to a half of the hub that is switched off.
    #[error("{half} is switched off at this hub, whose methods are {allowed}")]
    SwitchedOff {
        /// The half.
        half: &'static str,
        /// The methods that are left.
        allowed: &'static str,
    },
}

impl MethodRefused {
    /// The value of `Allow` in the answer: RFC 9110 § 10.2.1.
    #[must_use]
    pub(crate) fn allowed(self) -> &'static str {
        let (Self::NotAllowed(allowed) | Self::SwitchedOff { allowed, .. }) = self;
        allowed
    }
}

/// Checks the method of a request to a resource that can only be read.
///
/// # Errors
/// [`MethodRefused::NotAllowed`].
pub(crate) fn check_reading(method: &str) -> Result<(), MethodRefused> {
    match method {
        "GET" | "HEAD" => Ok(()),
        _ => Err(MethodRefused::NotAllowed("GET, HEAD")),
    }
}

/// Which halves of a hub are switched on: `PUBLISHING`, `SUBSCRIBING`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Methods {
    /// POST.
    pub publishing: bool,
    /// GET, HEAD and QUERY.
    pub subscribing: bool,
}

impl Default for Methods {
    fn default() -> Self {
        Self { publishing: true, subscribing: true }
    }
}

impl Methods {
    /// Checks the method of a request to the hub itself.
    ///
    /// # Errors
    /// A half is switched off, or there is no such method.
    pub(crate) fn check(self, method: &str) -> Result<(), MethodRefused> {
        let allowed = self.allow();
        match method {
            "GET" | "HEAD" | "QUERY" if !self.subscribing => {
                Err(MethodRefused::SwitchedOff { half: "subscribing", allowed })
            }
            "POST" if !self.publishing => {
                Err(MethodRefused::SwitchedOff { half: "publishing", allowed })
            }
            "GET" | "HEAD" | "QUERY" | "POST" | "OPTIONS" => Ok(()),
            _ => Err(MethodRefused::NotAllowed(allowed)),
        }
    }

    /// The value of `Allow`, RFC 9110 § 10.2.1, and of `Access-Control-Allow-Methods`.
    #[must_use]
    pub(crate) fn allow(self) -> &'static str {
        match (self.subscribing, self.publishing) {
            (true, true) => "GET, HEAD, QUERY, POST, OPTIONS",
            (true, false) => "GET, HEAD, QUERY, OPTIONS",
            (false, true) => "POST, OPTIONS",
            (false, false) => "OPTIONS",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::error;

    #[test]
    fn what_can_only_be_read_has_two_methods() {
        for method in ["GET", "HEAD", "POST", "QUERY", "OPTIONS", "get"] {
            let is_reading = matches!(method, "GET" | "HEAD");
            let refused = check_reading(method).err();
            assert_eq!(refused.is_none(), is_reading, "{method}");
            assert!(refused.is_none_or(|refused| refused.allowed() == "GET, HEAD"));
        }
    }

    #[test]
    fn a_half_that_is_switched_off_refuses_its_methods() {
        let reading = Methods { publishing: false, subscribing: true };
        assert!(reading.check("GET").is_ok());
        assert!(reading.check("POST").is_err());
    }

    #[test]
    fn a_half_that_is_switched_off_takes_its_methods_with_it() {
        for (subscribing, publishing) in
            [(true, true), (true, false), (false, true), (false, false)]
        {
            let methods = Methods { publishing, subscribing };
            let allowed: Vec<_> = methods.allow().split(", ").collect();
            for method in ["GET", "HEAD", "QUERY", "POST", "OPTIONS", "DELETE"] {
                let checked = methods.check(method);
                assert_eq!(checked.is_ok(), allowed.contains(&method), "{method}");
                if let Err(error) = checked.map_err(error::Error::from) {
                    assert_eq!(error.problem().status(), 405);
                    assert_eq!(error.header(), Some(("Allow", methods.allow().to_owned())));
                    let off = error.to_string().contains("switched off");
                    assert_eq!(off, method != "DELETE", "{error}");
                }
            }
        }
    }
}
