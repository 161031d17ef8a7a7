//! Every variable of a deployment, in one table: a row a variable.
//!
//! A new variable is one row in the file of its group, and the field that the row sets.
//! [`Config`](crate::settings::config::Config) is read by the rows. `make settings` writes the tables in
//! README.md, `settings.json` (of which `workerd.capnp` is made) and `settings.d.ts` from them;
//! `tests/settings.rs` fails where one differs.

mod access;
mod connections;
mod draft;
mod history;
mod keys;
mod near_miss;
mod operation;
mod parse;
mod public_url;
mod updates;

use std::fmt;

pub(crate) use draft::{Draft, Source};
pub use near_miss::{NearMiss, near_miss, near_misses};
pub(crate) use parse::Refusal;

/// Variables that belong together.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// Its heading in the documentation.
    pub title: &'static str,
    /// Its rows.
    pub settings: &'static [Setting],
}

/// A variable: a row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its name.
    pub name: &'static str,
    /// The meaning of an environment that does not have it.
    pub default: Preset,
    /// What would be right, as a message about a wrong value ends.
    pub expected: &'static str,
    /// Whether it may hold a secret, so that its value is never shown.
    pub is_secret: bool,
    /// Its purpose, in one sentence.
    pub about: &'static str,
    read: Read,
}

/// The meaning of a variable that is not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// That of this value.
    Value(&'static str),
    /// One that no value has, in words.
    Told(&'static str),
}

impl fmt::Display for Preset {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => write!(formatter, "`{value}`"),
            Self::Told(words) => formatter.write_str(words),
        }
    }
}

/// How a variable is read.
#[derive(Clone, Copy, Debug)]
enum Read {
    /// By itself. The text is not empty, and has no white space around it.
    Parsed(fn(&mut Draft, &str) -> Result<(), Refusal>),
    /// Together with others, when all are there: until then the text is kept as it is.
    Kept(fn(&mut Draft, String)),
    /// By the host, before all others: `HUBS`.
    ByHost,
}

/// The table, in the order of README.md.
pub const GROUPS: &[Group] = &[
    access::GROUP,
    keys::GROUP,
    public_url::GROUP,
    history::GROUP,
    connections::GROUP,
    updates::GROUP,
    operation::GROUP,
];

const COUNT: usize = {
    let (mut groups, mut count) = (GROUPS, 0);
    while let [group, rest @ ..] = groups {
        count += group.settings.len();
        groups = rest;
    }
    count
};

/// The names of all variables.
#[expect(clippy::indexing_slicing, reason = "a constant out of bounds does not compile")]
pub const VARIABLES: [&str; COUNT] = {
    let (mut names, mut at) = ([""; COUNT], 0);
    while at < COUNT {
        names[at] = READERS[at].name;
        at += 1;
    }
    names
};

/// As much of a row as reading needs. The rest is for documentation, and not built into the module.
#[derive(Clone, Copy)]
struct Reader {
    name: &'static str,
    /// Empty where no message ends with it.
    expected: &'static str,
    read: Read,
}

#[expect(clippy::indexing_slicing, reason = "a constant out of bounds does not compile")]
const READERS: [Reader; COUNT] = {
    let mut readers = [Reader { name: "", expected: "", read: Read::ByHost }; COUNT];
    let (mut groups, mut at) = (GROUPS, 0);
    while let [group, rest @ ..] = groups {
        let mut settings = group.settings;
        while let [setting, others @ ..] = settings {
            let expected = match setting.read {
                Read::Parsed(_) => setting.expected,
                Read::Kept(_) | Read::ByHost => "",
            };
            readers[at] = Reader { name: setting.name, expected, read: setting.read };
            at += 1;
            settings = others;
        }
        groups = rest;
    }
    readers
};

/// The table that is in the module: once, since a constant would be copied for each use.
static TABLE: [Reader; COUNT] = READERS;

/// The variable of this name, as a name that lives on.
pub(crate) fn known(name: &str) -> Option<&'static str> {
    TABLE.iter().map(|row| row.name).find(|known| *known == name)
}
