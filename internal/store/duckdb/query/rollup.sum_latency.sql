-- Housekeeping of the writer, for every project at once.
CREATE OR REPLACE TEMP TABLE summed_latency AS
SELECT project, hour, series, metric, bucket, sum(n)::BIGINT AS n
FROM rollup_latency
WHERE hour = ?
GROUP BY project, hour, series, metric, bucket
HAVING sum(n) <> 0
ORDER BY project, series, metric, bucket
