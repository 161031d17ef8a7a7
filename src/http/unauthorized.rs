//! The answer to a request without a right.

use crate::{base::dialect::Dialect, http::problem::Problem, tokens::challenge::Unauthorized};

impl Unauthorized {
    /// The body of the answer.
    #[must_use]
    pub(crate) fn problem(&self, dialect: Dialect) -> Problem {
        let status = self.status(dialect);
        let title = match status {
            400 => "Bad Request",
            403 => "Forbidden",
            503 => "Service Unavailable",
            _ => "Unauthorized",
        };
        Problem::new(status, title, self.to_string())
    }
}
