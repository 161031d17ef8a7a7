//! The parts of a request from which a subscription is read.

use crate::base::{dialect::Dialect, form};

/// The parts of a request that say what is asked for, and where to begin.
///
/// ```
/// use millstream::{Dialect, SubscribeParts};
///
/// assert_eq!(SubscribeParts::of_query("topic=a").dialect(), Dialect::V0);
/// assert_eq!(SubscribeParts::of_query("match=a").dialect(), Dialect::V1);
/// let by_query = SubscribeParts { form: Some(b""), ..SubscribeParts::default() };
/// assert_eq!(by_query.dialect(), Dialect::V1);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct SubscribeParts<'a> {
    /// The query of the URL.
    pub query: &'a str,
    /// The form in the body, if the method is QUERY.
    pub form: Option<&'a [u8]>,
    /// The `Last-Event-ID` header, if there is one.
    pub header: Option<&'a str>,
}

impl<'a> SubscribeParts<'a> {
    /// A request that consists of a URL with this query.
    #[must_use]
    pub fn of_query(query: &'a str) -> Self {
        Self { query, ..Self::default() }
    }

    /// The dialect: 1.0 if there is a form or a parameter of the query begins with `match`, otherwise
    /// 0.x. It is known before the form is read: an empty form says the same.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        let names_matcher = || form::pairs_of(self.query.as_bytes(), is_matcher).next().is_some();
        if self.form.is_some() || names_matcher() { Dialect::V1 } else { Dialect::V0 }
    }
}

/// draft-dunglas-mercure-08, "subscription": such names are the protocol's, known or not.
pub(crate) fn is_matcher(name: &str) -> bool {
    name.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("match"))
}
