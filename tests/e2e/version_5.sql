-- The database of a hub as version 5 of the schema wrote it, dumped; what belongs to the runtime is left out.
CREATE TABLE schema (version INTEGER NOT NULL);
INSERT INTO schema VALUES(1);
INSERT INTO schema VALUES(2);
INSERT INTO schema VALUES(3);
INSERT INTO schema VALUES(4);
INSERT INTO schema VALUES(5);
CREATE TABLE updates (
        sequence INTEGER PRIMARY KEY,
        id TEXT NOT NULL,
        topics TEXT NOT NULL,
        private INTEGER NOT NULL,
        before INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        event BLOB NOT NULL
    , accepted INTEGER NOT NULL DEFAULT 1790000000000);
INSERT INTO updates VALUES(3,'old-3','a',0,60,30,X'69643a206f6c642d330a646174613a206f6c642d330a0a',1790000000000);
INSERT INTO updates VALUES(4,'old-4','a',0,90,30,X'69643a206f6c642d340a646174613a206f6c642d340a0a',1790000000000);
INSERT INTO updates VALUES(5,'about-5','/.well-known/mercure/subscriptions/b/urn%3Auuid%3A1',1,120,80,X'69643a2061626f75742d350a646174613a2061626f75742d350a0a',1790000000000);
INSERT INTO updates VALUES(6,'old-6','a',0,200,30,X'69643a206f6c642d360a646174613a206f6c642d360a0a',1790000000000);
CREATE INDEX updates_by_id ON updates (id);
CREATE TABLE emptied (sequence INTEGER NOT NULL, bytes INTEGER NOT NULL);
CREATE TABLE outcomes (
        key TEXT PRIMARY KEY,
        fingerprint TEXT NOT NULL,
        id TEXT NOT NULL,
        connections INTEGER NOT NULL,
        at INTEGER NOT NULL
    ) WITHOUT ROWID;
CREATE INDEX outcomes_by_age ON outcomes (at);
CREATE TABLE active_subscriptions (
        number INTEGER PRIMARY KEY,
        topic TEXT NOT NULL UNIQUE,
        of_1_0 INTEGER NOT NULL,
        document TEXT NOT NULL
    );
CREATE TABLE drained (at INTEGER NOT NULL);
