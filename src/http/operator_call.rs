//! The calls of an operator, their paths and their methods.

use crate::settings::methods::MethodRefused;

/// A call of an operator. `npm/worker/operator.mjs` carries it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OperatorCall {
    /// Its name.
    pub name: &'static str,
    /// Its methods: the value of `Allow`.
    allow: &'static str,
}

const READING: &str = "GET, HEAD";

/// What is behind the name of a hub in the path of a call.
const OF_HUB: [(&str, OperatorCall); 7] = [
    ("/metrics", OperatorCall { name: "metrics", allow: READING }),
    ("/stats", OperatorCall { name: "stats", allow: READING }),
    ("/drain", OperatorCall { name: "drain", allow: "POST" }),
    ("/history", OperatorCall { name: "clear", allow: "DELETE" }),
    ("", OperatorCall { name: "delete", allow: "DELETE" }),
    ("/export", OperatorCall { name: "export", allow: READING }),
    ("/import", OperatorCall { name: "import", allow: "POST" }),
];

/// The paths of the calls for all hubs.
const OF_ALL: [(&str, OperatorCall); 2] = [
    ("/metrics", OperatorCall { name: "metrics", allow: READING }),
    ("/hubs", OperatorCall { name: "hubs", allow: READING }),
];

impl OperatorCall {
    /// The call for a hub, by what is behind the hub's name.
    #[must_use]
    pub(super) fn of_hub(rest: &str) -> Option<Self> {
        find(&OF_HUB, rest)
    }

    /// The call for all hubs at this path.
    #[must_use]
    pub(super) fn of_all(path: &str) -> Option<Self> {
        find(&OF_ALL, path)
    }

    /// Checks the method of the request.
    ///
    /// # Errors
    /// [`MethodRefused::NotAllowed`].
    pub(crate) fn check(self, method: &str) -> Result<(), MethodRefused> {
        let mut allowed = self.allow.split(", ");
        if allowed.any(|own| own == method) {
            Ok(())
        } else {
            Err(MethodRefused::NotAllowed(self.allow))
        }
    }
}

fn find(calls: &[(&str, OperatorCall)], path: &str) -> Option<OperatorCall> {
    calls.iter().find(|(own, _)| *own == path).map(|(_, call)| *call)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_has_its_methods_and_no_other() {
        for (name, methods) in [
            ("/metrics", "GET, HEAD"),
            ("/stats", "GET, HEAD"),
            ("/drain", "POST"),
            ("/history", "DELETE"),
            ("", "DELETE"),
            ("/export", "GET, HEAD"),
            ("/import", "POST"),
        ] {
            let call = OperatorCall::of_hub(name).unwrap();
            for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "QUERY", "", "get"] {
                let is_own = methods.split(", ").any(|own| own == method);
                let expected =
                    if is_own { Ok(()) } else { Err(MethodRefused::NotAllowed(methods)) };
                assert_eq!(call.check(method), expected, "{method} {name}");
            }
        }
    }
}
