//! The keys that are trusted, and the dialect by whose rules a token is read.

use crate::{
    base::{
        dialect::{Dialect, Trusts},
        timestamp::Timestamp,
    },
    tokens::{
        access_token::{self, Expected},
        bearer::Carrier,
        claims,
        grants::Grants,
        invalid_token::InvalidToken,
        jws::Jws,
        key::{Key, Weakness},
        payload::Payload,
        publisher::Publisher,
        subscriber_name::SubscriberName,
        verifier::{Role, Verifier},
    },
};

mod invalid;
mod issuer;
mod issuers;
mod names;
mod variables;

pub use invalid::InvalidTrust;
pub(crate) use invalid::InvalidTrustReason;
pub(crate) use invalid::of_hub;
pub(crate) use names::{DEVELOPMENT, ISSUERS, PUBLISHER, SUBSCRIBER, TRUSTED_ISSUERS};
pub(crate) use variables::KeyVariables;

use issuer::{Issuer, Verifiers};

/// The keys of the hub.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Trust {
    /// For tokens of 0.x, of any issuer.
    legacy: Verifiers,
    /// For access tokens of 1.0.
    issuers: Vec<Issuer>,
    /// Whether weak secrets are taken.
    is_development: bool,
    /// The weak secrets that were taken, each as the defect of its variable.
    weak: Vec<InvalidTrust>,
}

/// A token, and the rules by which it is verified and read.
#[derive(Clone, Debug)]
pub(crate) struct Choice<'a> {
    /// The keys and algorithms that may have made its signature.
    pub verifier: &'a Verifier,
    /// The issuer, for an access token of 1.0.
    issuer: Option<&'a Issuer>,
    payload: Payload<'a>,
}

impl Trust {
    /// The keys that the variables name. Without any, no token is trusted.
    ///
    /// # Errors
    /// The first variable that is wrong. A weak secret is wrong too, except in development.
    pub(crate) fn of(variables: &KeyVariables) -> Result<Self, InvalidTrust> {
        let legacy = Verifiers {
            publisher: variables.publisher.verifier(PUBLISHER)?,
            subscriber: variables.subscriber.verifier(SUBSCRIBER)?,
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

    /// The secrets that development alone allows, each as the defect of its variable.
    #[must_use]
    pub(crate) fn weak_secrets(&self) -> &[InvalidTrust] {
        &self.weak
    }

    /// Names the hub in each weak secret whose variable is set for that hub alone.
    pub(crate) fn name_hub(&mut self, hub: &str, is_own: &dyn Fn(&'static str) -> bool) {
        for weak in &mut self.weak {
            weak.hub = is_own(weak.variable).then(|| hub.to_owned());
        }
    }

    /// Notes a weak secret, which only development takes.
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
        for issuer in issuers::parse(list)? {
            if self.issuers.iter().any(|known| known.id == issuer.id) {
                return Err(InvalidTrustReason::Twice(issuer.id));
            }
            let Verifiers { publisher, subscriber } = &issuer.verifiers;
            for verifier in [publisher, subscriber].into_iter().flatten() {
                self.note(ISSUERS, Some(&issuer.id), verifier.weakness())?;
            }
            self.issuers.push(issuer);
        }
        Ok(())
    }

    /// Checks that the hub has a public URL if it trusts an issuer. Without one, an access token would be
    /// for any host that a request names.
    ///
    /// # Errors
    /// There is an issuer, and no such URL.
    pub(crate) fn check_audience(&self, public_url: Option<&str>) -> Result<(), InvalidTrust> {
        match (public_url, self.issuers.first()) {
            (None, Some(issuer)) => {
                Err(InvalidTrust::new(issuer.variable, InvalidTrustReason::NoAudience))
            }
            _ => Ok(()),
        }
    }

    /// Whether an issuer of access tokens of 1.0 is trusted.
    #[must_use]
    pub(crate) fn trusts(&self) -> Trusts {
        if self.issuers.is_empty() { Trusts::NoIssuer } else { Trusts::AnIssuer }
    }

    /// Whether no token is trusted for this role.
    #[must_use]
    pub(crate) fn is_without_key(&self, role: Role) -> bool {
        let all = self.issuers.iter().map(|issuer| &issuer.verifiers).chain([&self.legacy]);
        all.map(|verifiers| verifiers.of(role)).all(|verifier| verifier.is_none())
    }

    /// The issuers that are authorization servers: RFC 9728 § 2.
    pub(crate) fn authorization_servers(&self) -> impl Iterator<Item = &str> {
        let servers = self.issuers.iter().filter(|issuer| issuer.is_authorization_server);
        servers.map(|issuer| issuer.id.as_str())
    }

    /// The dialect in which a request with this token is refused, when it shows none by itself. `None`
    /// stands for a token that cannot be taken apart.
    #[must_use]
    pub(crate) fn dialect_of_refusal(&self, jws: Option<&Jws<'_>>, role: Role) -> Dialect {
        match jws {
            Some(jws) if self.legacy.of(role).is_some() => {
                Dialect::of_token(jws.header.typ.as_deref(), self.trusts())
            }
            _ => Dialect::of_hub(self.trusts()),
        }
    }

    /// Chooses the verifier of a token, by its `typ` and the issuer that it claims.
    ///
    /// # Errors
    /// Why there is none, or why it does not allow the token's algorithm.
    pub(crate) fn choose<'a>(
        &'a self,
        jws: &'a Jws<'_>,
        role: Role,
    ) -> Result<Choice<'a>, InvalidToken> {
        let payload = Payload::new(&jws.payload);
        let typ = jws.header.typ.as_deref();
        let issuer = match Dialect::of_token(typ, self.trusts()) {
            Dialect::V0 => None,
            Dialect::V1 => {
                let claimed = access_token::issuer(&payload).ok_or(InvalidToken::Issuer)?;
                let mut issuers = self.issuers.iter();
                Some(issuers.find(|issuer| issuer.id == claimed).ok_or(InvalidToken::Issuer)?)
            }
        };
        let verifiers = issuer.map_or(&self.legacy, |issuer| &issuer.verifiers);
        let verifier = verifiers.of(role).ok_or(InvalidToken::NoVerifier)?;
        verifier.allows(&jws.header)?;
        Ok(Choice { verifier, issuer, payload })
    }
}

impl Choice<'_> {
    /// The dialect of the token.
    #[must_use]
    pub(crate) fn dialect(&self) -> Dialect {
        if self.issuer.is_some() { Dialect::V1 } else { Dialect::V0 }
    }

    /// Checks that the token may come in this way: an access token never comes in a URL, and a request
    /// that shows 1.0 by itself takes no other token.
    ///
    /// # Errors
    /// [`InvalidToken::InQuery`] or [`InvalidToken::NotAnAccessToken`].
    pub(crate) fn admits(
        &self,
        carrier: Carrier,
        request: Option<Dialect>,
    ) -> Result<(), InvalidToken> {
        match (self.dialect(), carrier, request) {
            (Dialect::V1, Carrier::Query, _) => Err(InvalidToken::InQuery),
            (Dialect::V0, _, Some(Dialect::V1)) => Err(InvalidToken::NotAnAccessToken),
            _ => Ok(()),
        }
    }

    /// The grants of the token, once its signature is verified. `resource` is the hub's resource
    /// identifier, which is the audience of an access token.
    ///
    /// # Errors
    /// Why it is refused.
    pub(crate) fn grants(&self, resource: &str, now: Timestamp) -> Result<Grants, InvalidToken> {
        match self.issuer {
            Some(issuer) => {
                access_token::parse(&self.payload, Expected { issuer: &issuer.id, resource }, now)
            }
            None => claims::parse(&self.payload, now),
        }
    }

    /// The subscriber that the token names by `sub`, once its signature is verified. A name that is too long
    /// is not kept.
    #[must_use]
    pub(crate) fn subscriber(&self) -> Option<SubscriberName> {
        self.payload.claims()?.text("sub").ok()??.parse().ok()
    }

    /// The publisher who has sent the token, once `key` has verified its signature.
    #[must_use]
    pub(crate) fn publisher(&self, key: &Key) -> Publisher {
        let issuer = self.issuer.map(|issuer| issuer.id.as_str());
        Publisher::of_token(issuer, &self.payload, key)
    }
}

#[cfg(test)]
mod tests;
