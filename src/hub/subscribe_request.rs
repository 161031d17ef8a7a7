//! What a subscriber asks for: draft-dunglas-mercure-07 § 3 and § 6.

use std::borrow::Cow;

use thiserror::Error;

use crate::{
    base::{
        dialect::Dialect,
        form::{self, NotUtf8},
        limits::{MAX_ID_BYTES, MAX_MATCHERS, MAX_SELECTORS},
    },
    event_stream::event_id::{EventId, InvalidEventId},
    log::cache_control::CacheControl,
    tokens::selector_totals::{OverTotal, SelectorTotals},
    topics::{
        subscription::{MatchType, Subscription},
        topic::InvalidTopic,
        topic_selector::InvalidMatcher,
        url_parser::UrlParser,
    },
};

/// The topics that are asked for and where to begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscribeRequest {
    dialect: Dialect,
    subscriptions: Vec<Subscription>,
    last_event_id: Option<LastEventId>,
    is_returning: bool,
    cache_control: CacheControl,
}

/// After which update the stream begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LastEventId {
    /// There is one, but it is empty: the stream is live, and the answer says from where.
    Empty,
    /// `earliest`: with the oldest that is held.
    Earliest,
    /// After the update of this id.
    After(EventId),
}

/// Which part of the request is wrong, and why.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidSubscribeRequest {
    /// Nothing is asked for.
    #[error("{}", missing(*.0))]
    Missing(Dialect),
    /// There is more than [`MAX_SELECTORS`] in 0.x or [`MAX_MATCHERS`] in 1.0.
    #[error("too much is asked for: {count} topics, the limit is {limit}")]
    TooMany {
        /// How many subscriptions there are.
        count: usize,
        /// How many there may be.
        limit: usize,
        /// The dialect.
        dialect: Dialect,
    },
    /// The selectors are too much together.
    #[error("too much is asked for: {over}")]
    OverTotal {
        /// What they take.
        over: OverTotal,
        /// The parameter that is over the total.
        parameter: String,
    },
    /// A parameter of 0.x stands beside one of 1.0.
    #[error("the \"topic\" parameter does not go with \"match\" parameters or the method QUERY")]
    TwoDialects,
    /// The parameter begins with `match` and is not one of 1.0.
    #[error("the parameter {0:?} is not one of match, match_exact and match_urlpattern")]
    UnknownMatcher(String),
    /// A matcher is wrong.
    #[error("Invalid {parameter:?} parameter: {invalid}")]
    Matcher {
        /// The parameter.
        parameter: String,
        /// What is wrong with it.
        invalid: InvalidMatcher,
    },
    /// A `topic` is not a topic selector.
    #[error("Invalid \"topic\" parameter: {0}")]
    Topic(#[from] InvalidTopic),
    /// The last event ID is longer than [`MAX_ID_BYTES`].
    #[error("Invalid last event ID: it has {0} bytes, the limit is {MAX_ID_BYTES}")]
    LastEventIdTooLong(usize),
    /// The last event ID holds what no id holds.
    #[error("Invalid last event ID: {0}")]
    LastEventId(#[from] InvalidEventId),
    /// The last event ID holds a control character, which no id of this hub does.
    #[error("Invalid last event ID: it holds the control character {0:?}")]
    LastEventIdControl(char),
    /// The query is not UTF-8.
    #[error("Invalid query: {0}")]
    NotUtf8(#[from] NotUtf8),
}

impl InvalidSubscribeRequest {
    /// The parameter or header that is wrong.
    #[must_use]
    pub fn field(&self) -> &str {
        match self {
            Self::Missing(dialect) | Self::TooMany { dialect, .. } => match dialect {
                Dialect::V0 => "topic",
                Dialect::V1 => "match",
            },
            Self::TwoDialects | Self::Topic(_) => "topic",
            Self::UnknownMatcher(parameter)
            | Self::Matcher { parameter, .. }
            | Self::OverTotal { parameter, .. } => parameter,
            Self::LastEventIdTooLong(_) | Self::LastEventId(_) | Self::LastEventIdControl(_) => {
                "Last-Event-ID"
            }
            Self::NotUtf8(not_utf8) => &not_utf8.field,
        }
    }
}

impl SubscribeRequest {
    /// Reads the query of the URL, the form of a QUERY request, which belongs to 1.0, and the
    /// `Last-Event-ID` header. The header wins over the query's `lastEventId` and
    /// `evs_last_event_id`, which polyfills without headers put there when they come back; those win
    /// over `lastEventID` or `last_event_id`, which win over the form's, and those over
    /// `Last-Event-ID`, the query's in version 7 of the draft; an empty one wins over nothing.
    ///
    /// A parameter whose name begins with `match` makes the request one of 1.0; `urls` resolves its
    /// URL patterns. An empty matcher is that of the empty topic, which no update has: nothing is
    /// selected by it. Other parameters are not looked at.
    ///
    /// ```
    /// use millstream::{Dialect, SubscribeRequest};
    ///
    /// let request = SubscribeRequest::parse("topic=books&topic=authors", None, None, &())?;
    /// assert_eq!((request.subscriptions().len(), request.dialect()), (2, Dialect::V0));
    /// let request = SubscribeRequest::parse("match=books", None, Some("urn:example:1"), &())?;
    /// assert_eq!(request.dialect(), Dialect::V1);
    /// # Ok::<(), millstream::InvalidSubscribeRequest>(())
    /// ```
    ///
    /// # Errors
    /// The first part that is wrong.
    pub fn parse(
        query: &str,
        form: Option<&[u8]>,
        header: Option<&str>,
        urls: &dyn UrlParser,
    ) -> Result<Self, InvalidSubscribeRequest> {
        let dialect = Self::dialect_of(query, form.is_some());
        let mut asked = Asked::new(dialect);
        let (mut of_polyfill, mut from_query, mut of_version_7) = (None, None, None);
        let of = |form| form::pairs_of(form, is_parameter);
        for pair in of(query.as_bytes()).chain(of(form.unwrap_or_default())) {
            let (name, value) = pair?;
            match (&*name, dialect) {
                ("topic", Dialect::V0) => asked.add(MatchType::Topic, name, value),
                ("topic", Dialect::V1) => return Err(InvalidSubscribeRequest::TwoDialects),
                ("match" | "match_exact", _) => asked.add(MatchType::Exact, name, value),
                ("match_urlpattern", _) => asked.add(MatchType::UrlPattern, name, value),
                ("lastEventId" | "evs_last_event_id", _) => keep(&mut of_polyfill, value),
                ("lastEventID" | "last_event_id", _) => keep(&mut from_query, value),
                ("Last-Event-ID", Dialect::V0) => keep(&mut of_version_7, value),
                _ if is_matcher(&name) => {
                    return Err(InvalidSubscribeRequest::UnknownMatcher(name.into_owned()));
                }
                // That of version 7, which 1.0 does not know.
                _ => {}
            }
        }
        let of_client = [header, of_polyfill.as_deref()];
        let is_returning = of_client.into_iter().flatten().any(|id| !id.is_empty());
        let of_url = [from_query.as_deref(), of_version_7.as_deref()];
        let mut named = of_client.into_iter().chain(of_url).flatten();
        let first = named.clone().find(|id| !id.is_empty()).or_else(|| named.next());
        let last_event_id = first.map(parse_last_event_id).transpose()?;
        let subscriptions = asked.compile(urls)?;
        let cache_control = CacheControl::default();
        Ok(Self { dialect, subscriptions, last_event_id, is_returning, cache_control })
    }

    /// The dialect of a request with this query, which may be known before all else of it.
    #[must_use]
    pub fn dialect_of(query: &str, has_form: bool) -> Dialect {
        let names_matcher = form::pairs_of(query.as_bytes(), is_matcher).next().is_some();
        if has_form || names_matcher { Dialect::V1 } else { Dialect::V0 }
    }

    /// A request for what these subscriptions select, live from now on.
    #[must_use]
    pub fn live(dialect: Dialect, subscriptions: Vec<Subscription>) -> Self {
        let (last_event_id, is_returning) = (None, false);
        let cache_control = CacheControl::default();
        Self { dialect, subscriptions, last_event_id, is_returning, cache_control }
    }

    /// The same request of a client that has said this about caches: by default that decides whether it
    /// is told by an event where its stream begins ([`PlaceEvents`](crate::log::place::PlaceEvents)).
    #[must_use]
    pub fn with_cache_control(self, cache_control: CacheControl) -> Self {
        Self { cache_control, ..self }
    }

    /// The same request, begun after the update of this id, or with the oldest one held.
    #[must_use]
    pub fn after(self, last_event_id: LastEventId) -> Self {
        Self { last_event_id: Some(last_event_id), ..self }
    }

    /// The same request of a client that was given its last event ID by an earlier stream.
    #[must_use]
    pub fn returning(self) -> Self {
        Self { is_returning: true, ..self }
    }

    /// The dialect that it is in.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// What is asked for.
    #[must_use]
    pub fn subscriptions(&self) -> &[Subscription] {
        &self.subscriptions
    }

    /// Where to begin; `None` for live from now on.
    #[must_use]
    pub fn last_event_id(&self) -> Option<&LastEventId> {
        self.last_event_id.as_ref()
    }

    /// What the client has said about caches.
    #[must_use]
    pub fn cache_control(&self) -> CacheControl {
        self.cache_control
    }

    /// Whether the client has set the last event ID by itself, in the header or as polyfills do: it
    /// sends what an earlier stream has told it.
    #[must_use]
    pub fn is_returning(&self) -> bool {
        self.is_returning
    }
}

/// What a request asks for, as it stands there. Once it is too much nothing more of it is kept, and
/// nothing of it is compiled.
struct Asked<'a> {
    dialect: Dialect,
    selectors: Vec<(MatchType, Cow<'a, str>, Cow<'a, str>)>,
    count: usize,
    totals: SelectorTotals,
    /// The first parameter that was too much together with those before it.
    over: Option<Cow<'a, str>>,
}

impl<'a> Asked<'a> {
    fn new(dialect: Dialect) -> Self {
        let totals = SelectorTotals::default();
        Self { dialect, selectors: Vec::new(), count: 0, totals, over: None }
    }

    fn limit(&self) -> usize {
        match self.dialect {
            Dialect::V0 => MAX_SELECTORS,
            Dialect::V1 => MAX_MATCHERS,
        }
    }

    fn add(&mut self, match_type: MatchType, name: Cow<'a, str>, text: Cow<'a, str>) {
        self.count += 1;
        // The empty topic, which no update has.
        if text.is_empty() && match_type != MatchType::Topic {
            return;
        }
        self.totals.add(match_type, &text);
        if self.totals.check().is_err() {
            self.over.get_or_insert(name);
        } else if self.count <= self.limit() {
            self.selectors.push((match_type, name, text));
        }
    }

    fn compile(
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
        let compile = |(match_type, name, text): (MatchType, Cow<'_, str>, Cow<'_, str>)| {
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

fn is_parameter(name: &str) -> bool {
    matches!(
        name,
        "topic"
            | "lastEventID"
            | "last_event_id"
            | "lastEventId"
            | "evs_last_event_id"
            | "Last-Event-ID"
    ) || is_matcher(name)
}

/// draft-dunglas-mercure-08, "subscription": such names are the protocol's, known or not.
fn is_matcher(name: &str) -> bool {
    name.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("match"))
}

/// Keeps the first value that is not empty, or else that there is one.
fn keep<'a>(kept: &mut Option<Cow<'a, str>>, value: Cow<'a, str>) {
    if kept.as_ref().is_none_or(|kept| kept.is_empty()) {
        *kept = Some(value);
    }
}

fn matcher(name: &str) -> impl Fn(InvalidMatcher) -> InvalidSubscribeRequest {
    let parameter = name.to_owned();
    move |invalid| InvalidSubscribeRequest::Matcher { parameter: parameter.clone(), invalid }
}

fn missing(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::V0 => {
            "Missing \"topic\" parameter: name at least one topic, or \"*\" for all (or, in 1.0, \
             \"match\")"
        }
        Dialect::V1 => "missing \"match\" subscription parameter",
    }
}

/// Reads a last event ID, from wherever it came.
fn parse_last_event_id(text: &str) -> Result<LastEventId, InvalidSubscribeRequest> {
    if text.len() > MAX_ID_BYTES {
        return Err(InvalidSubscribeRequest::LastEventIdTooLong(text.len()));
    }
    if let Some(control) = text.chars().find(char::is_ascii_control) {
        return Err(InvalidSubscribeRequest::LastEventIdControl(control));
    }
    Ok(match text {
        "" => LastEventId::Empty,
        "earliest" => LastEventId::Earliest,
        _ => LastEventId::After(text.parse()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topics::subscription::MatchType;

    fn after(id: &str) -> LastEventId {
        LastEventId::After(id.parse().unwrap())
    }

    #[track_caller]
    fn begins(query: &str, header: Option<&str>, expected: Option<&LastEventId>) {
        let request = SubscribeRequest::parse(query, None, header, &()).unwrap();
        assert_eq!(request.last_event_id(), expected);
    }

    #[track_caller]
    fn refused(query: &str, header: Option<&str>, field: &str) {
        assert_eq!(SubscribeRequest::parse(query, None, header, &()).unwrap_err().field(), field);
    }

    #[test]
    fn selectors_keep_their_order() {
        let request =
            SubscribeRequest::parse("topic=b&x=y&topic=*&topic=a", None, None, &()).unwrap();
        let selectors: Vec<_> = request.subscriptions().iter().map(Subscription::as_str).collect();
        assert_eq!(selectors, ["b", "*", "a"]);
    }

    #[test]
    fn without_a_last_event_id_the_stream_is_live() {
        begins("topic=a", None, None);
    }

    #[test]
    fn an_empty_last_event_id_is_seen_but_wins_over_nothing() {
        begins("topic=a&lastEventID=", None, Some(&LastEventId::Empty));
        begins("topic=a", Some(""), Some(&LastEventId::Empty));
        begins("topic=a&lastEventID=x", Some(""), Some(&after("x")));
        begins("topic=a&lastEventID=&Last-Event-ID=old", None, Some(&after("old")));
        begins("topic=a&lastEventID=&last_event_id=x&lastEventID=y", None, Some(&after("x")));
        begins("match=a&last_event_id=&lastEventID=", None, Some(&LastEventId::Empty));
    }

    #[test]
    fn who_names_its_last_event_id_in_the_header_comes_back() {
        let is_returning = |query, header| {
            SubscribeRequest::parse(query, None, header, &()).unwrap().is_returning()
        };
        assert!(is_returning("topic=a", Some("x")));
        assert!(!is_returning("topic=a&lastEventID=x", None));
        assert!(!is_returning("topic=a&lastEventID=x", Some("")));
        assert!(is_returning("topic=a&lastEventID=x&lastEventId=y", None));
        assert!(!is_returning("topic=a&lastEventId=", None));
    }

    #[test]
    fn every_spelling_in_the_query_is_read() {
        for name in
            ["lastEventID", "last_event_id", "lastEventId", "evs_last_event_id", "Last-Event-ID"]
        {
            begins(&format!("topic=a&{name}=x"), None, Some(&after("x")));
        }
    }

    #[test]
    fn of_the_query_that_of_version_7_comes_last_and_is_of_0_x_alone() {
        begins("topic=a&Last-Event-ID=old&lastEventID=new", None, Some(&after("new")));
        begins("match=a&Last-Event-ID=old", None, None);
    }

    #[test]
    fn what_a_polyfill_adds_when_it_comes_back_wins_over_where_the_application_began() {
        begins("topic=a&lastEventID=earliest&lastEventId=9", None, Some(&after("9")));
        begins("match=a&last_event_id=1&evs_last_event_id=9", None, Some(&after("9")));
        begins("topic=a&lastEventId=query", Some("header"), Some(&after("header")));
    }

    #[test]
    fn a_matcher_without_a_value_is_that_of_the_empty_topic() {
        for query in ["match=", "match", "match_exact=", "match_urlpattern=", "match=&match"] {
            let request = SubscribeRequest::parse(query, None, None, &()).unwrap();
            assert_eq!((request.subscriptions(), request.dialect()), (&[][..], Dialect::V1));
        }
        let request = SubscribeRequest::parse("match=&match=a", None, None, &()).unwrap();
        assert_eq!(request.subscriptions().len(), 1);
        assert!(SubscribeRequest::parse("", Some(b"match="), None, &()).is_ok());
    }

    #[test]
    fn what_is_not_ours_need_not_be_utf_8() {
        begins("utm=%ff&topic=a&%ff=x", None, None);
        begins("match=a&utm=%ff", None, None);
        for query in ["topic=%ff", "match=%ff", "match_%ff=a", "topic=a&lastEventId=%ff"] {
            let refused = SubscribeRequest::parse(query, None, None, &());
            assert!(matches!(refused, Err(InvalidSubscribeRequest::NotUtf8(_))), "{query}");
        }
    }

    #[test]
    fn the_header_wins_over_the_query() {
        begins("topic=a&lastEventID=query", Some("header"), Some(&after("header")));
    }

    #[test]
    fn earliest_asks_for_everything() {
        begins("topic=a", Some("earliest"), Some(&LastEventId::Earliest));
    }

    #[test]
    fn a_request_without_a_topic_is_refused() {
        refused("", None, "topic");
        refused("topic=", None, "topic");
    }

    #[test]
    fn more_selectors_than_allowed_are_refused() {
        refused(&"topic=a&".repeat(MAX_SELECTORS + 1), None, "topic");
        let most = "topic=a&".repeat(MAX_SELECTORS);
        assert!(SubscribeRequest::parse(&most, None, None, &()).is_ok());
        refused(&"match=a&".repeat(MAX_MATCHERS + 1), None, "match");
    }

    #[test]
    fn selectors_that_are_too_much_together_are_refused_before_one_is_compiled() {
        let long = format!("topic={}&", "x".repeat(4_000));
        refused(&long.repeat(33), None, "topic");
        assert!(SubscribeRequest::parse(&long.repeat(32), None, None, &()).is_ok());
        let variables = format!("topic={}", "{a}".repeat(1_025));
        refused(&variables, None, "topic");
        // No pattern is one for this parser: it is not asked.
        let pattern = format!("match_urlpattern={}", ":a".repeat(600));
        refused(&pattern, None, "match_urlpattern");
        let form = format!("{pattern}&{pattern}");
        let over = SubscribeRequest::parse("match=x", Some(form.as_bytes()), None, &());
        let parameter = "match_urlpattern".to_owned();
        let expected =
            InvalidSubscribeRequest::OverTotal { over: OverTotal::Places(1_200), parameter };
        assert_eq!(over, Err(expected));
    }

    #[test]
    fn a_bad_last_event_id_is_refused_wherever_it_stands() {
        refused("topic=a", Some(&"x".repeat(MAX_ID_BYTES + 1)), "Last-Event-ID");
        refused("topic=a&lastEventID=a%0Ab", None, "Last-Event-ID");
        refused("topic=a&last_event_id=a%00b", None, "Last-Event-ID");
        refused("topic=a", Some("a\tb"), "Last-Event-ID");
    }

    #[test]
    fn a_match_parameter_makes_it_a_request_of_1_0() {
        for (query, match_type) in [
            ("match=a{b}", MatchType::Exact),
            ("match_exact=a{b}", MatchType::Exact),
            ("x=y&m%61tch=a{b}", MatchType::Exact),
            ("topic=a{b}", MatchType::Topic),
        ] {
            let request = SubscribeRequest::parse(query, None, None, &()).unwrap();
            let subscription = request.subscriptions().first().unwrap();
            assert_eq!((subscription.as_str(), subscription.match_type()), ("a{b}", match_type));
            assert_eq!(request.dialect(), match_type.dialect());
        }
    }

    #[test]
    fn a_parameter_that_begins_with_match_has_to_be_known() {
        for name in ["MATCH", "Match", "matchurlpattern", "match_exactly", "matchRegexp"] {
            refused(&format!("match=a&{name}=a"), None, name);
            refused(&format!("topic=a&{name}=a"), None, "topic");
        }
    }

    #[test]
    fn the_dialects_do_not_mix() {
        refused("match=a&topic=b", None, "topic");
        let query = SubscribeRequest::parse("", Some(b"topic=a"), None, &());
        assert_eq!(query, Err(InvalidSubscribeRequest::TwoDialects));
    }

    #[test]
    fn a_form_is_added_to_the_query_which_wins() {
        let form = Some(&b"match=b&last_event_id=form"[..]);
        let request = SubscribeRequest::parse("match=a&last_event_id=query", form, None, &());
        let request = request.unwrap();
        assert_eq!(request.subscriptions().len(), 2);
        assert_eq!(request.last_event_id(), Some(&after("query")));
        let empty = SubscribeRequest::parse("", Some(b""), None, &());
        assert_eq!(empty, Err(InvalidSubscribeRequest::Missing(Dialect::V1)));
    }

    #[test]
    fn what_1_0_forbids_in_a_matcher_is_refused() {
        for value in ["a%00b", "a%0Ab", "a%7F", "a%C2%85", "%FF", "a%E2%80%AEb"] {
            refused(&format!("match={value}"), None, "match");
        }
        refused(&format!("match_exact={}", "x".repeat(4_097)), None, "match_exact");
        refused("match_urlpattern={unclosed", None, "match_urlpattern");
    }
}
