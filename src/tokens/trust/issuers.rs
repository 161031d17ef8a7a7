//! The variable `ISSUERS`: issuers of access tokens of 1.0, each with keys of its own.
//!
//! ```json
//! [{"issuer": "https://as.example", "authorization_server": true,
//!   "publisher": {"jwks_uri": "https://as.example/jwks", "algorithms": ["ES256"]},
//!   "subscriber": {"key": "a secret, PEM or a JWK", "algorithms": ["HS256"]}}]
//! ```

use super::{
    invalid::InvalidTrustReason,
    issuer::{Issuer, Verifiers},
    names::ISSUERS,
};
use crate::{
    base::json::{self, Json, Unexpected},
    tokens::verifier::Verifier,
};

const LIST: &str = r#"a JSON list such as [{"issuer":"https://as.example","publisher":{"jwks_uri":"https://as.example/jwks"}}]"#;
const ISSUER: &str = "an object of issuer (a text), publisher or subscriber (keys) or both, and perhaps authorization_server (true or false)";
const KEYS: &str = "an object of key (a text), jwks (a JWK Set) or jwks_uri (a URL), and perhaps algorithms (a list of texts)";

/// Reads the list.
pub(super) fn parse(list: &str) -> Result<Vec<Issuer>, InvalidTrustReason> {
    let Ok(Json::List(list)) = json::parse(list) else {
        return Err(InvalidTrustReason::Form(LIST));
    };
    let issuers = list.iter().zip(1_u32..).map(|(form, number)| {
        let id = form.text("issuer").ok().flatten().filter(|id| !id.is_empty());
        let place = id.map_or_else(|| format!("issuer {number}"), |id| format!("issuer {id:?}"));
        let issuer = id.zip(members(form)).ok_or(InvalidTrustReason::Form(ISSUER));
        let (id, is_authorization_server) = issuer.map_err(|reason| listed(&place, reason))?;
        let verifier = |role| {
            let keys = form.get(role).map(verifier).transpose();
            keys.map_err(|reason| listed(&format!("{role} of {place}"), reason))
        };
        let verifiers =
            Verifiers { publisher: verifier("publisher")?, subscriber: verifier("subscriber")? };
        Ok(Issuer { id: id.to_owned(), variable: ISSUERS, is_authorization_server, verifiers })
    });
    issuers.collect()
}

/// Whether an issuer is an authorization server. `None` if its members are not those of an issuer.
fn members(form: &Json<'_>) -> Option<bool> {
    let has_keys = form.get("publisher").or(form.get("subscriber")).is_some();
    let known = ["issuer", "authorization_server", "publisher", "subscriber"];
    match form.get("authorization_server") {
        _ if !has_keys || !form.has_only(&known) => None,
        None => Some(false),
        Some(Json::Boolean(is_one)) => Some(*is_one),
        Some(_) => None,
    }
}

/// The keys of a role.
fn verifier(form: &Json<'_>) -> Result<Verifier, InvalidTrustReason> {
    if !form.has_only(&["key", "jwks", "jwks_uri", "algorithms"]) {
        return Err(InvalidTrustReason::Form(KEYS));
    }
    let algorithms = form.texts("algorithms")?.unwrap_or_default().join(" ");
    match (form.text("key")?, form.get("jwks"), form.text("jwks_uri")?) {
        (Some(key), None, None) => Ok(Verifier::fixed(key, &algorithms)?),
        (None, Some(jwks), None) => Ok(Verifier::inline(jwks, &algorithms)?),
        (None, None, Some(url)) => Ok(Verifier::remote(url, &algorithms)?),
        (None, None, None) => Err(InvalidTrustReason::Form(KEYS)),
        _ => Err(InvalidTrustReason::TwoKinds),
    }
}

/// A member of a role's keys is of another kind.
impl From<Unexpected> for InvalidTrustReason {
    fn from(_: Unexpected) -> Self {
        Self::Form(KEYS)
    }
}

fn listed(place: &str, reason: InvalidTrustReason) -> InvalidTrustReason {
    InvalidTrustReason::Listed { place: place.to_owned(), reason: Box::new(reason) }
}
