-- +goose Up
-- A person has several pseudonyms over time, and is erased under all of them.
CREATE TABLE erasure_respondents (
    erasure    TEXT NOT NULL REFERENCES erasures (id),
    place      INTEGER NOT NULL, -- the one they had when they asked comes first
    respondent BLOB NOT NULL CHECK (length(respondent) = 16),
    PRIMARY KEY (erasure, place)
) STRICT, WITHOUT ROWID;

INSERT INTO erasure_respondents (erasure, place, respondent)
SELECT id, 0, respondent FROM erasures;

CREATE INDEX erasure_respondents_respondent ON erasure_respondents (respondent);

DROP INDEX erasures_person;
ALTER TABLE erasures DROP COLUMN respondent;

-- Projects that are there keep the pseudonyms that they have always had.
UPDATE projects
SET privacy = json_set(privacy, '$.pseudonyms', 'stable')
WHERE json_extract(privacy, '$.pseudonyms') IS NULL;
