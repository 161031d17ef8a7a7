//! Whose tokens are trusted, and by which dialect's rules each is read.

use thiserror::Error;

use crate::{
    access_token,
    bearer::Carrier,
    claims,
    dialect::Dialect,
    grants::Grants,
    invalid_token::InvalidToken,
    json::{self, Json, Unexpected},
    jws::Jws,
    key::Weakness,
    timestamp::Timestamp,
    verifier::{InvalidVerifier, Role, Verifier},
};

/// The variables about the keys of one role.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RoleNames {
    pub(crate) key: &'static str,
    pub(crate) algorithms: &'static str,
    pub(crate) url: &'static str,
}

/// The variables about publishers' keys.
pub(crate) const PUBLISHER: RoleNames = RoleNames {
    key: "MERCURE_PUBLISHER_JWT_KEY",
    algorithms: "MERCURE_PUBLISHER_JWT_ALG",
    url: "MERCURE_PUBLISHER_JWKS_URL",
};

/// The variables about subscribers' keys.
pub(crate) const SUBSCRIBER: RoleNames = RoleNames {
    key: "MERCURE_SUBSCRIBER_JWT_KEY",
    algorithms: "MERCURE_SUBSCRIBER_JWT_ALG",
    url: "MERCURE_SUBSCRIBER_JWKS_URL",
};

/// The variables about keys as they are set; empty where one is not.
#[derive(Clone, Default)]
pub(crate) struct KeyVariables {
    pub(crate) publisher: RoleVariables,
    pub(crate) subscriber: RoleVariables,
    pub(crate) trusted_issuer: String,
    pub(crate) issuers: String,
    pub(crate) is_development: bool,
}

/// Those of one role.
#[derive(Clone, Default)]
pub(crate) struct RoleVariables {
    pub(crate) key: String,
    pub(crate) algorithms: String,
    pub(crate) url: String,
}

/// Whether secrets are taken that could be guessed, or that everybody knows: `true` or `false`.
pub(crate) const DEVELOPMENT: &str = "DEVELOPMENT";

/// The `iss` of the access tokens that the keys of the other variables verify: one issuer, in
/// spite of its name, since a key belongs to one.
pub(crate) const TRUSTED_ISSUERS: &str = "MERCURE_TRUSTED_ISSUERS";

/// More issuers, each with keys of its own: a JSON list.
///
/// ```json
/// [{"issuer": "https://as.example", "authorization_server": true,
///   "publisher": {"jwks_uri": "https://as.example/jwks", "algorithms": ["ES256"]},
///   "subscriber": {"key": "a secret, PEM or a JWK", "algorithms": ["HS256"]}}]
/// ```
pub(crate) const ISSUERS: &str = "ISSUERS";

/// The keys of the hub.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// For tokens of 0.x, whoever issues them.
    legacy: Verifiers,
    /// For access tokens of 1.0.
    issuers: Vec<Issuer>,
    /// Whether secrets are taken that are weak, and which those are.
    is_development: bool,
    pub(crate) weak: Vec<InvalidTrust>,
}

/// One who issues access tokens. Keys are never used for another: draft-dunglas-mercure-08,
/// authorization.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Issuer {
    id: String,
    /// Where it is set.
    variable: &'static str,
    is_authorization_server: bool,
    verifiers: Verifiers,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Verifiers {
    publisher: Option<Verifier>,
    subscriber: Option<Verifier>,
}

/// A variable is wrong. What it holds is not shown, since it may be a secret.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the configuration variable {variable}{} is wrong: {reason}", of_hub(.hub.as_deref()))]
pub struct InvalidTrust {
    /// Its name.
    pub variable: &'static str,
    /// The hub that it is set for in the variable `HUBS`, if it is set for one.
    pub hub: Option<String>,
    /// What is wrong with it.
    pub reason: InvalidTrustReason,
}

/// What is wrong with a variable.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidTrustReason {
    /// The keys or algorithms.
    #[error(transparent)]
    Verifier(#[from] InvalidVerifier),
    /// There is a key and a URL for the same role.
    #[error("there is a key and a URL of keys for the same role")]
    TwoKinds,
    /// There is an algorithm, or an issuer, and no key.
    #[error("there is no key that it is for: set a key, or the URL of a key set, of the same role")]
    NoKey,
    /// There is more than one issuer for the same keys.
    #[error("it is one issuer; more, with keys of their own, are set by {ISSUERS}")]
    OneIssuer,
    /// It is not of the documented form.
    #[error("it is not a list of issuers with keys")]
    Form,
    /// An issuer stands twice.
    #[error("the issuer {0:?} stands twice")]
    Twice(String),
    /// Nothing says for which hub access tokens are meant.
    #[error(
        "an access token names the hub that it is for, so RESOURCE_IDENTIFIER has to be set to the \
         hub's URL, or PUBLIC_ORIGINS to its origin, which is no wildcard"
    )]
    NoAudience,
    /// A secret protects little.
    #[error("the secret{} {weakness}", of_issuer(.issuer.as_deref()))]
    Weak {
        /// The issuer whose secret it is, if it has one of its own.
        issuer: Option<String>,
        /// Why it does.
        weakness: Weakness,
    },
}

/// How a token is to be verified and read.
#[derive(Clone, Copy, Debug)]
pub struct Choice<'trust> {
    /// What verifies its signature.
    pub verifier: &'trust Verifier,
    /// The issuer, for an access token of 1.0.
    issuer: Option<&'trust Issuer>,
}

impl Trust {
    /// Those whom the variables name. Without any, no token is trusted.
    ///
    /// # Errors
    /// The first variable that is wrong, a secret that is weak among them unless this is development.
    pub(crate) fn of(variables: &KeyVariables) -> Result<Self, InvalidTrust> {
        let legacy = Verifiers {
            publisher: verifier(PUBLISHER, &variables.publisher)?,
            subscriber: verifier(SUBSCRIBER, &variables.subscriber)?,
        };
        let is_development = variables.is_development;
        let mut trust = Self { legacy, is_development, ..Self::default() };
        let of = |variable| move |reason| InvalidTrust::new(variable, reason);
        for (variable, role) in
            [(PUBLISHER.key, Role::Publisher), (SUBSCRIBER.key, Role::Subscriber)]
        {
            let weakness = trust.legacy.of(role).and_then(Verifier::weakness);
            trust.note(variable, None, weakness).map_err(of(variable))?;
        }
        trust.add_own(variables.trusted_issuer.trim()).map_err(of(TRUSTED_ISSUERS))?;
        trust.add_listed(variables.issuers.trim()).map_err(of(ISSUERS))?;
        Ok(trust)
    }

    /// The secrets that development alone allows, each as what is wrong with its variable.
    #[must_use]
    pub fn weak_secrets(&self) -> &[InvalidTrust] {
        &self.weak
    }

    /// Keeps in mind that a secret is weak, which only development takes.
    fn note(
        &mut self,
        variable: &'static str,
        issuer: Option<&str>,
        weakness: Option<Weakness>,
    ) -> Result<(), InvalidTrustReason> {
        let Some(weakness) = weakness else { return Ok(()) };
        let reason = InvalidTrustReason::Weak { issuer: issuer.map(str::to_owned), weakness };
        if !self.is_development {
            return Err(reason);
        }
        self.weak.push(InvalidTrust::new(variable, reason));
        Ok(())
    }

    fn add_own(&mut self, id: &str) -> Result<(), InvalidTrustReason> {
        if id.contains(char::is_whitespace) {
            return Err(InvalidTrustReason::OneIssuer);
        }
        if !id.is_empty() {
            let verifiers = self.legacy.clone();
            if verifiers == Verifiers::default() {
                return Err(InvalidTrustReason::NoKey);
            }
            let id = id.to_owned();
            let (variable, is_authorization_server) = (TRUSTED_ISSUERS, false);
            self.issuers.push(Issuer { id, variable, is_authorization_server, verifiers });
        }
        Ok(())
    }

    fn add_listed(&mut self, list: &str) -> Result<(), InvalidTrustReason> {
        if list.is_empty() {
            return Ok(());
        }
        let Ok(Json::List(list)) = json::parse(list) else { return Err(InvalidTrustReason::Form) };
        for form in &list {
            let id = form.text("issuer")?.unwrap_or_default().to_owned();
            if self.issuers.iter().any(|known| known.id == id) {
                return Err(InvalidTrustReason::Twice(id));
            }
            let verifiers = Verifiers {
                publisher: form.get("publisher").map(listed_verifier).transpose()?,
                subscriber: form.get("subscriber").map(listed_verifier).transpose()?,
            };
            let is_authorization_server = match form.get("authorization_server") {
                None => false,
                Some(Json::Boolean(is_one)) => *is_one,
                Some(_) => return Err(InvalidTrustReason::Form),
            };
            let known = ["issuer", "authorization_server", "publisher", "subscriber"];
            if id.is_empty() || verifiers == Verifiers::default() || !form.has_only(&known) {
                return Err(InvalidTrustReason::Form);
            }
            for verifier in [&verifiers.publisher, &verifiers.subscriber].into_iter().flatten() {
                self.note(ISSUERS, Some(&id), verifier.weakness())?;
            }
            self.issuers.push(Issuer { id, variable: ISSUERS, is_authorization_server, verifiers });
        }
        Ok(())
    }

    /// Holds the issuers against the URL by which the world knows the hub: without one, an access
    /// token would be meant for whichever host a request names.
    ///
    /// # Errors
    /// There are issuers, and no such URL.
    pub(crate) fn check_audience(&self, public_url: Option<&str>) -> Result<(), InvalidTrust> {
        match (public_url, self.issuers.first()) {
            (None, Some(issuer)) => {
                Err(InvalidTrust::new(issuer.variable, InvalidTrustReason::NoAudience))
            }
            _ => Ok(()),
        }
    }

    /// Whether there is anybody whose access tokens of 1.0 are trusted.
    #[must_use]
    pub fn trusts_an_issuer(&self) -> bool {
        !self.issuers.is_empty()
    }

    /// Whether no token is trusted for this role.
    #[must_use]
    pub fn is_without_key(&self, role: Role) -> bool {
        let all = self.issuers.iter().map(|issuer| &issuer.verifiers).chain([&self.legacy]);
        all.map(|verifiers| verifiers.of(role)).all(|verifier| verifier.is_none())
    }

    /// The issuers that are authorization servers: RFC 9728 § 2.
    pub fn authorization_servers(&self) -> impl Iterator<Item = &str> {
        let servers = self.issuers.iter().filter(|issuer| issuer.is_authorization_server);
        servers.map(|issuer| issuer.id.as_str())
    }

    /// The dialect in which a request with this token is refused, when it shows none by itself;
    /// `None` stands for a token that cannot be taken apart.
    #[must_use]
    pub fn dialect_of_refusal(&self, jws: Option<&Jws<'_>>, role: Role) -> Dialect {
        match jws {
            Some(jws) if self.legacy.of(role).is_some() => {
                Dialect::of_token(jws.header.typ.as_deref(), self.trusts_an_issuer())
            }
            _ => Dialect::of_hub(self.trusts_an_issuer()),
        }
    }

    /// Chooses the verifier of a token, by its `typ` and the issuer that it claims.
    ///
    /// # Errors
    /// Why there is none, or why it does not allow the token's algorithm.
    pub fn choose(&self, jws: &Jws<'_>, role: Role) -> Result<Choice<'_>, InvalidToken> {
        let typ = jws.header.typ.as_deref();
        let issuer = match Dialect::of_token(typ, self.trusts_an_issuer()) {
            Dialect::V0 => None,
            Dialect::V1 => {
                let claimed = access_token::issuer(&jws.payload).ok_or(InvalidToken::Issuer)?;
                let mut issuers = self.issuers.iter();
                Some(issuers.find(|issuer| issuer.id == claimed).ok_or(InvalidToken::Issuer)?)
            }
        };
        let verifiers = issuer.map_or(&self.legacy, |issuer| &issuer.verifiers);
        let verifier = verifiers.of(role).ok_or(InvalidToken::NoVerifier)?;
        verifier.allows(&jws.header)?;
        Ok(Choice { verifier, issuer })
    }
}

impl Verifiers {
    fn of(&self, role: Role) -> Option<&Verifier> {
        match role {
            Role::Publisher => self.publisher.as_ref(),
            Role::Subscriber => self.subscriber.as_ref(),
        }
    }
}

impl InvalidTrust {
    fn new(variable: &'static str, reason: InvalidTrustReason) -> Self {
        Self { variable, hub: None, reason }
    }
}

impl<'trust> Choice<'trust> {
    /// The trusted issuer of an access token of 1.0.
    #[must_use]
    pub fn issuer(&self) -> Option<&'trust str> {
        self.issuer.map(|issuer| issuer.id.as_str())
    }

    /// The dialect of the token.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        if self.issuer.is_some() { Dialect::V1 } else { Dialect::V0 }
    }

    /// Holds the way in which the token was presented against its dialect: an access token never
    /// comes in a URL, and a request that shows 1.0 by itself takes no other token.
    ///
    /// # Errors
    /// [`InvalidToken::InQuery`] or [`InvalidToken::NotAnAccessToken`].
    pub fn admits(&self, carrier: Carrier, request: Option<Dialect>) -> Result<(), InvalidToken> {
        match (self.dialect(), carrier, request) {
            (Dialect::V1, Carrier::Query, _) => Err(InvalidToken::InQuery),
            (Dialect::V0, _, Some(Dialect::V1)) => Err(InvalidToken::NotAnAccessToken),
            _ => Ok(()),
        }
    }

    /// What the token grants, once its signature is verified. `resource` is the hub's resource
    /// identifier, which an access token must be meant for.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn grants(
        &self,
        jws: &Jws<'_>,
        resource: &str,
        now: Timestamp,
    ) -> Result<Grants, InvalidToken> {
        match self.issuer {
            Some(issuer) => access_token::parse(&jws.payload, &issuer.id, resource, now),
            None => claims::parse(&jws.payload, now),
        }
    }
}

/// The verifier of a role, out of its three variables.
fn verifier(names: RoleNames, set: &RoleVariables) -> Result<Option<Verifier>, InvalidTrust> {
    let refused = |variable, reason| Err(InvalidTrust::new(variable, reason));
    let (made, variable) = match (set.key.is_empty(), set.url.trim()) {
        (true, "") if set.algorithms.trim().is_empty() => return Ok(None),
        (true, "") => return refused(names.algorithms, InvalidTrustReason::NoKey),
        (true, url) => (Verifier::remote(url, &set.algorithms), names.url),
        (false, "") => (Verifier::fixed(&set.key, &set.algorithms), names.key),
        (false, _) => return refused(names.url, InvalidTrustReason::TwoKinds),
    };
    made.map(Some).or_else(|invalid| {
        let variable = match invalid {
            InvalidVerifier::Keys(_) | InvalidVerifier::Url => variable,
            _ => names.algorithms,
        };
        refused(variable, invalid.into())
    })
}

fn listed_verifier(form: &Json<'_>) -> Result<Verifier, InvalidTrustReason> {
    if !form.has_only(&["key", "jwks", "jwks_uri", "algorithms"]) {
        return Err(InvalidTrustReason::Form);
    }
    let algorithms = form.texts("algorithms")?.unwrap_or_default().join(" ");
    match (form.text("key")?, form.get("jwks"), form.text("jwks_uri")?) {
        (Some(key), None, None) => Ok(Verifier::fixed(key, &algorithms)?),
        (None, Some(jwks), None) => Ok(Verifier::inline(jwks, &algorithms)?),
        (None, None, Some(url)) => Ok(Verifier::remote(url, &algorithms)?),
        (None, None, None) => Err(InvalidTrustReason::Form),
        _ => Err(InvalidTrustReason::TwoKinds),
    }
}

/// How a message names the hub that a variable is set for alone.
pub(crate) fn of_hub(hub: Option<&str>) -> String {
    hub.map_or_else(String::new, |hub| format!(" of the hub {hub}"))
}

fn of_issuer(issuer: Option<&str>) -> String {
    issuer.map_or_else(String::new, |issuer| format!(" of the issuer {issuer:?}"))
}

impl From<Unexpected> for InvalidTrustReason {
    fn from(_: Unexpected) -> Self {
        Self::Form
    }
}

#[cfg(test)]
mod tests;
