//! Names that are nearly those of variables.
//!
//! An application has variables of its own beside the hub's, and a wrong alarm is worse than none.
//! So words are compared one by one, and another word is never taken for a misspelled one.

use std::fmt;

use crate::settings::table::TABLE;

/// The beginning of the reference hub's variables, which this hub's own do not have.
const PREFIX: &str = "MERCURE_";

/// A longer name is never nearly one of the hub's.
const LONGEST: usize = 40;

/// A name that is not one of the hub's, and the one that was perhaps meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NearMiss<'name> {
    /// The name as it is set.
    pub name: &'name str,
    /// The variable that was perhaps meant.
    pub meant: &'static str,
}

impl fmt::Display for NearMiss<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, meant } = self;
        write!(formatter, "the variable {name} is not one of the hub's: {meant} was perhaps meant")
    }
}

/// The variable that an unknown name perhaps means, where every name is the hub's.
#[must_use]
pub(crate) fn near_miss(name: &str) -> Option<&'static str> {
    nearest(name, |name, variable| is_near(name, variable) || is_plural(name, variable))
}

/// The names of an environment that are nearly variables of the hub. An application may have variables
/// of its own beside them. So `CORS_ORIGIN` is not taken for `CORS_ORIGINS`, and no name is taken for a
/// variable that is set too.
pub(crate) fn near_misses(names: &[String]) -> impl Iterator<Item = NearMiss<'_>> {
    let near = |name: &str, variable: &str| is_near(name, variable) && !is_plural(name, variable);
    let near = names.iter().filter_map(move |name| {
        let meant = nearest(name, near)?;
        Some(NearMiss { name, meant })
    });
    near.filter(|near| !names.iter().any(|name| name == near.meant))
}

fn nearest(name: &str, is_near: fn(&str, &str) -> bool) -> Option<&'static str> {
    let is_variable = TABLE.iter().any(|row| row.name == name);
    if is_variable || name.len() > LONGEST {
        return None;
    }
    let name = name.to_ascii_uppercase().replace('-', "_");
    TABLE.iter().map(|row| row.name).find(|variable| is_near(&name, variable))
}

/// Whether the name differs from the variable only in case, in the marks between words, in the prefix,
/// or by slips in its words.
fn is_near(name: &str, variable: &str) -> bool {
    let bare = |name: &str| name.strip_prefix(PREFIX).unwrap_or(name).replace('_', "");
    let (words, own) = (name.split('_'), variable.split('_'));
    bare(name) == bare(variable)
        || words.clone().count() == own.clone().count()
            && words.zip(own).all(|(word, own)| is_near_word(word, own, slips(own, variable)))
}

/// Whether one is the other with an S.
fn is_plural(name: &str, variable: &str) -> bool {
    let is_of = |one: &str, many: &str| many.strip_suffix('S') == Some(one);
    is_of(name, variable) || is_of(variable, name)
}

/// How many slips are taken for a misspelling of this word of a variable. In a short word, and in a
/// longer one that is the whole variable, one other letter makes another word.
fn slips(own: &str, variable: &str) -> usize {
    match own.len() {
        0..8 if own == variable => 0,
        0..5 => 0,
        5..10 => 1,
        _ => 2,
    }
}

/// Whether a word is nearly one of a variable's: its first letter is right, and it has at most these
/// slips, or two neighbouring letters are swapped.
fn is_near_word(word: &str, own: &str, slips: usize) -> bool {
    let (word, own) = (word.as_bytes(), own.as_bytes());
    word.first() == own.first() && (is_within(slips, word, own) || is_swapped(word, own))
}

/// Whether one becomes the other when at most `slips` letters are changed, added or removed.
fn is_within(slips: usize, word: &[u8], own: &[u8]) -> bool {
    let (Some((first, after)), Some((second, behind))) = (word.split_first(), own.split_first())
    else {
        return word.len().abs_diff(own.len()) <= slips;
    };
    if first == second {
        return is_within(slips, after, behind);
    }
    slips.checked_sub(1).is_some_and(|slips| {
        is_within(slips, after, behind)
            || is_within(slips, after, own)
            || is_within(slips, word, behind)
    })
}

/// Whether two neighbouring letters are swapped, and nothing else differs.
fn is_swapped(word: &[u8], own: &[u8]) -> bool {
    match (word, own) {
        ([first, word @ ..], [second, own @ ..]) if first == second => is_swapped(word, own),
        ([a, b, word @ ..], [c, d, own @ ..]) => a == d && b == c && word == own,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::table::VARIABLES;

    #[test]
    fn a_misspelt_variable_is_recognised() {
        assert_eq!(near_miss("HEARTBEET"), Some("HEARTBEAT"));
        assert_eq!(near_miss("HEARTBEAT"), None);
        assert_eq!(near_miss("API_KEY"), None);
    }

    fn told(names: &[&str]) -> Vec<String> {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        near_misses(&names).map(|near| near.meant.to_owned()).collect()
    }

    #[test]
    fn a_misspelled_variable_is_named_with_the_one_that_was_meant() {
        for (name, meant) in [
            ("HEARTBEET", "HEARTBEAT"),
            ("HEARTBAET", "HEARTBEAT"),
            ("HEART_BEAT", "HEARTBEAT"),
            ("heartbeat", "HEARTBEAT"),
            ("history-age", "HISTORY_AGE"),
            ("HISTORY_AEG", "HISTORY_AGE"),
            ("HISTROY_UPDATES", "HISTORY_UPDATES"),
            ("LOGLEVEL", "LOG_LEVEL"),
            ("LOG_LEVL", "LOG_LEVEL"),
            ("MAX_CONECTIONS", "MAX_CONNECTIONS"),
            ("ANONYMOUS_SUBCRIBE", "ANONYMOUS_SUBSCRIBE"),
            ("ANNONYMOUS_PUBLISH", "ANONYMOUS_PUBLISH"),
            ("SUBSCRIBTIONS", "SUBSCRIPTIONS"),
            ("PUBLISHER_JWT_KEY", "MERCURE_PUBLISHER_JWT_KEY"),
            ("MERCURE_PUBLISHER_JWTKEY", "MERCURE_PUBLISHER_JWT_KEY"),
            ("MERCURE_CORS_ORIGINS", "CORS_ORIGINS"),
            ("RESSOURCE_IDENTIFIER", "RESOURCE_IDENTIFIER"),
            ("MEMROY", "MEMORY"),
        ] {
            assert_eq!(near_miss(name), Some(meant), "{name}");
            assert_eq!(told(&[name]), [meant], "{name}");
        }
    }

    #[test]
    fn what_an_application_calls_its_own_is_not_taken_for_a_variable() {
        for name in [
            "",
            "_",
            "S",
            "HUB",
            "HUGS",
            "TUBS",
            "API_KEY",
            "JWT_KEY",
            "LOGLEVEL_X",
            "LOG_FORMAT",
            "ISSUER",
            "OIDC_ISSUER",
            "MEMORY_MB",
            "FINGER",
            "LINKER",
            "DEPLOYMENT",
            "DEVELOPER",
            "ENVIRONMENT",
            "HISTORY_API",
            "HISTORY_TAG",
            "HISTORY_SIZE",
            "CONNECTION_ARN",
            "CONNECTION_ID",
            "COOKIE_SAME",
            "COOKIE_DOMAIN",
            "OPERATOR_KID",
            "OPERATOR_ID",
            "PUBLISH_DATE",
            "PUBLISHER",
            "PUBLISHED",
            "APP_EVENTS",
            "MAP_EVENTS",
            "PUBLIC_URL",
            "PUBLISH_KEY",
            "SUBSCRIBER",
            "CORS_ORIGIN",
            "PUBLIC_ORIGIN",
            "SUBSCRIPTION",
            "MERCURE_URL",
            "MERCURE_PUBLIC_URL",
            "MERCURE_JWT_SECRET",
            "PATH",
            "HOME",
            "LOGNAME",
            "ASSETS",
            "DB",
            "ÉTÉ",
        ] {
            assert_eq!(told(&[name]), [""; 0], "{name}");
        }
        let long = "HEARTBEAT_".repeat(1_000);
        assert_eq!(told(&[&long]), [""; 0]);
    }

    #[test]
    fn no_variable_is_taken_for_another() {
        assert_eq!(told(&VARIABLES), [""; 0]);
        for name in VARIABLES {
            let others = VARIABLES.into_iter().filter(|other| *other != name);
            assert_eq!(others.filter(|other| is_near(name, other)).count(), 0, "{name}");
        }
        assert!(VARIABLES.iter().all(|name| name.len() + PREFIX.len() < LONGEST));
    }

    #[test]
    fn a_name_beside_the_variable_itself_is_an_applications_own() {
        assert_eq!(told(&["log_level", "HEARTBEET"]), ["LOG_LEVEL", "HEARTBEAT"]);
        assert_eq!(told(&["log_level", "LOG_LEVEL"]), [""; 0]);
    }

    #[test]
    fn where_every_name_is_the_hubs_a_plural_is_one_of_its_variables_too() {
        assert_eq!(near_miss("CORS_ORIGIN"), Some("CORS_ORIGINS"));
        assert_eq!(near_miss("ISSUER"), Some("ISSUERS"));
        assert_eq!(near_miss("HISTORY_AGES"), Some("HISTORY_AGE"));
    }

    #[test]
    fn both_names_are_told() {
        let names = ["HEARTBEET".to_owned()];
        let told: Vec<_> = near_misses(&names).map(|near| near.to_string()).collect();
        let expected =
            "the variable HEARTBEET is not one of the hub's: HEARTBEAT was perhaps meant";
        assert_eq!(told, [expected]);
    }
}
