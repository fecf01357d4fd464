-- rollup_latency added up by whole days, for windows of weeks and months. Every
-- batch appends what it changed to both, so they say the same at any moment.
CREATE TABLE rollup_latency_days (
    project VARCHAR NOT NULL,
    day     INTEGER NOT NULL, -- since 1970, UTC
    series  INTEGER NOT NULL,
    metric  TINYINT NOT NULL,
    bucket  SMALLINT NOT NULL,
    n       BIGINT NOT NULL
);
INSERT INTO rollup_latency_days
SELECT project, hour // 24 AS day, series, metric, bucket, sum(n)::BIGINT
FROM rollup_latency
GROUP BY project, day, series, metric, bucket
HAVING sum(n) <> 0
ORDER BY day, project, series, metric, bucket;
