-- Keys at rest, each wrapped under the vault key, which is wrapped under the
-- root key and is itself the row of owner "vault".
--
-- Rows are only ever appended, and a destroyed key is overwritten where it
-- stands: a row that was deleted, or moved to another page when a page was
-- split or merged, could leave a copy in a part of the old page that
-- secure_delete does not reach.
CREATE TABLE keys (
    n       INTEGER PRIMARY KEY,
    id      BLOB NOT NULL UNIQUE,
    project TEXT NOT NULL,
    owner   TEXT,          -- respondent:HEX, day:YYYY-MM-DD, project, vault; NULL once destroyed
    wrapped BLOB NOT NULL, -- all zeros once destroyed
    UNIQUE (project, owner)
) STRICT;

-- How many keys were destroyed: other processes drop what they remember when
-- it moves.
CREATE TABLE shreds (
    only  INTEGER PRIMARY KEY CHECK (only = 1),
    count INTEGER NOT NULL
) STRICT;

INSERT INTO shreds (only, count) VALUES (1, 0);
