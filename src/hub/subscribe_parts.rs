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

    /// The fields that say what is selected and how it is shown, as they stand there, as one form. Where to
    /// begin is no part of it, and no token is.
    pub(crate) fn selection(&self) -> String {
        let form = self.form.and_then(|form| str::from_utf8(form).ok()).unwrap_or_default();
        let selects =
            |name: &str| matches!(name, "topic" | "fields" | "hub_events") || is_matcher(name);
        let fields = self.query.split('&').chain(form.split('&'));
        let fields =
            fields.filter(|field| form::pairs_of(field.as_bytes(), selects).next().is_some());
        fields.collect::<Vec<_>>().join("&")
    }
}

/// draft-dunglas-mercure-08, "subscription": such names are the protocol's, known or not.
pub(crate) fn is_matcher(name: &str) -> bool {
    name.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("match"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selection_has_no_token_and_no_place_to_begin() {
        let query =
            "topic=a%20b&authorization=x&lastEventID=1&fields=topics&t%6Fpic=c&hub_events=0&x";
        let parts = SubscribeParts::of_query(query);
        assert_eq!(parts.selection(), "topic=a%20b&fields=topics&t%6Fpic=c&hub_events=0");
        let parts = SubscribeParts {
            form: Some(b"match=b&last_event_id=2"),
            ..SubscribeParts::of_query("match=a")
        };
        assert_eq!(parts.selection(), "match=a&match=b");
        assert_eq!(SubscribeParts::default().selection(), "");
    }
}
