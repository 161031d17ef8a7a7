//! Every variable of a deployment, in one table: a row a variable.
//!
//! A new variable is one row in the file of its group, and the field that the row sets.
//! [`Config`](crate::settings::config::Config) is read by the rows. `make settings` writes the tables in
//! docs/configuration.md, `settings.json` (of which `workerd.capnp` is made) and `settings.d.ts` from them;
//! `src/settings/tests/written.rs` fails where one differs.

use crate::settings::{
    rows::{access, connections, history, keys, operation, public_url, updates},
    setting::{Group, Read, Reader},
};

/// The table, in the order of docs/configuration.md.
pub(crate) const GROUPS: &[Group] = &[
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
pub(crate) const VARIABLES: [&str; COUNT] = {
    let (mut names, mut at) = ([""; COUNT], 0);
    while at < COUNT {
        names[at] = READERS[at].name;
        at += 1;
    }
    names
};

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

/// The table in the wasm. It is a static: a constant would be copied for each use.
pub(crate) static TABLE: [Reader; COUNT] = READERS;

/// The variable of this name, as a name that lives on.
pub(crate) fn known(name: &str) -> Option<&'static str> {
    TABLE.iter().map(|row| row.name).find(|known| *known == name)
}
