-- Agents: the root of a trace is the answer, and the calls of it are its parts.
-- No response from before is known to be either.
ALTER TABLE series ADD COLUMN role TINYINT DEFAULT 0; -- see role.go
ALTER TABLE responses ADD COLUMN part_of VARCHAR DEFAULT '';

-- The answer that a feedback counts for: its response or, of a part, the whole.
ALTER TABLE feedback ADD COLUMN answer_id VARCHAR DEFAULT '';
ALTER TABLE feedback ADD COLUMN answer_hash UBIGINT DEFAULT 0;
UPDATE feedback SET answer_id = CASE WHEN bound THEN response_id ELSE '' END, answer_hash = target_hash;

-- What agents did besides calling models. Of rows of one span the last counts.
CREATE TABLE steps (
    project     VARCHAR NOT NULL,
    seq         UBIGINT NOT NULL,
    trace_hash  UBIGINT NOT NULL,
    trace_id    VARCHAR NOT NULL,
    span_id     VARCHAR NOT NULL,
    kind        VARCHAR NOT NULL,
    name        VARCHAR NOT NULL,
    time        BIGINT NOT NULL,  -- its own, else when it was received
    timed       BOOLEAN NOT NULL,
    duration_ms DOUBLE,
    status      VARCHAR NOT NULL,
    error_type  VARCHAR NOT NULL,
    error_code  VARCHAR NOT NULL
);
