//! The tables of a hub, and their version.

use super::rows::SqlError;
use crate::base::timestamp::Timestamp;

/// The version of the schema below. A Durable Object has no pragma for it.
const VERSION: u32 = 12;

/// The steps from each version to the next; the first begins without tables. `{now}` stands for the
/// moment of the step.
///
/// An update's `before` is the bytes of all earlier updates of its kind, from the hub's beginning on. Its
/// `number` counts the updates of its kind up to itself. So the held updates are a difference between two
/// rows, and pruning needs no sum. `previous` is the sequence of the update before it of its kind. Before
/// version 6 there was one kind: `number` and `previous` are null then, and follow from the sequence.
///
/// The updates of version 1 have no time. They count as accepted at the step to version 2: the time is
/// the default of the column, so that the step costs the same for any number of updates.
/// Outcomes from before version 8 count for every publisher, for the five minutes that they last: their
/// publisher is the empty text.
///
/// `emptied` is written when the last update of a kind is removed. It holds the sequence, the bytes and
/// the number from which the next update continues. `drained` holds the time of the last drain, if there
/// was one. `place_key` holds the key of the hub's places once the hub has stored an update.
///
/// The ids of updates from before version 10 count as their publishers' own.
///
/// `closings` has the closed topics; `end_reason` is 0 for `done` and 1 for `broken`. `forgotten` holds the
/// sequence of the newest closing that was removed. `open_bodies` has a row for each topic of each streamed
/// body that closes its topics and has not ended.
///
/// `link` of `active_connections` is 1 for the client of a link.
const STEPS: [&str; VERSION as usize] = [
    "
    CREATE TABLE updates (
        sequence INTEGER PRIMARY KEY,
        id TEXT NOT NULL,
        topics TEXT NOT NULL,
        private INTEGER NOT NULL,
        before INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        event BLOB NOT NULL
    );
    CREATE INDEX updates_by_id ON updates (id);
    ",
    "
    ALTER TABLE updates ADD COLUMN accepted INTEGER NOT NULL DEFAULT {now};
    CREATE TABLE emptied (sequence INTEGER NOT NULL, bytes INTEGER NOT NULL);
    ",
    "
    CREATE TABLE outcomes (
        key TEXT PRIMARY KEY,
        fingerprint TEXT NOT NULL,
        id TEXT NOT NULL,
        connections INTEGER NOT NULL,
        at INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX outcomes_by_age ON outcomes (at);
    ",
    "
    CREATE TABLE active_subscriptions (
        number INTEGER PRIMARY KEY,
        topic TEXT NOT NULL UNIQUE,
        of_1_0 INTEGER NOT NULL,
        document TEXT NOT NULL
    );
    ",
    "CREATE TABLE drained (at INTEGER NOT NULL);",
    "
    ALTER TABLE updates ADD COLUMN subscription INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE updates ADD COLUMN number INTEGER;
    ALTER TABLE updates ADD COLUMN previous INTEGER;
    CREATE INDEX updates_about_subscriptions ON updates (sequence) WHERE subscription = 1;
    ALTER TABLE emptied ADD COLUMN subscription INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE emptied ADD COLUMN number INTEGER;
    ",
    "
    CREATE TABLE active_connections (
        number INTEGER PRIMARY KEY,
        subscriber TEXT NOT NULL UNIQUE,
        hub TEXT NOT NULL,
        subscriptions TEXT NOT NULL,
        payloads TEXT NOT NULL
    );
    ",
    "
    CREATE TABLE outcomes_of_publishers (
        publisher TEXT NOT NULL,
        key TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        id TEXT NOT NULL,
        connections INTEGER NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (publisher, key)
    ) WITHOUT ROWID;
    INSERT INTO outcomes_of_publishers
        SELECT '', key, fingerprint, id, connections, at FROM outcomes;
    DROP TABLE outcomes;
    ALTER TABLE outcomes_of_publishers RENAME TO outcomes;
    CREATE INDEX outcomes_by_age ON outcomes (at);
    ",
    "CREATE TABLE place_key (key BLOB NOT NULL);",
    "ALTER TABLE updates ADD COLUMN id_of_hub INTEGER NOT NULL DEFAULT 0;",
    "
    CREATE TABLE closings (
        sequence INTEGER PRIMARY KEY,
        topic TEXT NOT NULL UNIQUE,
        private INTEGER NOT NULL,
        accepted INTEGER NOT NULL,
        end_reason INTEGER NOT NULL
    );
    CREATE TABLE forgotten (sequence INTEGER NOT NULL);
    CREATE TABLE open_bodies (
        body INTEGER NOT NULL,
        topic TEXT NOT NULL,
        private INTEGER NOT NULL,
        PRIMARY KEY (body, topic)
    ) WITHOUT ROWID;
    ",
    "ALTER TABLE active_connections ADD COLUMN link INTEGER NOT NULL DEFAULT 0;",
];

/// The table of what the clients of links asked for and were granted: one row for each pair. The attachment
/// of a link has the `key`. No key is given twice: else an attachment whose row was removed could come to
/// mean what another client was granted.
///
/// The table has no version. A row that is not read, or not there, costs a link that is opened again.
pub(super) const SELECTIONS: &str = "
    CREATE TABLE selections (
        key INTEGER PRIMARY KEY AUTOINCREMENT,
        request TEXT NOT NULL,
        granted TEXT NOT NULL,
        UNIQUE (request, granted)
    )";

/// The text of all steps from the version `held` to [`VERSION`]; from 0 it makes the tables.
pub(super) fn steps(held: u64, now: Timestamp) -> Result<String, SqlError> {
    if held > u64::from(VERSION) {
        let newer = format!("the tables are of version {held}, newer than {VERSION}");
        return Err(SqlError::Failed(newer));
    }
    let mut text = String::new();
    if held == 0 {
        text.push_str("CREATE TABLE IF NOT EXISTS schema (version INTEGER NOT NULL);");
    }
    for (step, version) in STEPS.iter().zip(1_u32..) {
        if u64::from(version) > held {
            text.push_str(&step.replace("{now}", &now.as_millis().to_string()));
            text.push_str(&["INSERT INTO schema VALUES (", &version.to_string(), ");"].concat());
        }
    }
    Ok(text)
}
