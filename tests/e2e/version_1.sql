-- The database of a hub as version 1 of the schema wrote it, dumped; what belongs to the runtime is left out.
CREATE TABLE schema (version INTEGER NOT NULL);
INSERT INTO schema VALUES(1);
CREATE TABLE updates (
        sequence INTEGER PRIMARY KEY,
        id TEXT NOT NULL,
        topics TEXT NOT NULL,
        private INTEGER NOT NULL,
        before INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        event BLOB NOT NULL
    );
INSERT INTO updates VALUES(1,'old-1','a',0,0,30,X'69643a206f6c642d310a646174613a206f6c642d310a0a');
INSERT INTO updates VALUES(2,'old-2','a',0,30,30,X'69643a206f6c642d320a646174613a206f6c642d320a0a');
INSERT INTO updates VALUES(3,'old-3','a',0,60,30,X'69643a206f6c642d330a646174613a206f6c642d330a0a');
INSERT INTO updates VALUES(4,'old-4',replace('a\nb','\n',char(10)),1,90,33,X'69643a206f6c642d340a646174613a207365637265740a0a');
CREATE INDEX updates_by_id ON updates (id);
