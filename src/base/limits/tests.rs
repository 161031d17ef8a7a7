//! The table of docs/limits.md is the one of these constants.

use std::time::Duration;

use super::{Limit, all};

#[test]
fn the_table_of_limits_in_the_documentation_is_that_of_the_code() {
    let page = include_str!("../../../docs/limits.md");
    let told: Vec<_> = page.lines().filter(|line| line.starts_with("| ")).collect();
    let mut rows = vec!["| what | limit | beyond it |".to_owned()];
    rows.extend(
        all().map(|bound| format!("| {} | {} | {} |", bound.what, bound.limit, bound.beyond)),
    );
    assert!(rows.len() > 20, "{} rows", rows.len());
    assert_eq!(told, rows, "the table has to be:\n{}\n", rows.join("\n"));
}

#[test]
fn each_bound_stands_in_the_table_once() {
    let mut names: Vec<_> = all().map(|bound| bound.name).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}

#[test]
fn a_figure_is_shown_in_the_unit_that_keeps_it_short() {
    let shown = [
        Limit::Number(32_768),
        Limit::Bytes(1 << 20),
        Limit::Bytes(64 << 10),
        Limit::Bytes(4_096),
        Limit::Bytes(1_900_000),
        Limit::Time(Duration::from_mins(5)),
        Limit::Time(Duration::from_secs(10)),
        Limit::Time(Duration::from_millis(250)),
    ]
    .map(|limit| limit.to_string());
    let expected =
        ["32,768", "1 MiB", "64 KiB", "4,096 bytes", "1,900,000 bytes", "5 min", "10 s", "250 ms"];
    assert_eq!(shown, expected);
}
