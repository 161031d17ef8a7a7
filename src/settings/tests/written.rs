//! The tables of docs/configuration.md, `settings.json` and `settings.d.ts` are those of `src/settings`.
//! `make settings` writes them.
use std::{collections::BTreeSet, fmt::Write};

use crate::{
    base::limits::{MIN_OPERATOR_KEY_BYTES, MIN_SECRET_BYTES},
    settings::{
        config::Config,
        invalid_config::HUBS,
        setting::{Group, Preset, Setting},
        table::{GROUPS, VARIABLES},
    },
    tokens::bearer::CookieNames,
};
use expect_test::expect_file;
use serde::Serialize;

fn settings() -> impl Iterator<Item = &'static Setting> {
    GROUPS.iter().flat_map(|group| group.settings)
}

fn row(name: &str) -> &'static Setting {
    settings().find(|setting| setting.name == name).unwrap()
}

/// The table of a group as docs/configuration.md has it.
fn table(group: &Group) -> String {
    let mut table = "| variable | value | default | meaning |\n|---|---|---|---|\n".to_owned();
    for Setting { name, default, expected, is_secret, about, .. } in group.settings {
        let secret = if *is_secret { " (secret)" } else { "" };
        writeln!(table, "| `{name}`{secret} | {expected} | {default} | {about} |").unwrap();
    }
    table
}

#[test]
fn the_tables_of_variables_in_the_documentation_are_those_of_the_code() {
    let (mut written, mut rest) = (String::new(), include_str!("../../../docs/configuration.md"));
    for group in GROUPS {
        let heading = format!("\n## {}\n\n", group.title);
        let (prose, below) = rest.split_once(&heading).unwrap_or_else(|| panic!("no {heading:?}"));
        let lines = below.split_inclusive('\n').take_while(|line| line.starts_with('|'));
        let (_, below) = below.split_at(lines.map(str::len).sum());
        assert!(!prose.contains("\n| "), "a table that is no group's: {prose}");
        written = [&written, prose, &heading, &table(group)].concat();
        rest = below;
    }
    assert!(!rest.contains("\n| "), "a table that is no group's: {rest}");
    expect_file!["../../../docs/configuration.md"].assert_eq(&(written + rest));
}

#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    group: &'a str,
    default: Option<&'a str>,
    expected: &'a str,
    secret: bool,
    about: &'a str,
}

#[test]
fn the_table_as_json_is_that_of_the_code() {
    let rows = GROUPS.iter().flat_map(|group| {
        group.settings.iter().map(|setting| Row {
            name: setting.name,
            group: group.title,
            default: match setting.default {
                Preset::Value(value) => Some(value),
                Preset::Told(_) => None,
            },
            expected: setting.expected,
            secret: setting.is_secret,
            about: setting.about,
        })
    });
    let rows: Vec<_> = rows.collect();
    let json = serde_json::to_string_pretty(&rows).unwrap();
    expect_file!["../../../settings.json"].assert_eq(&(json + "\n"));
}

#[test]
fn the_types_of_the_variables_are_those_of_the_code() {
    let mut types = "\
// Written by `make settings`, from src/settings.

/**
 * The variables of the hub, as bindings of a Worker: `interface Env extends Settings {}` beside what `wrangler types`
 * writes. A variable may also be a number or a boolean under `[vars]`.
 */
export interface Settings {
"
    .to_owned();
    for group in GROUPS {
        write!(types, "  // {}\n\n", group.title).unwrap();
        for Setting { name, default, expected, about, .. } in group.settings {
            let kind = match *name {
                HUBS => "string | Record<string, Record<string, string>>",
                _ => "string | number | boolean",
            };
            writeln!(types, "  /**\n   * {name}: {about}.").unwrap();
            writeln!(types, "   * Value: {expected}.\n   * Default: {default}.").unwrap();
            write!(types, "   */\n  {name}?: {kind};\n\n").unwrap();
        }
    }
    let types = types.trim_end().to_owned() + "\n}\n";
    let comments = types.matches("/**").count();
    assert_eq!(types.matches("*/").count(), comments, "no text ends its comment");
    expect_file!["../../../settings.d.ts"].assert_eq(&types);
}

#[test]
fn a_default_in_the_table_is_what_an_empty_environment_means() {
    let without = Config::read(|_| None).unwrap();
    for setting in settings() {
        match setting.default {
            Preset::Value(value) => {
                let with = Config::read(|name| (name == setting.name).then(|| value.to_owned()));
                assert_eq!(with.as_ref(), Ok(&without), "{}", setting.name);
            }
            Preset::Told(words) => assert!(!words.is_empty(), "{}", setting.name),
        }
    }
    let CookieNames { v0, v1 } = CookieNames::default();
    let cookie = format!("`{v0}` in 0.x, `{v1}` in 1.0");
    assert_eq!(row("COOKIE_NAME").default.to_string(), cookie);
}

#[test]
fn how_long_a_secret_must_be_is_told_as_it_is() {
    for (name, bytes) in [
        ("MERCURE_PUBLISHER_JWT_KEY", MIN_SECRET_BYTES),
        ("MERCURE_SUBSCRIBER_JWT_KEY", MIN_SECRET_BYTES),
        ("OPERATOR_KEY", MIN_OPERATOR_KEY_BYTES),
    ] {
        let expected = row(name).expected;
        assert!(expected.contains(&format!("a secret of at least {bytes} bytes")), "{expected}");
    }
}

#[test]
fn a_row_has_a_name_of_its_own_and_one_sentence() {
    let names: BTreeSet<_> = settings().map(|setting| setting.name).collect();
    assert_eq!(names.len(), settings().count());
    assert_eq!(names, BTreeSet::from(VARIABLES));
    for Setting { name, expected, about, .. } in settings() {
        assert!(!about.contains(". ") && !about.ends_with('.') && !about.is_empty(), "{name}");
        assert!(!expected.is_empty() && !expected.contains('|') && !about.contains('|'), "{name}");
    }
}

#[test]
fn a_wrong_value_is_shown_with_what_would_be_right_unless_it_may_be_a_secret() {
    const WRONG: &str = "-----BEGIN no such value.";
    for setting in settings().filter(|setting| setting.name != HUBS) {
        let read = Config::read(|name| (name == setting.name).then(|| WRONG.to_owned()));
        let told = read.unwrap_err().to_string();
        assert!(told.contains(&format!("variable {} ", setting.name)), "{told}");
        assert!(!setting.is_secret || !told.contains("no such value"), "{told}");
        if told.contains("but must be") {
            assert!(told.ends_with(setting.expected), "{told}");
        }
    }
}
