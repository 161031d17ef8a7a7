//! CHANGELOG.md has the form of Keep a Changelog, from which the notes of a release are taken.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, reason = "it is a test")]

const CHANGELOG: &str = include_str!("../CHANGELOG.md");

/// The headings of a level, with the text below each.
fn sections<'a>(text: &'a str, level: &str) -> Vec<(&'a str, &'a str)> {
    let parts = text.split(level).skip(1);
    parts.map(|part| part.split_once('\n').unwrap()).collect()
}

fn is_date(text: &str) -> bool {
    let form = |(at, byte): (usize, u8)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    text.len() == 10 && text.bytes().enumerate().all(form)
}

/// The version and the day of `[1.2.3] - 2026-12-31`.
fn released(heading: &str) -> Option<([u32; 3], &str)> {
    let (version, day) = heading.strip_prefix('[')?.split_once("] - ")?;
    let numbers: Vec<_> = version.split('.').map_while(|number| number.parse().ok()).collect();
    Some((numbers.try_into().ok()?, day)).filter(|_| is_date(day))
}

#[test]
fn what_is_unreleased_comes_first_and_then_the_versions_with_their_days_newest_first() {
    let versions = sections(CHANGELOG, "\n## ");
    let (unreleased, released_ones) = versions.split_first().unwrap();
    assert_eq!(unreleased.0, "[Unreleased]");
    let read = |(heading, _): &(&'static str, _)| {
        released(heading).unwrap_or_else(|| panic!("not `[1.2.3] - YYYY-MM-DD`: {heading}"))
    };
    let released_ones: Vec<_> = released_ones.iter().map(read).collect();
    for pair in released_ones.windows(2) {
        assert!(pair[0].0 > pair[1].0 && pair[0].1 >= pair[1].1, "{pair:?}");
    }
}

#[test]
fn the_changes_of_a_version_stand_under_the_headings_of_keep_a_changelog_once_each() {
    /// The second is this project's own: what an operator has to do.
    const HEADINGS: [&str; 7] =
        ["Added", "When you upgrade", "Changed", "Deprecated", "Removed", "Fixed", "Security"];
    for (version, text) in sections(CHANGELOG, "\n## ") {
        let places = sections(text, "\n### ").into_iter().map(|(heading, _)| {
            let place = HEADINGS.iter().position(|known| *known == heading);
            place.unwrap_or_else(|| panic!("{version} has the unknown heading {heading}"))
        });
        assert!(places.is_sorted_by(|one, next| one < next), "{version}: {HEADINGS:?}");
    }
}
