//! A subscription that asks for more than it is granted.

use thiserror::Error;

use crate::{
    hub::subscribe_request::SubscribeRequest,
    tokens::access::Access,
    topics::{subscription::Subscription, url_parser::UrlParser},
};

/// A selector that is asked for is not granted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the selector {selector:?} of the parameter {parameter:?} is not granted")]
#[non_exhaustive]
pub struct NotGranted {
    /// The parameter by which it is asked for.
    pub parameter: &'static str,
    /// The selector.
    pub selector: String,
}

impl SubscribeRequest {
    /// Checks that everything that is asked for may be asked for with this access:
    /// [`Access::may_select`].
    ///
    /// # Errors
    /// [`NotGranted`], with the first selector that may not.
    pub fn check_granted(&self, access: &Access, urls: &dyn UrlParser) -> Result<(), NotGranted> {
        let may_select = |asked: &&Subscription| access.may_select(asked.selector(), urls);
        match self.subscriptions().iter().find(|asked| !may_select(asked)) {
            None => Ok(()),
            Some(asked) => Err(NotGranted {
                parameter: asked.match_type().parameter(),
                selector: asked.as_str().to_owned(),
            }),
        }
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use crate::{
        base::dialect::Dialect,
        hub::subscribe_parts::SubscribeParts,
        tokens::grants::{Grants, Selectable, Selector, SubscribeGrant},
        topics::url_parser::native::NativeUrlParser,
    };

    const HUB: &str = "https://hub.example/.well-known/mercure";

    fn check(granted: &[Selector], query: &str) -> Result<(), NotGranted> {
        let urls = NativeUrlParser::new(HUB);
        let subscribe = vec![SubscribeGrant { topics: granted.to_vec(), payload: None }];
        let (dialect, publish, has_publish_claim) = (Dialect::V1, Vec::new(), false);
        let grants = Grants { dialect, publish, has_publish_claim, subscribe, expires: None };
        let access = Access::new(grants, &urls).unwrap().with_selectable(Selectable::Granted);
        let request = SubscribeRequest::parse(SubscribeParts::of_query(query), &urls).unwrap();
        request.check_granted(&access, &urls)
    }

    #[track_caller]
    fn refused(granted: &[Selector], query: &str, parameter: &'static str, selector: &str) {
        let selector = selector.to_owned();
        assert_eq!(check(granted, query), Err(NotGranted { parameter, selector }), "{query}");
    }

    #[test]
    fn the_first_selector_that_is_not_granted_is_named_with_its_parameter() {
        let granted = [Selector::Exact("a".to_owned()), Selector::Exact("b".to_owned())];
        for query in ["topic=a&topic=b", "match=b&match_exact=a", "match="] {
            assert_eq!(check(&granted, query), Ok(()), "{query}");
        }
        refused(&granted, "topic=a&topic=c&topic=d", "topic", "c");
        refused(&granted, "topic=*", "topic", "*");
        refused(&granted, "match_exact=a&match=c", "match", "c");
        refused(&granted, "match_urlpattern=/:x&match=c", "match_urlpattern", "/:x");
    }

    #[test]
    fn a_topic_may_be_asked_for_that_a_granted_pattern_matches_and_another_pattern_not() {
        let granted = [Selector::UrlPattern("/books/:id".to_owned())];
        for query in [
            "match_urlpattern=/books/:id",
            "match=/books/1",
            "match=https://hub.example/books/1",
            "topic=/books/1",
        ] {
            assert_eq!(check(&granted, query), Ok(()), "{query}");
        }
        refused(&granted, "match_urlpattern=/books/1", "match_urlpattern", "/books/1");
        refused(&granted, "match=/films/1", "match", "/films/1");
        refused(&granted, "topic=/books/{id}", "topic", "/books/{id}");
    }
}
