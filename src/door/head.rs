//! The head of a request: all but its body.

/// The head of a request, as its host keeps it. The door reads nothing else of a request.
pub(crate) trait Head {
    /// The method, in the case in which it was sent.
    fn method(&self) -> String;

    /// The absolute URL.
    fn url(&self) -> String;

    /// The value of the header of this name, if there is one.
    fn header(&self, name: &str) -> Option<String>;
}
