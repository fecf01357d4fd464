-- Keys at rest. A key of a person, a day, an attachment, a month of pseudonyms
-- or a purpose is wrapped under the key of its project, and that under the root
-- key, which is not here.
--
-- Rows are only ever appended, and what is destroyed or wrapped anew is
-- overwritten where it stands: a row that was deleted, or moved to another page
-- when a page was split or merged, could leave a copy in a part of the old page
-- that secure_delete does not reach. So a row never grows.
CREATE TABLE project_keys (
    n       INTEGER PRIMARY KEY,
    id      BLOB UNIQUE,      -- NULL once destroyed, or wrapped anew in another row
    project TEXT NOT NULL,    -- '' is the installation, for secrets that catalog.db holds
    state   TEXT CHECK (state IN ('current', 'retired')), -- NULL with id; retired while a rotation is under way
    root    TEXT NOT NULL,    -- id of the root key that wraps it
    made    INTEGER NOT NULL, -- microseconds since 1970
    wrapped BLOB NOT NULL     -- all zeros with id NULL
) STRICT;

CREATE UNIQUE INDEX project_keys_current ON project_keys (project) WHERE state = 'current';

CREATE TABLE keys (
    n       INTEGER PRIMARY KEY,
    id      BLOB NOT NULL UNIQUE,
    project TEXT NOT NULL,
    owner   TEXT,          -- respondent:HEX, day:YYYY-MM-DD, attachment:ID, secret:PURPOSE, month:YYYY-MM, stable:YYYY-MM; NULL once destroyed
    under   BLOB NOT NULL, -- id of the project key that wraps it
    wrapped BLOB NOT NULL, -- all zeros once destroyed
    UNIQUE (project, owner)
) STRICT;

-- How often a key was destroyed or wrapped anew: other processes drop what they
-- remember when it moves.
CREATE TABLE IF NOT EXISTS shreds (
    only  INTEGER PRIMARY KEY CHECK (only = 1),
    count INTEGER NOT NULL
) STRICT;

INSERT INTO shreds (only, count) VALUES (1, 0) ON CONFLICT (only) DO NOTHING;
