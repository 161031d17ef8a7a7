//! The head of a Fetch `Request`.

use web_sys::Request;

use crate::door::head::Head;

impl Head for Request {
    fn method(&self) -> String {
        Request::method(self)
    }

    fn url(&self) -> String {
        Request::url(self)
    }

    fn header(&self, name: &str) -> Option<String> {
        self.headers().get(name).ok().flatten()
    }
}
