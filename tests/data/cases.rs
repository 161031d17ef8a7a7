//! What each stream of this folder dispatches by HTML § 9.2.6: the tests' own decoder and the
//! benchmark's five are held against it.

/// A stream's file, its events (type, data, last event ID), then the last event ID and the
/// reconnection time in milliseconds when it is over.
pub(crate) type Case = (&'static str, &'static [Dispatched], &'static str, Option<u64>);
pub(crate) type Dispatched = (&'static str, &'static str, &'static str);

/// An event of the default type on a stream without ids.
const fn message(data: &'static str) -> Dispatched {
    ("message", data, "")
}

/// One case for each file.
pub(crate) const CASES: &[Case] = &[
    (
        "standard_messages",
        &[
            message("This is the first message."),
            message("This is the second message, it\nhas two lines."),
            message("This is the third message."),
        ],
        "",
        None,
    ),
    (
        "standard_event_types",
        &[("add", "73857293", ""), ("remove", "2153", ""), ("add", "113411", "")],
        "",
        None,
    ),
    ("standard_stock", &[message("YHOO\n+2\n10")], "", None),
    (
        "standard_ids",
        &[("message", "first event", "1"), message("second event"), message(" third event")],
        "",
        None,
    ),
    ("standard_empty_data", &[message(""), message("\n")], "", None),
    ("standard_space", &[message("test"), message("test")], "", None),
    ("wpt_bom", &[message("1"), message("3")], "", None),
    ("wpt_bom_twice", &[message("2"), message("3")], "", None),
    ("wpt_comments", &[message("1\n2\n3\n4")], "", None),
    ("wpt_before_final_empty_line", &[message("test1")], "", Some(1_000)),
    ("wpt_field_data", &[message(""), message("\n"), message("test")], "", None),
    ("wpt_field_event", &[("test", "x", ""), message("x")], "", None),
    ("wpt_field_event_empty", &[message("data")], "", None),
    ("wpt_field_id_null", &[message("1"), ("message", "2", "c"), ("message", "3", "c")], "c", None),
    ("wpt_field_parsing", &[message("\0\n 2\n1\n3\n\n4")], "", None),
    ("wpt_field_retry", &[message("x")], "", Some(3_000)),
    ("wpt_field_retry_bogus", &[message("x")], "", Some(3_000)),
    ("wpt_field_retry_empty", &[message("test")], "", None),
    ("wpt_field_unknown", &[message("test\n\ntest")], "", None),
    ("wpt_leading_space", &[message("\ttest\n\ntest")], "", None),
    ("wpt_newlines", &[message("test\n\ntest")], "", None),
    ("wpt_null_character", &[message("\0")], "", None),
    ("wpt_utf_8", &[message("ok…")], "", None),
    ("hostile_bom_cut", &[message("2")], "", None),
    ("hostile_bom_alone", &[message("1")], "", None),
    ("hostile_bom_prefix_line", &[message("1")], "", None),
    ("hostile_cr_only", &[("message", "a\nb", "1"), ("e", "c", "1")], "1", None),
    (
        "hostile_line_ends_mixed",
        &[message("a"), message("b"), message("c"), message("d"), message("e")],
        "",
        None,
    ),
    (
        "hostile_invalid_utf_8",
        &[(
            "\u{fffd}",
            "\u{fffd}\n\u{fffd}\u{fffd}\u{fffd}|\u{fffd}\u{fffd}|\u{fffd}\u{fffd}\u{fffd}\u{fffd}",
            "\u{fffd}",
        )],
        "\u{fffd}",
        None,
    ),
    ("hostile_unicode_line_separators", &[message("a\u{2028}b\u{85}c\u{b}d\u{c}e")], "", None),
    ("hostile_id_without_data", &[("message", "1", "1"), ("message", "3", "2")], "2", None),
    ("hostile_id_reset", &[("message", "1", "1"), message("2")], "", None),
    ("hostile_id_last_wins", &[("message", "1", "2")], "2", None),
    ("hostile_event_last_wins", &[("b", "1", ""), message("2")], "", None),
    ("hostile_event_without_data", &[message("1")], "", None),
    ("hostile_retry", &[message("1")], "", Some(5)),
    ("hostile_retry_overflow", &[message("1")], "", Some(u64::MAX)),
    ("hostile_names", &[message("11")], "", None),
    ("hostile_colons", &[message(":\n:\n: \ndata:x")], "", None),
    ("hostile_keep_alives", &[message("1")], "", None),
    ("hostile_nothing", &[], "", None),
    ("hostile_no_line_end", &[], "", None),
    ("hostile_html", &[], "", None),
];
