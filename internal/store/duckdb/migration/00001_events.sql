-- Times are microseconds since 1970, hours are hours since 1970, UTC.
-- Hashes are XXH3 of the project and what they are named after; 0 is none.

CREATE TABLE position (seq UBIGINT NOT NULL);
INSERT INTO position VALUES (0);

-- The combinations of labels and outcomes that responses come with. 0 is the
-- combination of a response that has not arrived, and is not in the table.
CREATE TABLE series (
    project        VARCHAR NOT NULL,
    id             INTEGER NOT NULL,
    operation      VARCHAR NOT NULL,
    provider       VARCHAR NOT NULL,
    model          VARCHAR NOT NULL,
    prompt_name    VARCHAR NOT NULL,
    prompt_version VARCHAR NOT NULL,
    feature        VARCHAR NOT NULL,
    release        VARCHAR NOT NULL,
    environment    VARCHAR NOT NULL,
    status         VARCHAR NOT NULL,
    error_type     VARCHAR NOT NULL
);

-- One row per response. No index: it would cut appends, and a scan of the
-- hashes of ten million responses takes 15 ms.
CREATE TABLE responses (
    project          VARCHAR NOT NULL,
    id               VARCHAR NOT NULL,
    id_hash          UBIGINT NOT NULL,
    trace_hash       UBIGINT NOT NULL,
    time             BIGINT NOT NULL,  -- its own, else when it was received
    timed            BOOLEAN NOT NULL, -- it has a time of its own
    received         BIGINT NOT NULL,
    series           INTEGER NOT NULL,
    error_code       VARCHAR NOT NULL,
    finish_reason    VARCHAR NOT NULL,
    duration_ms      DOUBLE,
    ttft_ms          DOUBLE,
    duration_bucket  SMALLINT,
    ttft_bucket      SMALLINT,
    input_tokens     BIGINT,
    output_tokens    BIGINT,
    cached_tokens    BIGINT,
    reasoning_tokens BIGINT,
    cost_usd         DOUBLE,
    conversation_id  VARCHAR NOT NULL,
    trace_id         VARCHAR NOT NULL,
    span_id          VARCHAR NOT NULL,
    respondent       BLOB,
    input            BLOB,             -- sealed
    output           BLOB,             -- sealed
    versions         BLOB              -- of its fields, once it came in parts
);

-- One row per feedback: its current state, and the series of its response.
CREATE TABLE feedback (
    project        VARCHAR NOT NULL,
    id             VARCHAR NOT NULL,
    id_hash        UBIGINT NOT NULL,
    response_id    VARCHAR NOT NULL,
    trace_id       VARCHAR NOT NULL,
    span_id        VARCHAR NOT NULL,
    target_hash    UBIGINT NOT NULL, -- of its response, else of its trace and span
    trace_hash     UBIGINT NOT NULL, -- set where it names its response by trace only
    vote           VARCHAR NOT NULL,
    score_value    DOUBLE,
    score_min      DOUBLE,
    score_max      DOUBLE,
    tags           VARCHAR[] NOT NULL,
    preferred_over VARCHAR NOT NULL,
    has_comment    BOOLEAN NOT NULL,
    has_correction BOOLEAN NOT NULL,
    surface        VARCHAR NOT NULL,
    trust          VARCHAR NOT NULL,
    bound          BOOLEAN NOT NULL,
    owner          BLOB,
    respondent     BLOB,
    created        BIGINT NOT NULL,
    updated        BIGINT NOT NULL,
    series         INTEGER NOT NULL,
    comment        BLOB,             -- sealed
    correction     BLOB              -- sealed
);

-- Every edit as it came, without its texts: a text that was taken back is to
-- be nowhere. NULL is a field that the edit does not speak of.
CREATE TABLE feedback_edits (
    project        VARCHAR NOT NULL,
    feedback_id    VARCHAR NOT NULL,
    seq            UBIGINT NOT NULL,
    received       BIGINT NOT NULL,
    time           BIGINT,
    vote           VARCHAR,
    scored         BOOLEAN,
    score_value    DOUBLE,
    score_min      DOUBLE,
    score_max      DOUBLE,
    tags           VARCHAR[],
    preferred_over VARCHAR,
    has_comment    BOOLEAN,
    has_correction BOOLEAN,
    surface        VARCHAR NOT NULL,
    trust          VARCHAR NOT NULL,
    respondent     BLOB
);

CREATE TABLE signals (
    project       VARCHAR NOT NULL,
    key_high      UBIGINT NOT NULL, -- 128-bit hash of its id, else of all its fields
    key_low       UBIGINT NOT NULL,
    id            VARCHAR NOT NULL,
    response_id   VARCHAR NOT NULL,
    response_hash UBIGINT NOT NULL,
    name          VARCHAR NOT NULL,
    value         DOUBLE,
    time          BIGINT NOT NULL,
    received      BIGINT NOT NULL,
    trust         VARCHAR NOT NULL,
    counted       BOOLEAN NOT NULL, -- false for "shown" after the first of its response
    series        INTEGER NOT NULL
);

CREATE TABLE changes (
    project  VARCHAR NOT NULL,
    key_high UBIGINT NOT NULL,
    key_low  UBIGINT NOT NULL,
    id       VARCHAR NOT NULL,
    name     VARCHAR NOT NULL,
    value    VARCHAR NOT NULL,
    time     BIGINT NOT NULL,
    received BIGINT NOT NULL,
    has_note BOOLEAN NOT NULL,
    note     BLOB                  -- sealed
);

CREATE TABLE receipts (
    project  VARCHAR NOT NULL,
    key      BLOB NOT NULL,
    request  BLOB NOT NULL,
    answer   BLOB NOT NULL,
    received BIGINT NOT NULL
);

-- Roll-ups: what responses and signals add up to, by hour and series. Rows are
-- signed and add up: every batch appends what it changed, and rows of an hour
-- are added together now and then.
CREATE TABLE rollup_responses (
    project       VARCHAR NOT NULL,
    hour          INTEGER NOT NULL,
    series        INTEGER NOT NULL,
    responses     BIGINT NOT NULL,
    input_tokens  BIGINT NOT NULL,
    output_tokens BIGINT NOT NULL,
    cost_usd      DOUBLE NOT NULL,
    costed        BIGINT NOT NULL -- responses that told their cost
);

CREATE TABLE rollup_latency (
    project VARCHAR NOT NULL,
    hour    INTEGER NOT NULL,
    series  INTEGER NOT NULL,
    metric  TINYINT NOT NULL,     -- 0 duration, 1 time to first token
    bucket  SMALLINT NOT NULL,    -- insight.Bucket
    n       BIGINT NOT NULL
);

CREATE TABLE rollup_signals (
    project VARCHAR NOT NULL,
    hour    INTEGER NOT NULL,
    series  INTEGER NOT NULL,
    name    VARCHAR NOT NULL,
    n       BIGINT NOT NULL
);
