//! How the hub is set up to tell who may do what.

use crate::{
    bearer::CookieNames,
    config::InvalidConfig,
    hub_path,
    origins::{self, InvalidOrigin, Origins},
    trust::{self, Trust},
};

/// The part of the configuration that is about authorization.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Authorization {
    /// Whose tokens are trusted.
    pub trust: Trust,
    /// Whether everybody may publish without a token: `ANONYMOUS_PUBLISH`.
    pub anonymous_publish: bool,
    /// Whether everybody may subscribe to public updates without a token: `ANONYMOUS_SUBSCRIBE`.
    pub anonymous_subscribe: bool,
    /// The cookie that may carry a token: `COOKIE_NAME`.
    pub cookie_names: CookieNames,
    /// Whose pages may publish with their visitors' cookie: `PUBLISH_ORIGINS`.
    pub publish_origins: Origins,
    /// Whether a `publish` claim, be it empty, is enough for a public update:
    /// `PROTOCOL_VERSION_COMPATIBILITY`.
    pub public_by_claim: bool,
    /// The URL by which the world knows the hub, which access tokens must be meant for:
    /// `RESOURCE_IDENTIFIER`, else that of the hub at the first origin of `PUBLIC_ORIGINS`. Where
    /// neither is set, each request has its own.
    pub public_url: Option<String>,
    /// The origins at which the hub is to be asked: `PUBLIC_ORIGINS`. Any, when none is listed.
    pub public_origins: Option<Origins>,
}

/// The variables that [`Authorization`] reads besides those of [`Trust`], which asks for
/// [`DEVELOPMENT`](trust::DEVELOPMENT) too.
pub const VARIABLES: [&str; 8] = [
    "ANONYMOUS_PUBLISH",
    "ANONYMOUS_SUBSCRIBE",
    "COOKIE_NAME",
    "PUBLISH_ORIGINS",
    "RESOURCE_IDENTIFIER",
    "PUBLIC_ORIGINS",
    "PROTOCOL_VERSION_COMPATIBILITY",
    trust::DEVELOPMENT,
];

impl Authorization {
    /// Reads the variables. Without any, nobody can publish or subscribe.
    ///
    /// # Errors
    /// The first variable that is wrong.
    pub fn read(variable: impl Fn(&'static str) -> Option<String>) -> Result<Self, InvalidConfig> {
        let [publish, subscribe, cookie, origins, resource, public, version, development] =
            VARIABLES.map(|name| (name, variable(name).unwrap_or_default().trim().to_owned()));
        boolean(development)?;
        let identifier = match resource.1.as_str() {
            "" => None,
            url if is_url(url) => Some(url.to_owned()),
            _ => {
                let expected =
                    "the URL of the hub, such as https://example.com/.well-known/mercure";
                return Err(wrong(resource, expected));
            }
        };
        let public_origins: Option<Origins> = match public.1.as_str() {
            "" => None,
            origins => Some(listed(public.0, origins)?),
        };
        let first = public_origins.as_ref().and_then(Origins::first_of_server);
        let public_url = identifier.or_else(|| first.map(hub_path::default_at));
        let trust = Trust::read(variable).map_err(secret)?;
        trust.check_audience(public_url.as_deref()).map_err(secret)?;
        Ok(Self {
            trust,
            anonymous_publish: boolean(publish)?,
            anonymous_subscribe: boolean(subscribe)?,
            cookie_names: match cookie.1.as_str() {
                "" => CookieNames::default(),
                name => CookieNames::same(name)
                    .ok_or_else(|| wrong(cookie.clone(), "the name of a cookie"))?,
            },
            publish_origins: listed(origins.0, &origins.1)?,
            // Version 8 is what a hub of 1.0 is to be told to go on with 0.x, which this one always does.
            public_by_claim: match version.1.as_str() {
                "" | "8" => false,
                "7" => true,
                _ => return Err(wrong(version, "7 or 8")),
            },
            public_url,
            public_origins,
        })
    }
}

fn boolean(variable: (&'static str, String)) -> Result<bool, InvalidConfig> {
    match variable.1.as_str() {
        "" | "false" => Ok(false),
        "true" => Ok(true),
        _ => Err(wrong(variable, "true or false")),
    }
}

/// Reads a list of origins; of a wrong one, that origin is told.
pub(crate) fn listed(variable: &'static str, origins: &str) -> Result<Origins, InvalidConfig> {
    let expected = "origins such as https://example.com, without a path, with names in ASCII \
                    (xn--…), separated by spaces, or *";
    origins.parse().map_err(|InvalidOrigin { text }| wrong((variable, text), expected))
}

/// Whether this is a URL that others can be resolved against and that tokens can name.
fn is_url(text: &str) -> bool {
    let origin = origins::normalize(hub_path::origin(text));
    origin.is_some_and(|origin| origins::is_of_server(&origin))
        && !text.contains(|end: char| end == '#' || end.is_whitespace())
}

fn wrong((variable, value): (&'static str, String), expected: &'static str) -> InvalidConfig {
    InvalidConfig::Value { variable, hub: None, value, expected }
}

/// What a variable about keys holds is not shown.
fn secret(invalid: trust::InvalidTrust) -> InvalidConfig {
    InvalidConfig::Trust(invalid)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, value: &str) -> Result<Authorization, InvalidConfig> {
        Authorization::read(|variable| (variable == name).then(|| value.to_owned()))
    }

    #[test]
    fn without_any_variable_nobody_may_do_anything() {
        let closed = Authorization::read(|_| None).unwrap();
        assert_eq!(closed, Authorization::default());
        assert!(!closed.anonymous_publish && !closed.anonymous_subscribe);
        assert!(!closed.publish_origins.allow("https://example.com"));
    }

    #[test]
    fn nothing_but_true_opens_a_hub() {
        assert!(read("ANONYMOUS_PUBLISH", "true").unwrap().anonymous_publish);
        assert!(!read("ANONYMOUS_PUBLISH", "false").unwrap().anonymous_publish);
        assert!(read("ANONYMOUS_PUBLISH", "1").is_err());
        assert!(read("ANONYMOUS_SUBSCRIBE", "true").unwrap().anonymous_subscribe);
    }

    #[test]
    fn of_older_versions_there_are_two() {
        let version = |text| read("PROTOCOL_VERSION_COMPATIBILITY", text);
        assert!(version("7").unwrap().public_by_claim);
        assert_eq!(version("8"), Ok(Authorization::default()));
        for wrong in ["6", "07", "9", "true"] {
            assert!(version(wrong).is_err(), "{wrong}");
        }
    }

    fn public_url(variables: &[(&str, &str)]) -> Result<Option<String>, InvalidConfig> {
        let read = Authorization::read(|name| {
            let set = variables.iter().find(|(of, _)| *of == name);
            set.map(|(_, value)| (*value).to_owned())
        });
        read.map(|read| read.public_url)
    }

    #[test]
    fn the_world_knows_a_hub_by_its_identifier_or_else_by_the_first_origin() {
        const IDENTIFIER: (&str, &str) = ("RESOURCE_IDENTIFIER", "https://a.example/hub");
        let origins = |list| ("PUBLIC_ORIGINS", list);
        let known = |variables: &[_]| public_url(variables).unwrap();
        assert_eq!(known(&[]), None);
        assert_eq!(known(&[IDENTIFIER]).as_deref(), Some("https://a.example/hub"));
        let both = known(&[IDENTIFIER, origins("https://b.example")]);
        assert_eq!(both.as_deref(), Some("https://a.example/hub"));
        let first = known(&[origins("https://*.c.example HTTPS://B.example:443 http://b.example")]);
        assert_eq!(first.as_deref(), Some("https://b.example/.well-known/mercure"));
        for unnamed in ["*", "https://*.b.example", "null"] {
            assert_eq!(known(&[origins(unnamed)]), None, "{unnamed}");
        }
    }

    #[test]
    fn an_identifier_is_the_url_of_a_hub() {
        for wrong in [
            "hub",
            "/hub",
            "https://",
            "https://a b/hub",
            "https://a.example/a hub",
            "https://a.example/hub#x",
            "https://user@a.example/hub",
            "https://é.example/hub",
            "https://a.example:port/hub",
            "ftp://a.example/hub",
            "urn:example:hub",
        ] {
            let refused = public_url(&[("RESOURCE_IDENTIFIER", wrong)]).unwrap_err();
            assert_eq!(refused.variable(), "RESOURCE_IDENTIFIER", "{wrong}");
        }
    }

    #[test]
    fn an_issuer_is_trusted_only_where_the_world_knows_the_hub_by_a_url() {
        const KEY: (&str, &str) = ("MERCURE_PUBLISHER_JWT_KEY", "0123456789abcdef0123456789abcdef");
        let issuers = r#"[{"issuer":"a","publisher":{"key":"0123456789abcdef0123456789abcdef"}}]"#;
        let issuers = ("ISSUERS", issuers);
        let own = ("MERCURE_TRUSTED_ISSUERS", "a");
        for (variable, trusting) in [("ISSUERS", &[issuers][..]), (own.0, &[KEY, own])] {
            for unnamed in [&[][..], &[("PUBLIC_ORIGINS", "https://*.b.example")]] {
                let refused = public_url(&[trusting, unnamed].concat()).unwrap_err();
                assert_eq!(refused.variable(), variable);
                let told = refused.to_string();
                assert!(told.contains("RESOURCE_IDENTIFIER"), "{told}");
            }
            for named in [
                ("RESOURCE_IDENTIFIER", "https://a.example/hub"),
                ("PUBLIC_ORIGINS", "https://a.example"),
            ] {
                assert!(public_url(&[trusting, &[named]].concat()).is_ok(), "{variable}");
            }
        }
        assert_eq!(public_url(&[KEY]), Ok(None));
    }

    #[test]
    fn a_cookie_has_one_name_in_both_dialects() {
        let names = read("COOKIE_NAME", "session").unwrap().cookie_names;
        assert_eq!((names.v0.as_str(), names.v1.as_str()), ("session", "session"));
        assert_eq!(read("COOKIE_NAME", "a b").unwrap_err().variable(), "COOKIE_NAME");
    }

    #[test]
    fn a_key_that_is_wrong_is_named_and_not_shown() {
        let error = read("MERCURE_PUBLISHER_JWT_KEY", "-----BEGIN secret").unwrap_err();
        assert_eq!(error.variable(), "MERCURE_PUBLISHER_JWT_KEY");
        assert!(!error.to_string().contains("secret"));
    }
}
