//! README's table of limits is the one of `src/limits`.

use millstream::base::limits;

#[test]
fn the_table_of_limits_in_the_readme_is_that_of_the_code() {
    let readme = include_str!("../README.md");
    let (_, section) = readme.split_once("\n## Limits\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let told: Vec<_> = section.lines().filter(|line| line.starts_with("| ")).collect();
    let mut rows = vec!["| what | limit | beyond it |".to_owned()];
    rows.extend(
        limits::all()
            .map(|bound| format!("| {} | {} | {} |", bound.what, bound.limit, bound.beyond)),
    );
    assert!(rows.len() > 20, "{} rows", rows.len());
    assert_eq!(told, rows, "the table has to be:\n{}\n", rows.join("\n"));
}

#[test]
fn each_bound_stands_in_the_table_once() {
    let mut names: Vec<_> = limits::all().map(|bound| bound.name).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}
