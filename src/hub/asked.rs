//! The topics that a request asks for, read within bounds before one of them is compiled.

use std::borrow::Cow;

use crate::{
    base::{
        dialect::Dialect,
        limits::{MAX_MATCHERS, MAX_SELECTORS},
    },
    hub::invalid_subscribe_request::InvalidSubscribeRequest,
    tokens::selector_totals::SelectorTotals,
    topics::{
        subscription::{MatchType, Subscription},
        topic_selector::InvalidMatcher,
        url_parser::UrlParser,
    },
};

/// The selectors of a request as texts. A selector beyond a bound is counted and not kept, and then
/// none is compiled.
pub(crate) struct Asked<'a> {
    dialect: Dialect,
    selectors: Vec<Parameter<'a>>,
    count: usize,
    totals: SelectorTotals,
    /// The first parameter that exceeded a total together with those before it.
    over: Option<Cow<'a, str>>,
}

/// A parameter that asks for topics.
pub(crate) struct Parameter<'a> {
    pub(crate) match_type: MatchType,
    pub(crate) name: Cow<'a, str>,
    /// Its value.
    pub(crate) text: Cow<'a, str>,
}

impl<'a> Asked<'a> {
    pub(crate) fn new(dialect: Dialect) -> Self {
        let totals = SelectorTotals::default();
        Self { dialect, selectors: Vec::new(), count: 0, totals, over: None }
    }

    fn limit(&self) -> usize {
        match self.dialect {
            Dialect::V0 => MAX_SELECTORS,
            Dialect::V1 => MAX_MATCHERS,
        }
    }

    pub(crate) fn add(&mut self, parameter: Parameter<'a>) {
        let Parameter { match_type, name, text } = parameter;
        self.count += 1;
        // The empty topic, which no update has.
        if text.is_empty() && match_type != MatchType::Topic {
            return;
        }
        self.totals.add(match_type, &text);
        if self.totals.check().is_err() {
            self.over.get_or_insert(name);
        } else if self.count <= self.limit() {
            self.selectors.push(Parameter { match_type, name, text });
        }
    }

    /// The subscriptions, in the order of the request.
    pub(crate) fn compile(
        mut self,
        urls: &dyn UrlParser,
    ) -> Result<Vec<Subscription>, InvalidSubscribeRequest> {
        let (dialect, count, limit) = (self.dialect, self.count, self.limit());
        if count == 0 {
            return Err(InvalidSubscribeRequest::Missing(dialect));
        }
        if count > limit {
            return Err(InvalidSubscribeRequest::TooMany { count, limit, dialect });
        }
        let over = |name: &str| {
            let parameter = name.to_owned();
            move |over| InvalidSubscribeRequest::OverTotal { over, parameter }
        };
        self.totals.check().map_err(over(self.over.as_deref().unwrap_or_default()))?;
        let compile = |Parameter { match_type, name, text }: Parameter<'_>| {
            let subscription = match match_type {
                MatchType::Topic => Subscription::topic(&text)?,
                MatchType::Exact => Subscription::exact(&text).map_err(matcher(&name))?,
                MatchType::UrlPattern => {
                    Subscription::url_pattern(&text, urls).map_err(matcher(&name))?
                }
            };
            self.totals.compiled(subscription.selector()).map_err(over(&name))?;
            Ok(subscription)
        };
        self.selectors.into_iter().map(compile).collect()
    }
}

fn matcher(name: &str) -> impl Fn(InvalidMatcher) -> InvalidSubscribeRequest {
    let parameter = name.to_owned();
    move |invalid| InvalidSubscribeRequest::Matcher { parameter: parameter.clone(), invalid }
}
