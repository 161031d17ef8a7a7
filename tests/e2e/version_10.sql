-- The database of a hub as version 10 of the schema wrote it, dumped; what belongs to the runtime is left out.
CREATE TABLE schema (version INTEGER NOT NULL);
INSERT INTO schema VALUES(1);
INSERT INTO schema VALUES(2);
INSERT INTO schema VALUES(3);
INSERT INTO schema VALUES(4);
INSERT INTO schema VALUES(5);
INSERT INTO schema VALUES(6);
INSERT INTO schema VALUES(7);
INSERT INTO schema VALUES(8);
INSERT INTO schema VALUES(9);
INSERT INTO schema VALUES(10);
CREATE TABLE updates (
        sequence INTEGER PRIMARY KEY,
        id TEXT NOT NULL,
        topics TEXT NOT NULL,
        private INTEGER NOT NULL,
        before INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        event BLOB NOT NULL
    , accepted INTEGER NOT NULL DEFAULT 1795703067503, subscription INTEGER NOT NULL DEFAULT 0, number INTEGER, previous INTEGER, id_of_hub INTEGER NOT NULL DEFAULT 0);
INSERT INTO updates VALUES(1,'old-1','a',0,0,30,X'69643a206f6c642d310a646174613a206f6c642d310a0a',1795703067508,0,1,0,0);
INSERT INTO updates VALUES(2,'old-2','b',0,30,30,X'69643a206f6c642d320a646174613a206f6c642d320a0a',1795703067537,0,2,1,0);
INSERT INTO updates VALUES(3,'old-3','a',0,60,30,X'69643a206f6c642d330a646174613a206f6c642d330a0a',1795703067548,0,3,2,0);
CREATE INDEX updates_by_id ON updates (id);
CREATE TABLE emptied (sequence INTEGER NOT NULL, bytes INTEGER NOT NULL, subscription INTEGER NOT NULL DEFAULT 0, number INTEGER);
CREATE TABLE active_subscriptions (
        number INTEGER PRIMARY KEY,
        topic TEXT NOT NULL UNIQUE,
        of_1_0 INTEGER NOT NULL,
        document TEXT NOT NULL
    );
CREATE TABLE drained (at INTEGER NOT NULL);
CREATE INDEX updates_about_subscriptions ON updates (sequence) WHERE subscription = 1;
CREATE TABLE active_connections (
        number INTEGER PRIMARY KEY,
        subscriber TEXT NOT NULL UNIQUE,
        hub TEXT NOT NULL,
        subscriptions TEXT NOT NULL,
        payloads TEXT NOT NULL
    );
CREATE TABLE "outcomes" (
        publisher TEXT NOT NULL,
        key TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        id TEXT NOT NULL,
        connections INTEGER NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (publisher, key)
    ) WITHOUT ROWID;
CREATE INDEX outcomes_by_age ON outcomes (at);
CREATE TABLE place_key (key BLOB NOT NULL);
INSERT INTO place_key VALUES(X'86ddf7a5c74ceee76f23d5fa5a2f44d8');
