//! Which hubs there may be.

use std::str::FromStr;

use crate::base::hub_name::is_hub_name;

/// The names that hubs may have: all, or those of a list. In a name of the list `*` stands for any
/// characters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct HubNames(Option<String>);

impl HubNames {
    /// Whether there may be a hub of this name.
    #[must_use]
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.as_deref().is_none_or(|list| names(list).any(|own| matches(own, name)))
    }
}

impl FromStr for HubNames {
    /// The first that no hub can have as its name.
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // A pattern may be as long as a name, and `*` stands for a character there.
        match names(text).find(|own| !is_hub_name(&own.replace('*', "-"))) {
            Some(wrong) => Err(wrong.to_owned()),
            None => Ok(Self(Some(text.to_owned()))),
        }
    }
}

fn names(list: &str) -> impl Iterator<Item = &str> {
    list.split([',', ' ', '\t', '\r', '\n']).filter(|name| !name.is_empty())
}

/// Whether the pattern is for this name. Each part between two `*` is looked for once, as far in front as
/// it is found.
fn matches(pattern: &str, name: &str) -> bool {
    let Some((before, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut name) = name.strip_prefix(before) else { return false };
    let (between, behind) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in between.split('*') {
        let Some(at) = name.find(part) else { return false };
        name = name.get(at + part.len()..).unwrap_or_default();
    }
    name.ends_with(behind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_list_every_hub_may_be() {
        assert!(HubNames::default().has("news"));
    }

    #[test]
    fn a_list_names_hubs_or_the_ends_of_their_names() {
        let names: HubNames = "news, tenant-*\n*-eu,a*b*c".parse().unwrap();
        for hub in ["news", "tenant-", "tenant-7", "x-eu", "-eu", "abc", "aXbbYc", "tenant-eu"] {
            assert!(names.has(hub), "{hub}");
        }
        for hub in ["new", "newsx", "News", "tenant", "eu", "x-eux", "ac", "acb", "default"] {
            assert!(!names.has(hub), "{hub}");
        }
    }

    #[test]
    fn a_part_is_not_found_in_another() {
        let has = |list: &str, name| list.parse::<HubNames>().unwrap().has(name);
        assert!(!has("ab*bc", "abc"));
        assert!(has("ab*bc", "abbc"));
        assert!(!has("*ab*ab", "ab"));
        assert!(has("a**b", "ab"));
        assert!(has("*", "x"));
    }

    #[test]
    fn what_no_hub_can_be_called_is_refused() {
        let long = "x".repeat(65);
        for (list, wrong) in [
            ("news a.b", "a.b"),
            ("ü", "ü"),
            ("news;x", "news;x"),
            (&long, &long),
            (".index", ".index"),
        ] {
            assert_eq!(list.parse::<HubNames>(), Err(wrong.to_owned()), "{list}");
        }
    }
}
