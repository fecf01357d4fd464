-- What this file still holds of what was deleted: DuckDB leaves such rows in it
-- until it is written anew. One row, without values while there is nothing to say.
CREATE TABLE file (
    written       BIGINT, -- when the file was written anew
    deleted_since BIGINT  -- since when it holds what was erased, expired or taken back
);
INSERT INTO file SELECT NULL, min(done) FROM erasures;
