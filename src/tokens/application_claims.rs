//! The claims that an application vouches for by itself, without a token.

mod form;
mod invalid;

#[cfg(test)]
mod tests;

pub(crate) use invalid::InvalidClaims;

use self::form::{PAYLOAD, Path, SHORT_OF_0_X, SHORT_OF_1_0};
use crate::{
    base::{
        dialect::Dialect,
        json::{self, Json},
        limits::MAX_TOKEN_BYTES,
        timestamp::Timestamp,
    },
    tokens::{
        authorization_details, claims,
        grants::{Grants, Selectable, SubscribeGrant},
        invalid_token::InvalidToken,
        numeric_date::{self, Dates},
        publisher::Publisher,
        subscriber_name::SubscriberName,
    },
};

/// The rights that an application gives to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ApplicationClaims {
    /// The updates that may be published and seen.
    pub grants: Grants,
    /// The selectors that a subscription may ask for: in the short form the granted ones.
    pub selectable: Selectable,
    /// Who publishes, if the application says it.
    pub publisher: Option<Publisher>,
    /// Who subscribes, if the application says it.
    pub subscriber: Option<SubscriberName>,
}

const DETAILS: &str = "authorization_details";

/// Seconds beyond which a date is taken for milliseconds: the year 5138.
const MAX_SECONDS: f64 = 1e11;

/// Reads the claims that an application's function has returned, as JSON: in the short form, or as
/// in the payload of a token of either dialect. The bounds are those of tokens.
///
/// # Errors
/// The part that is wrong, and the form that would be right. An unknown member is refused, so that a
/// misspelt name grants neither more nor less than was meant.
pub(crate) fn parse(json: &str, now: Timestamp) -> Result<ApplicationClaims, InvalidClaims> {
    if json.len() > MAX_TOKEN_BYTES {
        let (of, count, limit) = ("bytes of JSON", json.len(), MAX_TOKEN_BYTES);
        return Err(InvalidToken::TooMany { of, count, limit }.into());
    }
    let claims = json::object(json).map_err(|_| InvalidClaims::NotAnObject)?;
    if form::has_any(SHORT_OF_0_X, &claims) || !form::has_any(PAYLOAD, &claims) {
        short(&claims, now)
    } else {
        payload(&claims, now)
    }
}

/// Reads the short form. Its first selector decides the dialect of all.
fn short(claims: &Json<'_>, now: Timestamp) -> Result<ApplicationClaims, InvalidClaims> {
    let first = |list| claims.list(list).ok().flatten().and_then(<[_]>::first);
    let is_of_1_0 = first("subscribe").or(first("publish")).is_some_and(Json::is_object);
    let form = if is_of_1_0 { SHORT_OF_1_0 } else { SHORT_OF_0_X };
    form::check(form, claims, &Path::Claims)?;
    let expires = expires(claims, "expires", now)?;
    let grants = if is_of_1_0 {
        topics(claims, expires)?
    } else {
        // The short form has the members of the claim of 0.x. An empty list grants nothing here, also
        // where an empty claim of a token would.
        Grants { has_publish_claim: false, ..claims::grants(claims, expires)? }
    };
    let subscriber = subscriber(claims, "subscriber")?;
    let publisher = publisher(claims, "subscriber");
    Ok(ApplicationClaims { grants, selectable: Selectable::Granted, publisher, subscriber })
}

/// Grants the topics of the short form, as those of authorization details.
fn topics(claims: &Json<'_>, expires: Option<Timestamp>) -> Result<Grants, InvalidToken> {
    let list = |name| {
        let topics = claims.list(name).ok().flatten().unwrap_or_default();
        authorization_details::selectors(topics)
    };
    let (publish, topics) = (list("publish")?, list("subscribe")?);
    authorization_details::within_topics(publish.len() + topics.len())?;
    let subscribe =
        vec![SubscribeGrant { topics, payload: authorization_details::payload(claims)? }];
    Ok(Grants { dialect: Dialect::V1, publish, has_publish_claim: false, subscribe, expires })
}

/// Reads the payload of a token. Its issuer and its audience are not checked.
fn payload(claims: &Json<'_>, now: Timestamp) -> Result<ApplicationClaims, InvalidClaims> {
    form::check(PAYLOAD, claims, &Path::Claims)?;
    let expires = expires(claims, "exp", now)?;
    let dates = Dates::of(claims).map_err(|_| InvalidToken::Claims("a date is not a number"))?;
    dates.check(now)?;
    let details = claims.list(DETAILS).ok().flatten();
    let grants = match (details, claims::claim(claims)) {
        (Some(_), Some(_)) => {
            let expected = "left out where the claim of 0.x is";
            return Err(Path::Member(&Path::Claims, DETAILS).wrong(claims.get(DETAILS), expected));
        }
        (Some(details), None) => authorization_details::grants(details, expires)?,
        (None, claim) => claims::grants(claim.unwrap_or(&Json::Null), expires)?,
    };
    let (publisher, subscriber) = (publisher(claims, "sub"), subscriber(claims, "sub")?);
    Ok(ApplicationClaims { grants, selectable: Selectable::Anything, publisher, subscriber })
}

/// The publisher that the claims name, if they do. Only a payload names an issuer.
fn publisher(claims: &Json<'_>, subject: &str) -> Option<Publisher> {
    let subject = claims.text(subject).ok()??;
    Some(Publisher::of_application(claims.text("iss").ok().flatten(), subject))
}

/// The subscriber that this member names, if there is one.
fn subscriber(
    claims: &Json<'_>,
    member: &'static str,
) -> Result<Option<SubscriberName>, InvalidClaims> {
    let name = claims.text(member).ok().flatten();
    let name = name.map(str::parse).transpose();
    name.map_err(|invalid| InvalidClaims::Subscriber { member, invalid })
}

/// When the claims expire. `null` is refused: JSON makes it of an invalid `Date` and of `NaN`, and such
/// claims would never end.
fn expires(
    claims: &Json<'_>,
    member: &'static str,
    now: Timestamp,
) -> Result<Option<Timestamp>, InvalidClaims> {
    let value = claims.member(member);
    let moment = match value {
        None => return Ok(None),
        Some(Json::Number(number)) => {
            let seconds = number.as_f64().filter(|seconds| *seconds < MAX_SECONDS);
            seconds.map(numeric_date::timestamp)
        }
        _ => None,
    };
    let expected = "a moment to come, in seconds since 1970 (not milliseconds) or as a Date; without \
                    an end it is left out";
    match moment {
        Some(moment) if moment > now => Ok(Some(moment)),
        _ => Err(Path::Member(&Path::Claims, member).wrong(value, expected)),
    }
}
