//! The body of every refusal: a problem document, RFC 9457.

use serde::Serialize;

/// A problem as `application/problem+json`. It tells the caller how to correct the request, and nothing
/// about the inside of the hub.
///
/// ```
/// use millstream::Problem;
///
/// let problem = Problem::new(400, "Bad Request", "the topic is empty").with_field("topic");
/// assert_eq!(
///     problem.to_json(),
///     r#"{"type":"about:blank","title":"Bad Request","status":400,"detail":"the topic is empty","field":"topic"}"#,
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
}

/// The media type of a problem document.
pub(crate) const PROBLEM_JSON: &str = "application/problem+json";

impl Problem {
    /// A problem without a type of its own: `title` is the phrase of the status, RFC 9457 § 4.2.1.
    #[must_use]
    pub fn new(status: u16, title: &'static str, detail: impl Into<String>) -> Self {
        Self { kind: "about:blank", title, status, detail: detail.into(), field: None }
    }

    /// Names the parameter, header or variable that is wrong.
    #[must_use]
    pub fn with_field(self, field: impl Into<String>) -> Self {
        Self { field: Some(field.into()), ..self }
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The document.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}
