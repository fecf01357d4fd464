-- How often calls failed with which code, as it was sent, by hour and series.
-- Rows are signed and add up, as those of the other roll-ups.
CREATE TABLE rollup_errors (
    project VARCHAR NOT NULL,
    hour    INTEGER NOT NULL,
    series  INTEGER NOT NULL,
    code    VARCHAR NOT NULL,
    n       BIGINT NOT NULL
);
INSERT INTO rollup_errors
SELECT project, (time // 3600000000)::INTEGER, series, error_code, count(*)
FROM responses
WHERE error_code <> ''
GROUP BY ALL;
