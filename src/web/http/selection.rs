//! What a link's client asked for and was granted, as texts, from which a later life of the hub reads the
//! same subscription.

use crate::{
    base::dialect::Dialect,
    door::{
        addressed::Addressed,
        granted::{Granted, Holder},
    },
    hub::{subscribe_parts::SubscribeParts, subscribe_request::SubscribeRequest},
    settings::config::Config,
    tokens::{access::Access, bearer::Carrier},
    web::host::{host_url_parser::HostUrlParser, selection::SelectionTexts},
};

/// The texts of a request, as it addresses the hub. They hold no token, and nothing that tells two clients
/// apart who ask for the same by the same right.
pub(crate) fn write(
    addressed: &Addressed,
    parts: SubscribeParts<'_>,
    granted: &Granted,
) -> SelectionTexts {
    let dialect = match parts.dialect() {
        Dialect::V0 => "\n0",
        Dialect::V1 => "\n1",
    };
    let request = [&*addressed.url, dialect, &parts.selection()].concat();
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
    let parts = match asked.split_at_checked(1)? {
        ("0", query) => SubscribeParts::of_query(query),
        (_, form) => SubscribeParts { form: Some(form.as_bytes()), ..SubscribeParts::default() },
    };
    let urls = HostUrlParser::of_request_to(config, &Addressed::of(url, None));
    let request = SubscribeRequest::parse(parts, &urls).ok()?;
    let access = match texts.granted.parse().ok()? {
        Granted::Subscribe(Holder::Bearer(bearer)) => bearer.access(&urls).ok()?,
        _ => Access::default(),
    };
    Some((request, access))
}
