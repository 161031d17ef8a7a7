//! What a link's client asked for and was granted, as texts, from which a later life of the hub reads the
//! same subscription.

use crate::{
    base::dialect::Dialect,
    door::{
        addressed::Addressed,
        granted::{Granted, Holder},
    },
    hub::{subscribe_parts::SubscribeParts, subscribe_request::SubscribeRequest},
    log::cache_control::CacheControl,
    settings::config::Config,
    tokens::{access::Access, bearer::Carrier},
    web::host::{host_url_parser::HostUrlParser, selection::SelectionTexts},
};

/// What a client asks for.
pub(crate) struct Asked<'a> {
    /// The hub as it is addressed, and the query.
    pub(crate) addressed: &'a Addressed,
    /// The form of a QUERY.
    pub(crate) form: Option<&'a str>,
    /// Whether the client is told places and gaps may depend on it.
    pub(crate) cache_control: CacheControl,
}

/// The texts of a request. They hold no token, and nothing that tells two clients apart who ask for the same
/// by the same right.
pub(crate) fn write(asked: &Asked<'_>, granted: &Granted) -> SelectionTexts {
    let Asked { addressed, form, cache_control } = asked;
    let parts = SubscribeParts {
        query: &addressed.query,
        form: form.map(str::as_bytes),
        ..SubscribeParts::default()
    };
    let dialect = match parts.dialect() {
        Dialect::V0 => "\n0",
        Dialect::V1 => "\n1",
    };
    let said = match cache_control {
        CacheControl::Usual => "0",
        CacheControl::NoCache => "1",
    };
    let request = [&*addressed.url, dialect, said, &parts.selection()].concat();
    let mut granted = granted.clone();
    if let Granted::Subscribe(Holder::Bearer(bearer)) = &mut granted {
        bearer.grants.publish.clear();
        bearer.grants.has_publish_claim = false;
        bearer.grants.expires = None;
        bearer.key_space = None;
        bearer.carrier = Carrier::Header;
    }
    SelectionTexts { request, granted: granted.to_string() }
}

/// What was asked for and granted. `None` for texts that this version does not read.
pub(crate) fn read(texts: &SelectionTexts, config: &Config) -> Option<(SubscribeRequest, Access)> {
    let (url, asked) = texts.request.split_once('\n')?;
    let (head, selected) = asked.split_at_checked(2)?;
    let parts = if head.starts_with('0') {
        SubscribeParts::of_query(selected)
    } else {
        SubscribeParts { form: Some(selected.as_bytes()), ..SubscribeParts::default() }
    };
    let cache_control =
        if head.ends_with('0') { CacheControl::Usual } else { CacheControl::NoCache };
    let urls = HostUrlParser::of_request_to(config, &Addressed::of(url, None));
    let request = SubscribeRequest::parse(parts, &urls).ok()?.with_cache_control(cache_control);
    let access = match texts.granted.parse().ok()? {
        Granted::Subscribe(Holder::Bearer(bearer)) => bearer.access(&urls).ok()?,
        _ => Access::default(),
    };
    Some((request, access))
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;
    use crate::hub::{fields::Fields, hub_events::HubEvents};

    #[wasm_bindgen_test]
    fn what_was_asked_for_is_read_as_it_was() {
        let granted = Granted::Subscribe(Holder::Anonymous);
        let config = Config::default();
        for cache_control in [CacheControl::Usual, CacheControl::NoCache] {
            for (query, form, dialect) in [
                ("topic=a&fields=topic&hub_events=false", None, Dialect::V0),
                ("match=a&fields=topic&hub_events=false", None, Dialect::V1),
                ("fields=topic", Some("match=a&hub_events=false"), Dialect::V1),
            ] {
                let url = ["https://a.example/.well-known/mercure?", query].concat();
                let addressed = &Addressed::of(&url, None);
                let texts = write(&Asked { addressed, form, cache_control }, &granted);
                let (read, _) = read(&texts, &config).unwrap();
                assert_eq!(read.subscriptions().len(), 1);
                assert_eq!(read.dialect(), dialect);
                assert_eq!(read.cache_control(), cache_control);
                assert_eq!(read.fields(), Fields::WithTopics);
                assert_eq!(read.hub_events(), HubEvents::Hidden);
            }
        }
    }
}
