//! The settings that decide who may do what.

use std::sync::Arc;

use crate::tokens::{bearer::CookieNames, origins::Origins, trust::Trust};

/// The part of the configuration that is about authorization.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Authorization {
    /// The keys and issuers whose tokens are trusted. Copies of the settings share them.
    pub trust: Arc<Trust>,
    /// Whether everybody may publish without a token: `ANONYMOUS_PUBLISH`.
    pub anonymous_publish: bool,
    /// Whether everybody may subscribe to public updates without a token: `ANONYMOUS_SUBSCRIBE`.
    pub anonymous_subscribe: bool,
    /// The cookie that may carry a token: `COOKIE_NAME`.
    pub cookie_names: CookieNames,
    /// The origins whose pages may publish with the cookie of a visitor: `PUBLISH_ORIGINS`.
    pub publish_origins: Origins,
    /// Whether a `publish` claim, even an empty one, is enough for a public update:
    /// `PROTOCOL_VERSION_COMPATIBILITY`.
    pub public_by_claim: bool,
    /// The public URL of the hub, which is the audience of access tokens: `RESOURCE_IDENTIFIER`, or
    /// else the URL of the hub at the first origin of `PUBLIC_ORIGINS`. Where neither is set, it is the
    /// URL of each request.
    pub public_url: Option<String>,
    /// The origins at which the hub answers: `PUBLIC_ORIGINS`. Without a list it answers at any.
    pub public_origins: Option<Origins>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{config::Config, invalid_config::InvalidConfig};

    fn read_all(variables: &[(&str, &str)]) -> Result<Authorization, InvalidConfig> {
        let set = |name: &str| variables.iter().find(|(of, _)| *of == name);
        let read = Config::read(|name| set(name).map(|(_, value)| (*value).to_owned()));
        read.map(|read| read.authorization)
    }

    fn read(name: &str, value: &str) -> Result<Authorization, InvalidConfig> {
        read_all(&[(name, value)])
    }

    #[test]
    fn without_any_variable_nobody_may_do_anything() {
        let closed = read_all(&[]).unwrap();
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
        read_all(variables).map(|read| read.public_url)
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
