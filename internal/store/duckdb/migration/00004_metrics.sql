-- What metrics that were sent add up to, by hour and series. Rows add up, as
-- those of the roll-ups do.
CREATE TABLE metrics (
    project    VARCHAR NOT NULL,
    hour       INTEGER NOT NULL,
    series     INTEGER NOT NULL,
    name       VARCHAR NOT NULL,
    error_code VARCHAR NOT NULL,
    count      BIGINT NOT NULL,
    sum        DOUBLE NOT NULL
);

-- The same, by the ranges in which values lay: above low, not above high.
CREATE TABLE metric_ranges (
    project VARCHAR NOT NULL,
    hour    INTEGER NOT NULL,
    series  INTEGER NOT NULL,
    name    VARCHAR NOT NULL,
    low     DOUBLE NOT NULL,
    high    DOUBLE NOT NULL,
    n       BIGINT NOT NULL
);

-- What is known of each stream of points, so that no value counts twice.
CREATE TABLE metric_streams (
    project  VARCHAR NOT NULL,
    key_high UBIGINT NOT NULL, -- keyed hash of what its sender says of itself
    key_low  UBIGINT NOT NULL,
    received BIGINT NOT NULL,
    state    BLOB NOT NULL     -- heed.MetricStream
);
