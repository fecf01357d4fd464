-- Housekeeping of the writer, for every project at once: the day of an hour.
CREATE OR REPLACE TEMP TABLE summed_latency_days AS
SELECT project, day, series, metric, bucket, sum(n)::BIGINT AS n
FROM rollup_latency_days
WHERE day = ?::INTEGER // 24
GROUP BY project, day, series, metric, bucket
HAVING sum(n) <> 0
ORDER BY project, series, metric, bucket
