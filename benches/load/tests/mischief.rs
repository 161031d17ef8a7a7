//! The client against a hub that breaks one promise at a time: each has to be noticed, and no other.

#![expect(clippy::unwrap_used, reason = "it is a test")]

mod support;

use std::process::Command;

use serde_json::Value;

use support::{Mischief, serve};

const CONNECTIONS: u64 = 3;

/// Runs the client; returns its exit code, its report and its complaints.
fn load(mischief: Mischief, arguments: &str) -> (i32, Value, String) {
    let server = serve(mischief).to_string();
    let output = Command::new(env!("CARGO_BIN_EXE_millstream-load"))
        .arg(arguments.split_whitespace().next().unwrap())
        .args(["--server", &server, "--subscribe", "/s", "--publish", "/p", "--patience", "1"])
        .args(["--connections", &CONNECTIONS.to_string()])
        .args(arguments.split_whitespace().skip(1))
        .output()
        .unwrap();
    let report = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let complaints = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code().unwrap(), report, complaints)
}

/// Publishes for a moment; every connection has to see these violations and no others.
#[track_caller]
fn check(mischief: Mischief, expected: &[(&str, u64)]) {
    let arguments = "stalled --stalled 0 --megabytes 0.002 --publish-as raw --publishers 1";
    let (code, report, complaints) = load(mischief, arguments);
    check_report(code, &report, &complaints, expected);
}

#[track_caller]
fn check_report(code: i32, report: &Value, complaints: &str, expected: &[(&str, u64)]) {
    assert_eq!(code, i32::from(!expected.is_empty()), "{report} {complaints}");
    assert_eq!(report["ok"], expected.is_empty());
    for (kind, count) in report["violations"].as_object().unwrap() {
        let expected =
            expected.iter().find(|(name, _)| name == kind).map_or(0, |(_, count)| *count);
        assert_eq!(count, &Value::from(expected * CONNECTIONS), "{kind}: {report}");
    }
}

#[test]
fn a_hub_that_keeps_its_promises_passes() {
    check(Mischief::None, &[]);
}

#[test]
fn an_update_that_is_dropped_is_missing() {
    check(Mischief::Drop, &[("missing", 1)]);
}

#[test]
fn an_update_that_comes_twice_is_a_duplicate() {
    check(Mischief::Double, &[("duplicate", 1)]);
}

#[test]
fn two_updates_that_change_places_are_out_of_order() {
    check(Mischief::Swap, &[("out_of_order", 1)]);
}

#[test]
fn broken_framing_is_malformed_and_ends_the_stream() {
    // Of twenty updates five came before.
    check(Mischief::BreakFraming, &[("malformed", 1), ("missing", 15)]);
}

#[test]
fn an_unknown_field_is_malformed() {
    check(Mischief::UnknownField, &[("malformed", 1)]);
}

#[test]
fn a_payload_that_was_changed_is_malformed_and_missing() {
    check(Mischief::ChangePayload, &[("malformed", 1), ("missing", 1)]);
}

#[test]
fn a_stream_that_ends_is_noticed_with_what_it_misses() {
    check(Mischief::EndStream, &[("unexpected_end", 1), ("missing", 15)]);
    check(Mischief::Reset, &[("unexpected_end", 1), ("missing", 15)]);
}

#[test]
fn the_end_of_a_stream_that_is_told_is_no_violation() {
    let paced = "paced --rate 100 --seconds 0.2 --publish-as ndjson";
    let (code, report, complaints) = load(Mischief::Close, paced);
    check_report(code, &report, &complaints, &[]);
    assert_eq!(report["deliveries"], 20 * CONNECTIONS);
}

#[test]
fn a_replay_is_timed_and_checked_for_each_new_subscriber() {
    let replay = "replay --updates 20 --publish-as ndjson --subscribe /s?last_event_id=earliest";
    for (mischief, expected) in [
        (Mischief::None, None),
        (Mischief::Close, None),
        (Mischief::ReplayTooLittle, Some(("missing", 1))),
    ] {
        let (code, report, complaints) = load(mischief, replay);
        check_report(code, &report, &complaints, expected.as_slice());
        let completed = if expected.is_none() { CONNECTIONS } else { 0 };
        assert_eq!(report["completed"], completed, "{report}");
        assert_eq!(report["replay_p50_ms"].is_f64(), expected.is_none(), "{report}");
    }
}

#[test]
fn a_gap_is_missing_updates() {
    check(Mischief::Gap, &[("missing", 1)]);
}

#[test]
fn a_publication_that_is_refused_is_told() {
    for kind in ["raw --publishers 1", "form --publishers 1", "ndjson"] {
        let arguments = format!("stalled --stalled 0 --megabytes 0.002 --publish-as {kind}");
        let (code, report, _) = load(Mischief::RefuseUpdate, &arguments);
        assert_eq!(code, 1);
        assert_eq!(report["publish_errors"], 1, "{report}");
        assert!(report["first_error"].is_string(), "{report}");
    }
}

#[test]
fn a_storm_is_checked_over_both_lives() {
    let storm = "storm --updates 20 --publish-as ndjson";
    for (mischief, expected) in [
        (Mischief::None, None),
        (Mischief::ReplayTooMuch, Some(("duplicate", 1))),
        (Mischief::ReplayTooLittle, Some(("missing", 1))),
    ] {
        let (code, report, complaints) = load(mischief, storm);
        check_report(code, &report, &complaints, expected.as_slice());
    }
}

#[test]
fn churn_that_resumes_is_checked_over_all_lives() {
    let churn = "churn --resume --seconds 2 --rate 100 --publish-as ndjson";
    let (code, report, complaints) = load(Mischief::None, churn);
    check_report(code, &report, &complaints, &[]);
    assert!(report["reconnects"].as_u64() > Some(2), "{report}");
    for (mischief, kind) in
        [(Mischief::ReplayTooMuch, "duplicate"), (Mischief::ReplayTooLittle, "missing")]
    {
        let (code, report, _) = load(mischief, churn);
        assert_eq!(code, 1, "{report}");
        assert!(report["violations"][kind].as_u64() > Some(0), "{report}");
    }
}

#[test]
fn a_pace_is_kept_and_told() {
    let (code, report, complaints) =
        load(Mischief::None, "paced --rate 200 --seconds 1 --publish-as ndjson");
    check_report(code, &report, &complaints, &[]);
    assert_eq!(report["published"], 200);
    assert_eq!(report["deliveries"], 200 * CONNECTIONS);
    assert_eq!(report["sustained"], true);
    let seconds = report["seconds"].as_f64().unwrap();
    assert!((0.99..2.0).contains(&seconds), "{seconds}");
}

#[test]
fn a_compressed_stream_of_orders_is_inflated_and_checked() {
    let orders = "paced --gzip --orders --burst 10 --rate 200 --seconds 0.5 --publish-as ndjson";
    let (code, report, complaints) = load(Mischief::Compress, orders);
    check_report(code, &report, &complaints, &[]);
    assert_eq!(report["deliveries"], 100 * CONNECTIONS);
    let bytes = report["bytes_per_delivery"].as_f64().unwrap();
    assert!((50.0..190.0).contains(&bytes), "{bytes} bytes for each of some 200");
}

#[test]
fn a_block_that_cannot_be_inflated_is_malformed_and_ends_the_stream() {
    let stalled = "stalled --gzip --stalled 0 --megabytes 0.002 --publish-as raw --publishers 1";
    let (code, report, complaints) = load(Mischief::BreakBlock, stalled);
    check_report(code, &report, &complaints, &[("malformed", 1), ("missing", 15)]);
}

#[test]
fn a_stream_that_was_to_be_compressed_and_is_not_is_a_set_up_error() {
    let (code, _, complaint) = load(Mischief::None, "idle --gzip --publish-as raw");
    assert_eq!(code, 2);
    assert!(complaint.contains("without `Content-Encoding: gzip`"), "{complaint}");
}

#[test]
fn the_answers_to_single_posts_are_timed() {
    let (_, report, _) = load(Mischief::None, "saturate --seconds 0.2 --publish-as raw");
    assert!(report["answer_p50_ms"].is_f64(), "{report}");
}

#[test]
fn a_server_that_is_not_there_is_a_set_up_error() {
    let output = Command::new(env!("CARGO_BIN_EXE_millstream-load"))
        .args("idle --server 127.0.0.1:1 --subscribe /s --publish /p --publish-as raw".split(' '))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(complaint.contains("could not connect"), "{complaint}");
}
